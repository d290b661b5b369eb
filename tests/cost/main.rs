//! Cost of one small call, in instructions and allocations: a request of 2 KB through the root, with redaction,
//! price and export, once everything is warm. Prints a table by part; exits with 1 above a bound.
//!
//! Instructions are counted by callgrind (Debian's package `valgrind`, which `scripts/setup count` installs), allocations
//! by the allocator, which is that of the VM. The host's side is not counted: it is in memory here. The first six parts are the whole call; the
//! indented ones are within them, and called again alone.
//!
//! `cargo test --profile cost --test cost` counts both; unoptimised, or without valgrind, it counts allocations only.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test, though with a main of its own"
)]

mod counts;
mod host;
mod parts;
#[path = "../../integration/load/src/prompt.rs"]
#[expect(dead_code, reason = "only the small request is used")]
mod prompt;

use parts::{Part, Run};
use std::alloc::System;
use std::process::ExitCode;
use tollgate_allocator::{CountingAllocator, Pool};

#[global_allocator]
static ALLOCATOR: CountingAllocator<Pool<System>> = CountingAllocator::new(Pool::new(System));

/// Upper bounds for the whole call. 89,968 and 35 where they were set; libc's copies differ by processor.
const MOST_INSTRUCTIONS: u64 = 90_000;
const MOST_ALLOCATIONS: u64 = 36;

fn main() -> ExitCode {
    let mut run = Run::new();
    // What is made once is made.
    (0..WARM).for_each(|_| run.all(|_, work| work()));
    if std::env::args().any(|word| word == counts::COUNT) {
        run.counted();
        run.all(counts::told_part);
        return ExitCode::SUCCESS;
    }
    let allocations = run.allocations();
    let valgrind = counts::valgrind().filter(|_| !cfg!(debug_assertions));
    let instructions = valgrind.map(|valgrind| counts::count(&valgrind, Part::ALL.len()));
    if instructions.is_none() {
        println!("instructions are counted with --profile cost and valgrind");
    }
    let fits = [
        table("instructions", &instructions.unwrap_or_default(), MOST_INSTRUCTIONS),
        table("allocations", &allocations, MOST_ALLOCATIONS),
    ];
    if fits.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints a table; reports whether the whole call is within a bound.
fn table(what: &str, counts: &[u64], most: u64) -> bool {
    if counts.is_empty() {
        return true;
    }
    println!("{:24}{what:>14}", "a call of 2 KB");
    let counts = || Part::ALL.into_iter().zip(counts.iter().copied());
    for (part, count) in counts() {
        let indent = if part.is_phase() { "" } else { "  " };
        println!("{:24}{count:>14}", format!("{indent}{}", part.name()));
    }
    let whole: u64 = counts().filter(|(part, _)| part.is_phase()).map(|(_, count)| count).sum();
    println!("{:24}{whole:>14}\n{:24}{most:>14}\n", "the whole call", "at most");
    if whole > most {
        println!("FAILED: a call takes more {what} than its bound");
    }
    whole <= most
}

/// Calls before the one that is counted.
const WARM: usize = 3;
