//! The book's own text: sorted lines, searched where they lie; only the lines of one model are ever read.
//!
//! A line is cut by tabs into provider, model, service tier (`-` is the standard one), the length of prompt above
//! which it holds, and dollars per million tokens in the order of [`COLUMNS`]; empty is unknown, and what is
//! empty at the end is left out. Lines that begin with `#` stand at the top, where sorting puts them too.

use super::rate::{Rate, Rates};
use crate::chat::Bucket;
use std::cmp::Ordering;

/// Lines sorted by provider and model, byte by byte, each ended by a line feed.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a>(&'a str);

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The lines of one model, if there are any.
    pub(super) fn of(self, provider: &str, model: &str) -> Option<Priced<'a>> {
        Priced::first_of(self.at_or_after(provider, model))
            .filter(|found| found.provider == provider && found.model == model)
    }

    /// Every model of a provider whose name begins with `prefix`, in order.
    pub(super) fn beginning_with(self, provider: &str, prefix: &str) -> impl Iterator<Item = Priced<'a>> {
        let mut rest = self.at_or_after(provider, prefix);
        std::iter::from_fn(move || {
            let found = Priced::first_of(rest)?;
            rest = rest.get(found.text.len()..)?;
            Some(found)
        })
        .take_while(move |found| found.provider == provider && found.model.starts_with(prefix))
    }

    /// The text from the first line on that is not before (provider, model).
    fn at_or_after(self, provider: &str, model: &str) -> &'a str {
        let Self(text) = self;
        // Both are starts of lines; every line before `low` is smaller than the key, none from `high` on is.
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = text
                .as_bytes()
                .get(low..middle)
                .and_then(|before| memchr::memrchr(b'\n', before))
                .map_or(low, |at| low + at + 1);
            let line = first_line(text.get(start..high).unwrap_or(""));
            let mut cells = line.split('\t');
            let key = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
            match key.cmp(&(provider, model)) {
                Ordering::Less => low = start + line.len() + 1,
                Ordering::Equal | Ordering::Greater => high = start,
            }
        }
        text.get(low..).unwrap_or("")
    }
}

/// What the book has on one model.
#[derive(Clone, Copy)]
pub(super) struct Priced<'a> {
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    text: &'a str,
}

impl<'a> Priced<'a> {
    /// The model that the text's first line is about, with all its lines.
    fn first_of(text: &'a str) -> Option<Self> {
        let mut cells = first_line(text).split('\t');
        let (provider, model) = (cells.next()?, cells.next()?);
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            let mut cells = line.split('\t');
            if (cells.next(), cells.next()) != (Some(provider), Some(model)) {
                break;
            }
            end += line.len();
        }
        let text = text.get(..end)?;
        Some(Self { provider, model, text })
    }

    /// The threshold of the prompt's length that is exceeded last, whatever the tier; 0 where none is.
    pub(super) fn threshold(self, prompt: u64) -> u64 {
        self.lines().map(|line| line.above).filter(|above| *above < prompt).max().unwrap_or(0)
    }

    /// The rates under one tier above one threshold.
    pub(super) fn rates(self, tier: &str, above: u64) -> Option<Rates> {
        self.lines().find(|line| line.above == above && line.tier == tier).map(|line| line.rates())
    }

    /// Whether two models have the same prices throughout.
    pub(super) fn agrees_with(self, other: Self) -> bool {
        self.lines().eq(other.lines())
    }

    fn lines(self) -> impl Iterator<Item = Line<'a>> {
        self.text.lines().filter_map(Line::read)
    }
}

/// One line, its prices not yet read.
#[derive(PartialEq, Eq)]
struct Line<'a> {
    tier: &'a str,
    above: u64,
    prices: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut cells = line.splitn(5, '\t').skip(2);
        Some(Self { tier: cells.next()?, above: cells.next()?.parse().ok()?, prices: cells.next().unwrap_or("") })
    }

    fn rates(&self) -> Rates {
        let mut rates = Rates::default();
        for (bucket, price) in COLUMNS.into_iter().zip(self.prices.split('\t')) {
            rates.set(bucket, Rate::parse(price).ok());
        }
        rates
    }
}

/// The text up to its first line feed.
fn first_line(text: &str) -> &str {
    memchr::memchr(b'\n', text.as_bytes()).and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The buckets that the book has a column for.
const COLUMNS: [Bucket; 8] = [
    Bucket::Input,
    Bucket::CacheRead,
    Bucket::CacheWrite5m,
    Bucket::CacheWrite1h,
    Bucket::InputAudio,
    Bucket::Output,
    Bucket::Reasoning,
    Bucket::OutputAudio,
];
