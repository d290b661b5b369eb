//! Cohere v1: chat, generate, summarize, classify and tokenize, some also as Amazon Bedrock has them for Cohere's
//! Command models. <https://docs.cohere.com/v1/reference/chat>, `/v1/reference/generate`, `/summarize` and `/classify`,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html> and
//! `/model-parameters-cohere-command-r-plus.html`, read 2026-11-21.
//!
//! A stream is one JSON object per line, each with an `event_type`. Streams of Bedrock's older models have none, but
//! mark the last object. The last object repeats the whole answer in `response`: its texts are restored, not counted.

mod answer;
mod piece;
mod request;
mod turn;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonLines,
    parameters: &[super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};
