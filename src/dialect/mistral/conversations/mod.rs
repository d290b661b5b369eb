//! Mistral conversations, which Mistral stores and whose tools it may run itself:
//! <https://docs.mistral.ai/api/#tag/beta.conversations>, read 2026-11-28, with the types of mistralai 3.7.0.
//!
//! Requests to start, continue and restart a conversation from an entry have the same members. A request names a model
//! or an agent; one that continues a conversation names neither, because the conversation has its model. An answer is a
//! list of entries, or events with pieces of them: additions to a message or to a call's arguments.

mod answer;
mod parameters;
mod piece;
mod request;
mod turn;
mod usage;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[parameters::ROWS, crate::dialect::openai::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: crate::dialect::openai::error::write_refusal,
};
