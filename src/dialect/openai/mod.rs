//! OpenAI's APIs, which many other providers speak too.

pub(in crate::dialect) mod audio;
pub(in crate::dialect) mod chat;
pub(in crate::dialect) mod completions;
pub(in crate::dialect) mod conversations;
mod effort;
pub(in crate::dialect) mod embeddings;
mod embeddings_writer;
pub(in crate::dialect) mod error;
pub(in crate::dialect) mod images;
pub(in crate::dialect) mod moderations;
pub(in crate::dialect) mod parameters;
pub(in crate::dialect) mod responses;
pub(in crate::dialect) mod thoughts;
pub(in crate::dialect) mod usage;

use crate::model::NameRule;

/// Rule for the names of functions: `FunctionDefinition` of the openai SDK 3.57.0. Mistral's is the same: "must be a-z, A-Z,
/// 0-9, or contain underscores and dashes, with a maximum length of 64", its API answers (read 2026-11-29).
const FUNCTION_NAMES: NameRule = NameRule { marks: "_-", most: 64, begins_with_letter: false };
