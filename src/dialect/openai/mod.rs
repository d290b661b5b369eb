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
