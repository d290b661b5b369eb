//! Mistral's own APIs.

pub(in crate::dialect) mod chat;
pub(in crate::dialect) mod conversations;
pub(in crate::dialect) mod ocr;
