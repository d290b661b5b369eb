//! Anthropic's APIs.

pub(in crate::dialect) mod batches;
pub(in crate::dialect) mod complete;
pub(in crate::dialect) mod error;
pub(in crate::dialect) mod messages;
pub(in crate::dialect) mod parameters;
mod thinking;
