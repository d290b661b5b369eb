//! Gemini interactions: <https://ai.google.dev/api/interactions-api> and
//! <https://ai.google.dev/gemini-api/docs/interactions/streaming>, read 2026-11-21, with the types of google-genai
//! 3.4.0.
//!
//! The input is a text, contents, steps or, formerly, turns. A request names a model, or an
//! agent that runs models of its own choice: the agent then takes the model's place. Skips media.

mod answer;
mod error;
mod parameters;
mod piece;
mod request;
mod turn;
mod usage;

use crate::dialect::api::Api;
use crate::framing::Framing;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[parameters::ROWS, parameters::THINKING, super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: error::write_refusal,
};
