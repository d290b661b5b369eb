//! OpenAI responses: <https://platform.openai.com/docs/api-reference/responses> and `/responses-streaming`, read
//! 2026-11-21; with compaction of a conversation and token counting.

mod answer;
mod event;
mod output;
mod parameters;
mod piece;
mod request;
mod response;
mod turn;

pub(super) use output::{Occurrence, OutputItem, read as read_output_item};
pub(super) use turn::read_item;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[parameters::ROWS, super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};
