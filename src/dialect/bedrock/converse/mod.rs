//! Amazon Bedrock Converse and ConverseStream, with CountTokens:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>,
//! `API_runtime_ConverseStream.html` and `API_runtime_CountTokens.html`, read 2026-11-21.
//!
//! Skips media.

pub(in crate::dialect) mod answer;
mod media_writer;
pub(in crate::dialect) mod parameters;
pub(in crate::dialect) mod piece;
pub(in crate::dialect) mod request;
mod tool_writer;
mod tools;
mod turn;
mod turn_writer;
mod usage;
mod writer;

use crate::dialect::api::{Api, Translation};
use crate::framing::Framing;
use crate::model::{Maker, NameRule};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[parameters::ROWS, parameters::INFERENCE],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    // Its Claude models sign; no other does.
    maker: Maker::Anthropic,
    // `ToolName` of botocore 1.44.8.
    names: Some(NameRule { marks: "_-", most: 64, begins_with_letter: false }),
    custom_tools: false,
    write_request: writer::write_request,
    answers: None,
    structure: answer::STRUCTURE,
};
