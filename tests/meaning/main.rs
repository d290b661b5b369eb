//! Law 4, its last sentence: two requests, or answers, that mean different things read differently.

#![cfg(test)]

#[path = "../traffic/exchanges.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod exchanges;
mod mutation;
mod pairs;
mod reading;
mod stream;
