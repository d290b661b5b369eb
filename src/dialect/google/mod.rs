//! Google's APIs: Gemini and Vertex AI.

pub(in crate::dialect) mod candidate;
pub(in crate::dialect) mod config;
pub(in crate::dialect) mod content;
pub(in crate::dialect) mod embed;
pub(in crate::dialect) mod generate;
pub(in crate::dialect) mod interactions;
pub(in crate::dialect) mod request;
pub(in crate::dialect) mod step;
pub(in crate::dialect) mod tools;
pub(in crate::dialect) mod usage;
pub(in crate::dialect) mod vertex_predict;
