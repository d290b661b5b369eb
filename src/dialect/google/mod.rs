//! Google's APIs: Gemini and Vertex AI.

pub(in crate::dialect) mod arguments;
pub(in crate::dialect) mod content;
pub(in crate::dialect) mod embed;
mod embed_writer;
pub(in crate::dialect) mod error;
pub(in crate::dialect) mod generate;
pub(in crate::dialect) mod interactions;
pub(in crate::dialect) mod parameters;
pub(in crate::dialect) mod stored;
pub(in crate::dialect) mod tools;
pub(in crate::dialect) mod usage;
pub(in crate::dialect) mod vertex_predict;
