//! OpenAI responses: <https://platform.openai.com/docs/api-reference/responses> and `/responses-streaming`, read
//! 2026-11-21; with compaction of a conversation and token counting.

mod answer;
mod answer_writer;
mod event;
mod item_writer;
mod output;
mod parameters;
mod piece;
mod request;
mod response;
mod response_writer;
mod stream_writer;
mod turn;
mod writer;

pub(super) use output::{Occurrence, OutputItem, read as read_output_item};
pub(super) use turn::read_item;

use crate::dialect::api::{AnswerWriters, Api, Translation};
use crate::framing::Framing;
use crate::model::{ClientSupport, Maker};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[parameters::ROWS, super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    maker: Maker::OpenAi,
    names: Some(crate::dialect::openai::FUNCTION_NAMES),
    custom_tools: true,
    write_request: writer::write_request,
    answers: Some(AnswerWriters {
        proofs: ClientSupport { reasoning: true, call: false, custom: true },
        whole: answer_writer::write_answer,
        stream: stream_writer::begin_stream,
        error: super::chat::write_error,
        repeated: response::REPEATED,
    }),
    structure: response::STRUCTURE,
};
