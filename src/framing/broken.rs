//! Failure of decompression.

/// Invalid compressed body: a wrong header, code or checksum. Output before the error may be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the compressed body is broken")]
pub struct Broken;
