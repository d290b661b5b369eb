//! Amazon Bedrock's APIs, and the APIs of model vendors that InvokeModel tunnels.

pub(in crate::dialect) mod aws;
pub(in crate::dialect) mod chunk;
pub(in crate::dialect) mod converse;
pub(in crate::dialect) mod error;
pub(in crate::dialect) mod family;
pub(in crate::dialect) mod guardrail;
pub(in crate::dialect) mod model;
pub(in crate::dialect) mod nova;
pub(in crate::dialect) mod text;
pub(in crate::dialect) mod titan;
mod titan_writer;
