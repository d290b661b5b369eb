//! Cohere's APIs.

pub(in crate::dialect) mod embed;
mod embed_writer;
pub(in crate::dialect) mod error;
pub(in crate::dialect) mod parameters;
pub(in crate::dialect) mod usage;
pub(in crate::dialect) mod v1;
pub(in crate::dialect) mod v2;
