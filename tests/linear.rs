//! Every path through redaction and restoring is linear: four times the input costs at most five times the work, from
//! 64 kB to 4 MB, wherever a text can be. Prints a table; exits with 1 where a case grows faster.
//!
//! Work is counted as instructions, by callgrind (Debian's package `valgrind`, which `scripts/setup count` installs).
//! Since that takes fifty times as long as the work itself, all cases are timed first, at one size and sixteen times that.
//! Counted are the dearest, from 64 kB to 4 MB, and whatever the clock finds suspicious, from 64 kB to 1 MB: only the
//! counts decide. With `--every` all are counted in which something is searched or put back (some ten minutes). Without
//! valgrind nothing is counted, and what is suspicious by the clock again and again has failed.
//!
//! `cargo test --profile laws --test linear` does it; unoptimised, those that can be counted are only run once. Names of
//! cases, or parts of them, may follow `--`; `--list` names them all.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test, though with a main of its own"
)]

#[path = "linear/calls.rs"]
mod calls;
#[path = "linear/cases.rs"]
mod cases;
#[path = "linear/counts.rs"]
mod counts;
#[path = "traffic/exchanges.rs"]
#[expect(dead_code, reason = "recorded traffic is not grown here")]
mod exchanges;
#[path = "linear/grown.rs"]
mod grown;
#[path = "linear/own.rs"]
mod own;

use cases::{Case, Reach};
use std::process::ExitCode;
use std::sync::Mutex;
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
    check(&cases, words.iter().any(|word| word == "--every"))
}

/// Says how far it is once in a while.
const OFTEN: usize = 20;

/// Does something with each case, as many at once as there are processors.
fn each<T: Send>(cases: &[&Case], what: &str, work: impl Fn(&Case) -> T + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, start) = (Mutex::new(0), Instant::now());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some(case) = cases.get(at) else { break };
                    let result = work(case);
                    done.lock().unwrap().push((at, result));
                    if at > 0 && at % (cases.len() / OFTEN).max(1) == 0 {
                        println!("    {what}: {at} of {}, {} s", cases.len(), start.elapsed().as_secs());
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn check(cases: &[&Case], every: bool) -> ExitCode {
    let suspicious = each(cases, "timed", counts::is_suspicious);
    let all = || cases.iter().copied().zip(suspicious.iter().copied());
    let Some(valgrind) = counts::valgrind() else {
        println!("valgrind is not installed: nothing is counted, {} cases are timed alone", cases.len());
        let slow = all().filter(|(_, is_suspicious)| *is_suspicious).map(|(case, _)| case);
        return told(
            &slow.map(|case| format!("{}: much slower for 16 times the input", case.name)).collect::<Vec<_>>(),
        );
    };
    let is_dear = |case: &Case| case.reach == Reach::Far || every && case.reach == Reach::Counted;
    let is_counted = |(case, is_suspicious): &(&Case, bool)| *is_suspicious || is_dear(case);
    let (counted, suspicious): (Vec<&Case>, Vec<bool>) = all().filter(is_counted).unzip();
    let at = |case: &Case| counted.iter().position(|known| known.name == case.name).is_some_and(|at| suspicious[at]);
    let counts = each(&counted, "counted", |case| counts::count(&valgrind, case, at(case)));
    counts::table(&counted, &counts);
    let doubted = suspicious.iter().filter(|is_suspicious| **is_suspicious).count();
    println!(
        "{} more cases are linear by the clock; of the above it found {doubted} suspicious",
        cases.len() - counted.len()
    );
    let faults = counted.iter().zip(&counts).filter_map(|(case, counts)| counts::verdict(case, counts));
    told(&faults.collect::<Vec<_>>())
}

fn told(faults: &[String]) -> ExitCode {
    faults.iter().for_each(|fault| println!("FAILED {fault}"));
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
