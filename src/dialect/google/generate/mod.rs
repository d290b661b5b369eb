//! Gemini generateContent, streamGenerateContent and countTokens, of the Gemini API and of Vertex AI:
//! <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/api/tokens> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference>, read 2026-11-21.
//!
//! A stream's chunks, events or array elements, are whole answers each. A stream has no end marker: it is over when its
//! candidates have finish reasons, or its prompt was blocked. Skips media.

mod answer;
pub(in crate::dialect) mod candidate;
mod parameters;
mod piece;
mod request;

pub(super) use request::read_member as read_request_member;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonArray,
    parameters: &[parameters::ROWS, super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};
