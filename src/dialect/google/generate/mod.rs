//! Gemini generateContent, streamGenerateContent and countTokens, of the Gemini API and of Vertex AI:
//! <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/api/tokens> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference>, read 2026-11-21.
//!
//! A stream's chunks, events or array elements, are whole answers each. A stream has no end marker: it is over when its
//! candidates have finish reasons, or its prompt was blocked. Skips media.

mod answer;
mod answer_writer;
pub(in crate::dialect) mod candidate;
mod logprobs;
mod parameters;
mod piece;
mod request;
mod thinking;
mod turn_writer;
mod writer;

pub(super) use request::read_member as read_request_member;

use crate::dialect::api::{AnswerWriters, Api, Translation};
use crate::framing::Framing;
use crate::model::{ClientSupport, Maker, NameRule};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonArray,
    parameters: &[parameters::ROWS, super::parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    maker: Maker::Google,
    // The Gemini API's error names 64, Vertex AI's and google-genai 3.6.1's types 64 and 128
    // (<https://github.com/google-gemini/gemini-cli/issues/7869>, read 2026-11-29).
    names: Some(NameRule { marks: "_.:-", most: 64, begins_with_letter: true }),
    custom_tools: false,
    write_request: writer::write_request,
    answers: Some(AnswerWriters {
        proofs: ClientSupport { reasoning: true, call: true, custom: false },
        whole: answer_writer::write_answer,
        stream: answer_writer::begin_stream,
        error: crate::dialect::google::error::write_error,
        repeated: &[],
    }),
    structure: STRUCTURE,
};

/// Members that only repeat the structure of a request or an answer.
const STRUCTURE: &[&str] = &[
    "generationConfig",
    "generation_config",
    "toolConfig",
    "tool_config",
    "candidates[].content",
    "candidates[].content.role",
    "candidates[].content.parts[].thought",
    "candidates[].finishReason",
    "candidates[].index",
    "promptFeedback",
];
