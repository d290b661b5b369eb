//! Anthropic messages: <https://docs.anthropic.com/en/api/messages> and `/messages-streaming`, read 2026-11-21.
//! Includes count_tokens, and the variants of Vertex AI's rawPredict and Amazon Bedrock's InvokeModel.

mod answer;
mod answer_writer;
mod piece;
mod request;
pub(in crate::dialect) mod thinking;
mod turn;
mod turn_writer;
mod usage;
mod variant;
mod writer;

pub(super) use answer::read_message_member as read_answer_member;
pub(super) use request::read_member as read_request_member;
pub(in crate::dialect) use variant::variant_edits;

use crate::dialect::api::{AnswerWriters, Api, Translation};
use crate::framing::Framing;
use crate::model::{ClientSupport, Maker, NameRule};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    maker: Maker::Anthropic,
    // "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'", says the API
    // (<https://github.com/modelcontextprotocol/modelcontextprotocol/issues/1345>, read 2026-11-29).
    names: Some(NameRule { marks: "_-", most: 128, begins_with_letter: false }),
    custom_tools: false,
    write_request: writer::write_request,
    answers: Some(AnswerWriters {
        proofs: ClientSupport { reasoning: true, call: false, custom: false },
        whole: answer_writer::write_answer,
        stream: answer_writer::begin_stream,
        error: answer_writer::write_error,
        repeated: &[],
    }),
    structure: answer::STRUCTURE,
};
