//! Cohere v2 chat: <https://docs.cohere.com/reference/chat> and `/docs/streaming`, read 2026-11-21.
//!
//! One reader serves whole answers and events: an event wraps a piece of the message in `delta`, with a single content
//! block or tool call in place of the message's list. Skips `logprobs`.

mod answer;
mod piece;
mod request;
mod turn;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};
