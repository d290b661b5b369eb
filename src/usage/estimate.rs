//! Token usage estimate for calls whose provider reports none.

use super::{Bucket, Usage};

/// Estimates tokens from byte counts: four bytes per token, rounded up. Rule of thumb for English text from OpenAI's
/// help page "What are tokens and how to count them?", read 2026-11-21. Other languages and images may be off by a
/// factor of several.
pub fn estimate(input_bytes: u64, output_bytes: u64) -> Usage {
    let tokens = |bytes: u64| bytes.div_ceil(BYTES_PER_TOKEN);
    Usage::default().with(Bucket::Input, tokens(input_bytes)).with(Bucket::Output, tokens(output_bytes))
}

const BYTES_PER_TOKEN: u64 = 4;
