//! The book's lines: only those of one model are parsed, when it is looked up.
//!
//! A line has a provider, a model and words, with a tab behind each of the first two; the text's head explains the
//! words. Lines that begin with `#` are at the top, where sorting also puts them.

use super::hours::Hours;
use super::rate::Factor;
use super::tariff::{PerCallBuckets, Tariff};
use super::{Per, Rate, Rates};
use crate::usage::Bucket;

/// The book's lines for one model.
#[derive(Clone, Copy)]
pub(super) struct Priced<'a> {
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    /// Its lines.
    pub(super) text: &'a str,
}

/// Prices that apply to a call, and the lines they come from.
pub(super) struct MatchedRates<'a> {
    pub(super) tariff: Tariff,
    /// The tier's word; empty for the standard one.
    pub(super) tier: &'a str,
    /// Prompt length above which the prices apply.
    pub(super) above: u64,
}

/// The lines of one model, their prices not yet parsed.
pub(super) struct ModelLines<'a>(Vec<Line<'a>>);

impl<'a> ModelLines<'a> {
    /// Prices under the first of these tiers that has any, for a prompt of this number of tokens.
    ///
    /// Above the highest threshold that the prompt exceeds, under the tier or the standard one, the prices of that
    /// threshold apply to all tokens. If the tier has none for it, there are no prices.
    pub(super) fn under<'t>(&self, mut tiers: impl Iterator<Item = &'t str>, prompt: u64) -> Option<MatchedRates<'a>> {
        let Self(lines) = self;
        let tier = tiers.find_map(|tier| lines.iter().find(|line| line.tier == tier))?.tier;
        let passed = lines.iter().filter(|line| (line.tier == tier || line.tier.is_empty()) && line.above < prompt);
        let above = passed.map(|line| line.above).max().unwrap_or(0);
        let line = lines.iter().find(|line| line.tier == tier && line.above == above)?;
        let standard = lines.iter().find(|line| line.tier.is_empty() && line.above == 0);
        let (rates, own) = line.rates();
        let standard = standard.map(|other| if other == line { (rates, own) } else { other.rates() });
        let (standard, once) = standard.unwrap_or_default();
        let tariff = Tariff { rates, standard, once, preview_search: None };
        Some(MatchedRates { tariff, tier, above })
    }

    /// Price of a web search by OpenAI's older tool, where it differs.
    pub(super) fn preview_search(&self) -> Option<Rate> {
        self.of_tier(PREVIEW_SEARCH)?.rates().0.rate(Bucket::WebSearches)
    }

    /// Surcharge on tokens in a region, as a multiple of the price elsewhere.
    pub(super) fn surcharge(&self, region: &str) -> Option<Factor> {
        let factor = |region: &str| {
            let mut words = self.0.iter().flat_map(|line| line.words());
            words.find_map(|word| Factor::parse(word.strip_prefix(region)?.strip_prefix('*')?))
        };
        let everywhere = || if region == GLOBAL { None } else { factor("") };
        factor(region).or_else(everywhere)
    }

    /// Hours for the prices of [`OFF_PEAK`], if there are any.
    pub(super) fn off_peak(&self) -> Option<Hours<'a>> {
        let line = self.of_tier(OFF_PEAK)?;
        let hours = line.words().find_map(|word| word.strip_prefix("hours="))?;
        let calendar = line.words().find_map(|word| word.strip_prefix("days=+")?.parse().ok());
        Some(Hours::new(hours).on_the_calendar_of(calendar.unwrap_or(0)))
    }

    fn of_tier(&self, tier: &str) -> Option<Line<'a>> {
        self.0.iter().copied().find(|line| line.tier == tier)
    }
}

impl<'a> Priced<'a> {
    /// Reads its lines.
    pub(super) fn read(self) -> ModelLines<'a> {
        let mut lines = Vec::with_capacity(USUAL_LINES);
        lines.extend(self.lines());
        ModelLines(lines)
    }

    /// Reports whether two models have the same prices throughout.
    pub(super) fn agrees_with(self, other: Self) -> bool {
        self.lines().eq(other.lines())
    }

    fn lines(self) -> impl Iterator<Item = Line<'a>> {
        let key = self.provider.len() + self.model.len() + 2;
        let mut rest = self.text;
        std::iter::from_fn(move || {
            let end = memchr::memchr(b'\n', rest.as_bytes())?;
            let words = rest.get(key..end)?;
            rest = rest.get(end + 1..)?;
            Some(Line::read(words))
        })
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
    fn read(words: &'a str) -> Self {
        let first = memchr::memchr(b' ', words.as_bytes()).and_then(|end| words.get(..end)).unwrap_or(words);
        let is_tier = !first.bytes().any(|byte| matches!(byte, b'=' | b'*' | b'>'));
        let bound = memchr::memchr(b'>', words.as_bytes()).and_then(|at| words.get(at..));
        let above = bound.and_then(|rest| rest.split(' ').find_map(|word| word.strip_prefix('>')?.parse().ok()));
        Self { tier: if is_tier { first } else { "" }, above: above.unwrap_or(0), words }
    }

    fn words(self) -> impl Iterator<Item = &'a str> {
        self.words.split(' ')
    }

    /// Parses its prices, and which of them are paid once per call.
    fn rates(self) -> (Rates, PerCallBuckets) {
        let (mut rates, mut once) = (Rates::default(), PerCallBuckets::default());
        for (bucket, price) in self.prices() {
            let per_call = price.strip_suffix(PER_CALL);
            if per_call.is_some() {
                once.insert(bucket);
            }
            rates.set(bucket, Rate::parse(per_call.unwrap_or(price), Per::of(bucket)).ok());
        }
        (rates, once)
    }

    fn prices(self) -> impl Iterator<Item = (Bucket, &'a str)> {
        self.words().filter_map(|word| {
            let (name, price) = word.split_once('=')?;
            Some((Bucket::of_name(name)?, price))
        })
    }
}

/// Provider and model of a line, empty where it has none.
pub(super) fn key_of(line: &str) -> (&str, &str) {
    let mut tabs = memchr::memchr_iter(b'\t', line.as_bytes());
    let (first, second) = (tabs.next().unwrap_or(line.len()), tabs.next().unwrap_or(line.len()));
    (line.get(..first).unwrap_or_default(), line.get(first + 1..second).unwrap_or_default())
}

/// Tier of lines with the prices of certain hours.
pub(super) const OFF_PEAK: &str = "off_peak";
/// Tier of lines with the price of a web search by OpenAI's older tool.
const PREVIEW_SEARCH: &str = "web_search_preview";
/// Word for no region in particular.
const GLOBAL: &str = "global";
/// Suffix of a price that is paid once per call.
const PER_CALL: &str = "/call";
/// Lines that few models exceed.
const USUAL_LINES: usize = 8;
