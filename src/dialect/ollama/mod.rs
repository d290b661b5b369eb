//! Ollama: chat, generate, embed, and model management. <https://github.com/ollama/ollama/blob/main/docs/api.md>, read
//! 2026-11-21. System One, which answers questions by probabilities: <https://docs.ollama.com/api/systemone>, an
//! excerpt, read 2026-11-28.
//!
//! A stream is one JSON object per line, each like a whole answer. Answers are streamed unless the request declines.
//! The last object has the counts. Skips `context`, `logprobs` and images.

mod answer;
mod embed_writer;
mod error;
mod message_writer;
mod parameters;
mod piece;
mod request;
mod turn;
mod writer;

use crate::dialect::api::{Api, EmbeddingTranslation, Translation};
use crate::framing::Framing;
use crate::model::{EmbeddingConvention, Maker};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonLines,
    parameters: &[parameters::TOP_ROWS, parameters::ROWS],
    read_request: request::read_request,
    read_answer: answer::read_answer,
    write_text: piece::write_text,
    write_refusal: error::write_refusal,
};

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    maker: Maker::Other,
    names: None,
    custom_tools: false,
    write_request: writer::write_request,
    answers: None,
    structure: answer::STRUCTURE,
};

pub(in crate::dialect) const EMBEDDING: EmbeddingTranslation = EmbeddingTranslation {
    convention: EmbeddingConvention { sets_each: false, has_bits: false },
    write_request: embed_writer::write_request,
    write_answer: embed_writer::write_answer,
    write_error: error::write_error,
    structure: answer::STRUCTURE,
};
