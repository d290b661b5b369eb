//! Cohere v2 chat: <https://docs.cohere.com/reference/chat> and `/docs/streaming`, read 2026-11-21.
//!
//! One reader serves whole answers and events: an event wraps a piece of the message in `delta`, with a single content
//! block or tool call in place of the message's list. Skips `logprobs`.

mod answer;
mod message_writer;
mod piece;
mod request;
mod turn;
mod writer;

use crate::dialect::api::{Api, Translation};
use crate::framing::Framing;
use crate::model::{Maker, NameRule};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    maker: Maker::Other,
    // "tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit"
    // (<https://docs.cohere.com/reference/errors>, read 2026-11-29). Of a length it says nothing.
    names: Some(NameRule { marks: "_", most: 64, begins_with_letter: true }),
    custom_tools: false,
    write_request: writer::write_request,
    answers: None,
    structure: answer::STRUCTURE,
};
