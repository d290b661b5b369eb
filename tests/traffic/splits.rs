//! Law 1: any split of any stream gives the same bytes to the client, the same record, the same restored text.

use super::exchanges::{Exchange, exchanges};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::Rng;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::document::Document;
use tollgate::model::{Event, Reply};
use tollgate::record::Note;
use tollgate::settings::Limits;

/// Streams up to this length are split in two at every byte, each split in a run of its own.
const EVERY_BYTE: usize = if cfg!(debug_assertions) { 600 } else { 4 << 10 };
/// In longer ones every byte is a split too, but one run has all those that are so far apart: a run for each would take
/// time by the square of the length. Unoptimised, they are left to the random splits.
const APART: usize = 256;
/// Number of random ways in which longer ones are split.
const RANDOM: usize = if cfg!(debug_assertions) { 8 } else { 200 };

/// The same in words, for the output.
const BOUND: &str = if cfg!(debug_assertions) {
    "up to 600 bytes each split in two at every byte, longer ones at random"
} else {
    "up to 4 KiB each split in two at every byte, longer ones at every byte too, 256 bytes apart in one run"
};

/// Facts decoded from an answer, in a form that is quick to compare.
#[derive(Debug, PartialEq)]
struct Seen {
    bytes: u64,
    texts: u64,
    reply: Reply,
    notes: Vec<Note>,
}

/// A stream in a form that it may have on the wire.
struct Wire<'a> {
    exchange: &'a Exchange,
    name: &'static str,
    headers: Headers,
    asked: bool,
    bytes: Vec<u8>,
}

impl Wire<'_> {
    fn read(&self, pieces: &[&[u8]]) -> Seen {
        let mut reading = AnswerDecoder::new(&self.exchange.route, self.asked, &self.headers, Limits::default());
        let (mut bytes, mut texts) = (DefaultHasher::new(), DefaultHasher::new());
        let (mut reply, mut notes) = (Reply::default(), Vec::new());
        for (index, piece) in pieces.iter().enumerate() {
            reading.push(piece, index + 1 == pieces.len(), &mut |read| {
                let said = match read {
                    Decoded::Note(note) if notes.contains(&note) => None,
                    Decoded::Note(note) => {
                        notes.push(note);
                        None
                    }
                    Decoded::Rest { bytes: rest, .. } => {
                        bytes.write(rest);
                        None
                    }
                    Decoded::Whole { bytes: whole, said } => {
                        bytes.write(whole);
                        said
                    }
                    Decoded::Frame { frame, said, .. } => {
                        bytes.write(frame.raw);
                        said
                    }
                };
                let Some(said) = said else { return };
                for delta in said.events {
                    reply.apply(delta, said.document);
                    note_text(delta, said.document, &mut texts);
                }
            });
        }
        reading.finish(&mut reply);
        Seen { bytes: bytes.finish(), texts: texts.finish(), reply, notes }
    }
}

fn note_text(delta: &Event, document: Document<'_>, into: &mut DefaultHasher) {
    if let Event::Text { channel, text } = delta {
        channel.hash(into);
        document.raw(*text).hash(into);
    }
}

/// The same stream in every form that a server may give it.
fn guises(exchange: &Exchange) -> Vec<Wire<'_>> {
    // The client asked for a stream, since it got one.
    let wire = |name, bytes: Vec<u8>, encoding| Wire {
        exchange,
        name,
        headers: exchange.headers(encoding),
        asked: true,
        bytes,
    };
    let mut guises =
        vec![wire("as it came", exchange.answer.clone(), None), wire("gzip", gzip(&exchange.answer), Some("gzip"))];
    if exchange.has_events() {
        guises.push(wire("other line ends", with_other_line_ends(&exchange.answer), None));
        guises.push(wire("data: without a space", without_spaces(&exchange.answer), None));
    }
    guises
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Line feeds become carriage return and line feed, and the other way round.
fn with_other_line_ends(bytes: &[u8]) -> Vec<u8> {
    let has_returns = bytes.windows(2).any(|pair| pair == b"\r\n");
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.collect::<Vec<_>>().join(if has_returns { &b"\n"[..] } else { b"\r\n" })
}

fn without_spaces(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.fold(Vec::with_capacity(bytes.len()), |mut all, line| {
        match line.strip_prefix(b"data: ") {
            Some(rest) => all.extend([b"data:", rest].concat()),
            None => all.extend(line),
        }
        all
    })
}

fn rng() -> TestRng {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config::default(), rng).new_rng()
}

#[test]
fn any_split_of_any_stream_in_any_guise_says_the_same() {
    let exchanges = exchanges();
    let streams: Vec<&Exchange> = exchanges.iter().filter(|exchange| exchange.is_stream()).collect();
    let (next, tried) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(exchange) = streams.get(next.fetch_add(1, Ordering::Relaxed)) {
                    tried.fetch_add(try_splits(exchange), Ordering::Relaxed);
                }
            });
        }
    });
    println!("{} streams, {} runs: {BOUND}", streams.len(), tried.into_inner());
}

fn try_splits(exchange: &Exchange) -> usize {
    let mut rng = rng();
    let mut tried = 0;
    let mut first: Option<Seen> = None;
    for wire in guises(exchange) {
        let whole = wire.read(&[&wire.bytes]);
        if let Some(first) = &first {
            let same = (&whole.reply, whole.texts, &whole.notes) == (&first.reply, first.texts, &first.notes);
            assert!(same, "{}, {}: {whole:?} is not {first:?}", exchange.id, wire.name);
        }
        let mut check = |pieces: &[&[u8]]| {
            assert_eq!(wire.read(pieces), whole, "{}, {}: cut at {}", exchange.id, wire.name, pieces[0].len());
            tried += 1;
        };
        if wire.bytes.len() <= EVERY_BYTE {
            for at in 1..wire.bytes.len() {
                let (before, after) = wire.bytes.split_at(at);
                check(&[before, after]);
            }
        }
        if wire.bytes.len() > EVERY_BYTE && !cfg!(debug_assertions) {
            for first in 1..=APART {
                let (before, after) = wire.bytes.split_at(first);
                check(&std::iter::once(before).chain(after.chunks(APART)).collect::<Vec<_>>());
            }
        }
        for round in 0..if wire.bytes.len() <= EVERY_BYTE { 8 } else { RANDOM } {
            let pieces = cut(&wire.bytes, 2 + round % 40, &mut rng);
            check(&pieces);
        }
        if wire.bytes.len() <= 16 << 10 {
            check(&wire.bytes.chunks(1).collect::<Vec<_>>());
        }
        first.get_or_insert(whole);
    }
    tried
}

/// Splits bytes at random positions.
fn cut<'a>(bytes: &'a [u8], pieces: usize, rng: &mut TestRng) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = (1..pieces).map(|_| rng.next_u32() as usize % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}
