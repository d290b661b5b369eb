//! The price book: model → price per bucket; a cost is an exact whole number of pico-dollars, unknown is unknown.

mod book;
mod lines;
mod name;
mod rate;

pub use book::{Book, Entry};
pub use rate::{Rate, RateError, Rates, decimal, dollars};

use crate::chat::Bucket;

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Known exactly.
    Exact {
        /// The sum, in pico-dollars (1 USD = 10^12).
        total: u64,
        /// Its parts, per bucket with tokens in it, in pico-dollars.
        parts: Vec<(Bucket, u64)>,
        /// The book's entry that matched.
        entry: String,
    },
    /// Not known, and why: `model`, `usage` or `bucket` (the entry has no price for a bucket with tokens in it).
    Unknown {
        /// Which of the three.
        why: &'static str,
    },
}
