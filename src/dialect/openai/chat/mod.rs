//! OpenAI chat completions: <https://platform.openai.com/docs/api-reference/chat>, read 2026-11-21.

pub(in crate::dialect) mod answer;
mod answer_writer;
mod form;
pub(in crate::dialect) mod message;
mod message_writer;
mod parameters;
mod piece;
mod request;
mod turn;
mod writer;

pub(in crate::dialect) use answer_writer::write_error;
pub(in crate::dialect) use piece::{chunk, write_text};
pub(in crate::dialect) use request::read_parameter;
pub(in crate::dialect) use turn::{is_signed_format, read_content, read_message};
pub(in crate::dialect::openai) use writer::is_tier;

use crate::dialect::api::{AnswerWriters, Api, Translation};
use crate::framing::Framing;
use crate::model::{ClientSupport, Maker};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_chat,
    write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    maker: Maker::Other,
    names: Some(crate::dialect::openai::FUNCTION_NAMES),
    custom_tools: true,
    write_request: writer::write_request,
    answers: Some(AnswerWriters {
        proofs: ClientSupport { reasoning: false, call: false, custom: true },
        whole: answer_writer::write_answer,
        stream: answer_writer::begin_stream,
        error: answer_writer::write_error,
        repeated: &[],
    }),
    structure: answer::STRUCTURE,
};
