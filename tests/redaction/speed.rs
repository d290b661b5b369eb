//! No text makes the search slow: an attacker's text costs about the same as any other.

use super::bait::BAIT;
use cpu_time::ThreadTime;
use std::hint::black_box;
use std::time::Duration;
use tollgate::redaction::{Escape, Kinds, Placeholders, Redactor};

const LENGTH: usize = 50_000;

/// Maximum factor of a text's duration against a table of numbers. Quadratic time is slower by hundreds and more.
const FACTOR: u32 = 20;

/// Duration of one run.
fn time(run: impl FnOnce()) -> Duration {
    let start = ThreadTime::now();
    run();
    start.elapsed()
}

fn search(text: &str) {
    let mut findings = Vec::new();
    Redactor::new(Kinds::ALL).find(black_box(text), &mut findings);
    black_box(findings);
}

/// Longest of several durations for a table of numbers: the reference for any text of that length.
fn usual() -> Duration {
    let text = repeated("1024 2048-4096, 17.25 in 2024-01-02\n");
    (0..3).map(|_| time(|| search(&text))).max().unwrap_or_default()
}

/// Reports whether every one of several runs takes too long: once may be the machine's fault.
fn is_slow(bound: Duration, run: impl Fn()) -> bool {
    (0..6).all(|_| time(&run) > bound)
}

/// A piece repeated up to the length.
fn repeated(piece: &str) -> String {
    piece.repeat(LENGTH / piece.len())
}

#[test]
fn no_repeated_piece_makes_the_search_slow() {
    let bound = usual() * FACTOR;
    let is_slow = |piece: &&str| {
        let text = repeated(piece);
        is_slow(bound, || search(&text))
    };
    let slow: Vec<&str> = BAIT.iter().copied().filter(is_slow).collect();
    assert!(slow.is_empty(), "over {bound:?}: {slow:?}");
}

#[test]
fn no_long_run_makes_the_search_slow() {
    let bound = usual() * FACTOR;
    for (head, run, tail) in [
        ("a@", "b", ".com"),
        ("a@", "b.", "com"),
        ("", "l", "@example.com"),
        ("sk-", "aB1", "!"),
        ("eyJ", "aB1", ".x"),
        ("-----BEGIN PRIVATE KEY-----", "a", ""),
        ("-----BEGIN ", "A", "PRIVATE KEY-----"),
        ("2001:db8::", "1:", "z"),
        ("+", "1", ""),
        ("DE89", "1", ""),
        ("[EMAIL_", "1", "]"),
    ] {
        let text = format!("{head}{}{tail}", repeated(run));
        let slow = is_slow(bound, || search(&text));
        assert!(!slow, "over {bound:?}: {head}{run}…{tail}");
    }
}

#[test]
fn the_end_of_a_private_key_is_not_searched_for_from_every_beginning() {
    let beginnings = |label| format!("-----BEGIN {label}-----").repeat(2 * LENGTH / 27);
    let certificates = beginnings("CERTIFICATE");
    let keys = beginnings("PRIVATE KEY");
    let bound = time(|| search(&certificates)) * 6;
    assert!(!is_slow(bound, || search(&keys)), "over {bound:?}");
}

#[test]
fn many_values_are_replaced_and_put_back_in_reasonable_time() {
    let bound = usual() * FACTOR;
    let values = (0..LENGTH / 22).map(|number| format!("u{number}@example.com, "));
    let text: String = values.collect();
    let redactor = Redactor::new(Kinds::ALL);
    let slow = is_slow(bound * 2, || {
        let mut table = Placeholders::default();
        let redacted = table.redact_text(&redactor, &text).into_owned();
        assert_eq!(table.restored(&redacted, Escape::Json), text);
    });
    assert!(!slow, "over {bound:?} twice");
}
