//! Cohere's APIs.

pub(in crate::dialect) mod common;
pub(in crate::dialect) mod embed;
pub(in crate::dialect) mod v1;
pub(in crate::dialect) mod v2;
