//! Amazon Bedrock Converse and ConverseStream, with CountTokens:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>,
//! `API_runtime_ConverseStream.html` and `API_runtime_CountTokens.html`, read 2026-11-21.
//!
//! Skips media.

pub(in crate::dialect) mod answer;
pub(in crate::dialect) mod parameters;
pub(in crate::dialect) mod piece;
pub(in crate::dialect) mod request;
mod tools;
mod turn;
mod usage;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[parameters::ROWS, parameters::INFERENCE],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};
