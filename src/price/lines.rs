//! The book's lines: those of one model are parsed when it is first looked up.
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
pub(super) struct Priced {
    pub(super) provider: &'static str,
    pub(super) model: &'static str,
    /// Its lines.
    pub(super) text: &'static str,
    /// Its index in the book.
    pub(super) at: usize,
}

/// Prices that apply to a call, and the lines they come from.
pub(super) struct MatchedRates {
    pub(super) tariff: Tariff,
    /// The tier's word; empty for the standard one.
    pub(super) tier: &'static str,
    /// Prompt length above which the prices apply.
    pub(super) above: u64,
}

/// The lines of one model.
pub(super) struct ModelLines(Box<[Line]>);

impl ModelLines {
    /// Prices under the first of these tiers that has any, for a prompt of this number of tokens.
    ///
    /// Above the highest threshold that the prompt exceeds, under the tier or the standard one, the prices of that
    /// threshold apply to all tokens. If the tier has none for it, there are no prices.
    pub(super) fn under<'t>(&self, mut tiers: impl Iterator<Item = &'t str>, prompt: u64) -> Option<MatchedRates> {
        let Self(lines) = self;
        let tier = tiers.find_map(|tier| lines.iter().find(|line| line.tier == tier))?.tier;
        let passed = lines.iter().filter(|line| (line.tier == tier || line.tier.is_empty()) && line.above < prompt);
        let above = passed.map(|line| line.above).max().unwrap_or(0);
        let line = lines.iter().find(|line| line.tier == tier && line.above == above)?;
        let standard = lines.iter().find(|line| line.tier.is_empty() && line.above == 0);
        let (standard, once) = standard.map(|line| (line.rates, line.once)).unwrap_or_default();
        let tariff = Tariff { rates: line.rates, standard, once, preview_search: None };
        Some(MatchedRates { tariff, tier, above })
    }

    /// Price of a web search by OpenAI's older tool, where it differs.
    pub(super) fn preview_search(&self) -> Option<Rate> {
        self.of_tier(PREVIEW_SEARCH)?.rates.rate(Bucket::WebSearches)
    }

    /// Surcharge on tokens in a region, as a multiple of the price elsewhere.
    pub(super) fn surcharge(&self, region: &str) -> Option<Factor> {
        let factor = |region: &str| {
            let mut words = self.0.iter().flat_map(|line| words(line.text));
            words.find_map(|word| Factor::parse(word.strip_prefix(region)?.strip_prefix('*')?))
        };
        let everywhere = || if region == GLOBAL { None } else { factor("") };
        factor(region).or_else(everywhere)
    }

    /// Hours for the prices of [`OFF_PEAK`], if there are any.
    pub(super) fn off_peak(&self) -> Option<Hours<'static>> {
        let line = self.of_tier(OFF_PEAK)?;
        let hours = words(line.text).find_map(|word| word.strip_prefix("hours="))?;
        let calendar = words(line.text).find_map(|word| word.strip_prefix("days=+")?.parse().ok());
        Some(Hours::new(hours).on_the_calendar_of(calendar.unwrap_or(0)))
    }

    fn of_tier(&self, tier: &str) -> Option<&Line> {
        self.0.iter().find(|line| line.tier == tier)
    }
}

impl Priced {
    /// Parses its lines.
    pub(super) fn read(self) -> ModelLines {
        ModelLines(self.lines().map(Line::read).collect())
    }

    /// Reports whether two models have the same prices throughout.
    pub(super) fn agrees_with(self, other: Self) -> bool {
        self.lines().eq(other.lines())
    }

    /// Words of each line.
    fn lines(self) -> impl Iterator<Item = &'static str> {
        let key = self.provider.len() + self.model.len() + 2;
        self.text.lines().filter_map(move |line| line.get(key..))
    }
}

/// One line.
struct Line {
    tier: &'static str,
    above: u64,
    rates: Rates,
    /// Buckets whose price is paid once per call.
    once: PerCallBuckets,
    text: &'static str,
}

impl Line {
    fn read(text: &'static str) -> Self {
        let first = words(text).next().unwrap_or_default();
        let is_tier = !first.bytes().any(|byte| matches!(byte, b'=' | b'*' | b'>'));
        let above = words(text).find_map(|word| word.strip_prefix('>')?.parse().ok());
        let (rates, once) = prices(text);
        Self { tier: if is_tier { first } else { "" }, above: above.unwrap_or(0), rates, once, text }
    }
}

fn words(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split(' ')
}

/// Parses the prices of a line, and which of them are paid once per call.
fn prices(line: &'static str) -> (Rates, PerCallBuckets) {
    let (mut rates, mut once) = (Rates::default(), PerCallBuckets::default());
    for (name, price) in words(line).filter_map(|word| word.split_once('=')) {
        let Some(bucket) = Bucket::of_name(name) else { continue };
        let per_call = price.strip_suffix(PER_CALL);
        if per_call.is_some() {
            once.insert(bucket);
        }
        rates.set(bucket, Rate::parse(per_call.unwrap_or(price), Per::of(bucket)).ok());
    }
    (rates, once)
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
