//! Every path through redaction and restoring is linear: four times the input costs at most 4.5 times the work,
//! wherever a text can be. Prints a table; exits with 1 where a case grows faster.
//!
//! Work is counted as instructions, by callgrind (Debian's package `valgrind`, which `scripts/setup count` installs).
//! Since that takes fifty times as long as the work itself, all cases are timed first, at one size and sixteen times
//! that: from 256 kB to 4 MB those in which something is searched or put back, from 24 kB to 384 kB all other places
//! that the fixtures show. Counted are the former, from 64 to 256 kB, the dearest from 32 kB to 2 MB, and whatever the
//! clock finds suspicious, from 64 kB to 1 MB: only the counts decide. Without valgrind nothing is counted, and what is
//! suspicious by the clock again and again has failed.
//!
//! `cargo test --profile laws --test linear` does it all; unoptimised, those that are counted are only run once. Names
//! of cases, or parts of them, may follow `--`; `--list` names them all.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test, though with a main of its own"
)]

#[path = "../redaction/bait.rs"]
mod bait;
mod calls;
mod cases;
mod counts;
#[path = "../traffic/exchanges.rs"]
#[expect(dead_code, reason = "recorded traffic is not grown here")]
mod exchanges;
mod grown;
mod own;

use cases::{Case, Reach};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let cases = cases::all();
    if words.first().is_some_and(|word| word == counts::COUNT) {
        counts::run(&cases, &words);
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |case: &&Case| wanted.is_empty() || wanted.iter().any(|word| case.name.contains(word.as_str()));
    let cases: Vec<&Case> = cases.iter().filter(is_wanted).collect();
    if words.iter().any(|word| word == "--list") {
        cases.iter().for_each(|case| println!("{}: test", case.name));
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        let cases: Vec<&Case> = cases.into_iter().filter(|case| case.reach != Reach::Timed).collect();
        each(&cases, "run", |case| drop(calls::call(&(case.make)(8 << 10), case.piece, case.keeps)));
        println!("{} cases run once; work is counted with --profile laws", cases.len());
        return ExitCode::SUCCESS;
    }
    check(&cases)
}

/// Says how far it is once in a while.
const OFTEN: usize = 20;

/// Does something with each of many, as many at once as there are processors.
fn each<I: Sync, T: Send>(items: &[I], what: &str, work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item);
                    done.lock().unwrap().push((at, result));
                    if at > 0 && at % (items.len() / OFTEN).max(1) == 0 {
                        println!("    {what}: {at} of {}, {} s", items.len(), start.elapsed().as_secs());
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// So many cases are counted in one run of valgrind, which takes a while to begin.
const BATCH: usize = 24;

fn check(cases: &[&Case]) -> ExitCode {
    let suspicious = each(cases, "timed", |case| counts::is_suspicious(case));
    let all = || cases.iter().copied().zip(suspicious.iter().copied());
    let Some(valgrind) = counts::valgrind() else {
        println!("valgrind is not installed: nothing is counted, {} cases are timed alone", cases.len());
        let slow = all().filter(|(_, is_suspicious)| *is_suspicious).map(|(case, _)| case);
        return told(
            &slow.map(|case| format!("{}: much slower for 16 times the input", case.name)).collect::<Vec<_>>(),
        );
    };
    let is_counted = |(case, is_suspicious): &counts::Doubt<'_>| *is_suspicious || case.reach != Reach::Timed;
    let mut counted: Vec<counts::Doubt<'_>> = all().filter(is_counted).collect();
    // The dearest first, and each in a batch of its own.
    counted.sort_by_key(|(case, _)| case.reach != Reach::Far);
    let (far, others) = counted.split_at(counted.partition_point(|(case, _)| case.reach == Reach::Far));
    let batches: Vec<&[counts::Doubt<'_>]> = far.chunks(1).chain(others.chunks(BATCH)).collect();
    let counts = each(&batches, "counted: batch", |batch| counts::count(&valgrind, batch)).concat();
    counts::table(&counted, &counts);
    let doubted = suspicious.iter().filter(|is_suspicious| **is_suspicious).count();
    let rest = cases.len() - counted.len();
    println!("{rest} more cases are linear by the clock; of the above it found {doubted} suspicious");
    let faults = counted.iter().zip(&counts).filter_map(|((case, _), counts)| counts::verdict(case, counts));
    told(&faults.collect::<Vec<_>>())
}

fn told(faults: &[String]) -> ExitCode {
    faults.iter().for_each(|fault| println!("FAILED {fault}"));
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
