//! Anthropic's APIs.

pub(in crate::dialect) mod answer_writer;
pub(in crate::dialect) mod complete;
pub(in crate::dialect) mod messages;
mod parameters;
pub(in crate::dialect) mod request;
pub(in crate::dialect) mod usage;
pub(in crate::dialect) mod writer;
