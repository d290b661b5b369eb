//! The book's text: sorted lines, searched in place; only the lines of one model are ever parsed.
//!
//! A line has a provider, a model and words, with a tab behind each of the first two; the text's head explains the
//! words. Lines that begin with `#` are at the top, where sorting also puts them.

use super::hours::Hours;
use super::rate::Factor;
use super::tariff::{PerCallBuckets, Tariff};
use super::{Per, Rate, Rates};
use crate::usage::Bucket;
use std::cmp::Ordering;

/// Lines sorted by provider and model, byte by byte, each ended by a line feed.
#[derive(Clone, Copy)]
pub(super) struct BookLines<'a>(&'a str);

impl<'a> BookLines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Lines of one model, if there are any.
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

    /// Every provider, in order. Scans the whole text.
    pub(super) fn providers(self) -> impl Iterator<Item = &'a str> {
        let mut last = "#";
        self.0.lines().filter_map(move |line| {
            let provider =
                line.split('\t').next().filter(|provider| !provider.starts_with('#') && *provider != last)?;
            last = provider;
            Some(provider)
        })
    }

    /// Text from the first line on that is not before (provider, model).
    fn at_or_after(self, provider: &str, model: &str) -> &'a str {
        let Self(text) = self;
        // Both are starts of lines; every line before `low` is less than the key, none from `high` on is.
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = text
                .as_bytes()
                .get(low..middle)
                .and_then(|before| memchr::memrchr(b'\n', before))
                .map_or(low, |at| low + at + 1);
            let line = first_line(text.get(start..high).unwrap_or(""));
            match key_of(line).cmp(&(provider, model)) {
                Ordering::Less => low = start + line.len() + 1,
                Ordering::Equal | Ordering::Greater => high = start,
            }
        }
        text.get(low..).unwrap_or("")
    }
}

/// The book's lines for one model.
#[derive(Clone, Copy)]
pub(super) struct Priced<'a> {
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    text: &'a str,
}

/// Prices that apply to a call, and the lines they come from.
pub(super) struct MatchedRates<'a> {
    pub(super) tariff: Tariff,
    /// The tier's word; empty for the standard one.
    pub(super) tier: &'a str,
    /// Prompt length above which the prices apply.
    pub(super) above: u64,
}

impl<'a> Priced<'a> {
    /// The model of the text's first line, with all its lines.
    fn first_of(text: &'a str) -> Option<Self> {
        let mut cells = first_line(text).split('\t');
        let (provider, model) = (cells.next()?, cells.next()?);
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            if key_of(line) != (provider, model) {
                break;
            }
            end += line.len();
        }
        let text = text.get(..end)?;
        Some(Self { provider, model, text })
    }

    /// Prices under the first of these tiers that has any, for a prompt of this number of tokens.
    ///
    /// Above the highest threshold that the prompt exceeds, under the tier or the standard one, the prices of that
    /// threshold apply to all tokens. If the tier has none for it, there are no prices.
    pub(super) fn under(self, tiers: &[&str], prompt: u64) -> Option<MatchedRates<'a>> {
        let lines: Vec<Line<'_>> = self.lines().collect();
        let tier = tiers.iter().find_map(|tier| lines.iter().find(|line| line.tier == *tier))?.tier;
        let passed = lines.iter().filter(|line| (line.tier == tier || line.tier.is_empty()) && line.above < prompt);
        let above = passed.map(|line| line.above).max().unwrap_or(0);
        let line = lines.iter().find(|line| line.tier == tier && line.above == above)?;
        let standard = lines.iter().find(|line| line.tier.is_empty() && line.above == 0);
        let rates = line.rates();
        let tariff = Tariff {
            rates,
            standard: standard.map(|other| if other == line { rates } else { other.rates() }).unwrap_or_default(),
            once: standard.map(|line| line.once()).unwrap_or_default(),
            preview_search: None,
        };
        Some(MatchedRates { tariff, tier, above })
    }

    /// Price of a web search by OpenAI's older tool, where it differs.
    pub(super) fn preview_search(self) -> Option<Rate> {
        self.lines().find(|line| line.tier == PREVIEW_SEARCH)?.rates().rate(Bucket::WebSearches)
    }

    /// Surcharge on tokens in a region, as a multiple of the price elsewhere.
    pub(super) fn surcharge(self, region: &str) -> Option<Factor> {
        let factor = |region: &str| {
            let mut words = self.lines().flat_map(Line::words);
            words.find_map(|word| Factor::parse(word.strip_prefix(region)?.strip_prefix('*')?))
        };
        let everywhere = || if region == GLOBAL { None } else { factor("") };
        factor(region).or_else(everywhere)
    }

    /// Hours for the prices of [`OFF_PEAK`], if there are any.
    pub(super) fn off_peak(self) -> Option<Hours<'a>> {
        let line = self.lines().find(|line| line.tier == OFF_PEAK)?;
        let hours = line.words().find_map(|word| word.strip_prefix("hours="))?;
        let calendar = line.words().find_map(|word| word.strip_prefix("days=+")?.parse().ok());
        Some(Hours::new(hours).on_the_calendar_of(calendar.unwrap_or(0)))
    }

    /// Reports whether two models have the same prices throughout.
    pub(super) fn agrees_with(self, other: Self) -> bool {
        self.lines().eq(other.lines())
    }

    fn lines(self) -> impl Iterator<Item = Line<'a>> {
        self.text.lines().filter_map(Line::read)
    }
}

/// One line, its prices not yet parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Line<'a> {
    tier: &'a str,
    above: u64,
    words: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut tabs = memchr::memchr_iter(b'\t', line.as_bytes()).skip(1);
        let words = line.get(tabs.next()? + 1..)?;
        let is_tier = |word: &&str| !word.bytes().any(|byte| matches!(byte, b'=' | b'*' | b'>'));
        let tier = words.split(' ').next().filter(is_tier).unwrap_or("");
        let bound = memchr::memchr(b'>', words.as_bytes()).and_then(|at| words.get(at..));
        let above = bound.and_then(|rest| rest.split(' ').find_map(|word| word.strip_prefix('>')?.parse().ok()));
        Some(Self { tier, above: above.unwrap_or(0), words })
    }

    fn words(self) -> impl Iterator<Item = &'a str> {
        self.words.split(' ')
    }

    fn rates(self) -> Rates {
        let mut rates = Rates::default();
        for (bucket, price) in self.prices() {
            let price = price.strip_suffix(PER_CALL).unwrap_or(price);
            rates.set(bucket, Rate::parse(price, Per::of(bucket)).ok());
        }
        rates
    }

    fn once(self) -> PerCallBuckets {
        let mut once = PerCallBuckets::default();
        self.prices().filter(|(_, price)| price.ends_with(PER_CALL)).for_each(|(bucket, _)| once.insert(bucket));
        once
    }

    fn prices(self) -> impl Iterator<Item = (Bucket, &'a str)> {
        self.words().filter_map(|word| {
            let (name, price) = word.split_once('=')?;
            Some((Bucket::of_name(name)?, price))
        })
    }
}

/// Provider and model of a line, empty where it has none.
fn key_of(line: &str) -> (&str, &str) {
    let mut tabs = memchr::memchr_iter(b'\t', line.as_bytes());
    let (first, second) = (tabs.next().unwrap_or(line.len()), tabs.next().unwrap_or(line.len()));
    (line.get(..first).unwrap_or_default(), line.get(first + 1..second).unwrap_or_default())
}

/// The text up to its first line feed.
fn first_line(text: &str) -> &str {
    memchr::memchr(b'\n', text.as_bytes()).and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Tier of lines with the prices of certain hours.
pub(super) const OFF_PEAK: &str = "off_peak";
/// Tier of lines with the price of a web search by OpenAI's older tool.
const PREVIEW_SEARCH: &str = "web_search_preview";
/// Word for no region in particular.
const GLOBAL: &str = "global";
/// Suffix of a price that is paid once per call.
const PER_CALL: &str = "/call";
