//! The book: what is listed for everyone, and the operator's own prices laid over it.

use super::lines::{Lines, Priced};
use super::name::{LATEST, fine_tuned_base, undated};
use super::{Cost, Rates};
use crate::chat::{Bucket, Usage};
use std::fmt;

/// Prices by provider and model. Making one costs nothing: the built-in text is searched where it lies.
#[derive(Clone)]
pub struct Book {
    listed: Lines<'static>,
    /// Sorted by provider and model, no two alike.
    own: Vec<Entry>,
}

/// An operator's own prices of one model. They hold under every service tier and for prompts of any length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The provider, in the word that spans have for it: `openai`.
    pub provider: String,
    /// The model as answers name it, or without the date of its snapshot, which then covers all its snapshots.
    pub model: String,
    /// Its rates; what tokens without one cost is said at [`Book::cost`].
    pub rates: Rates,
}

impl Book {
    /// The prices that are publicly known; its sources and its date stand at the head of `book.tsv`.
    pub const fn built_in() -> Self {
        Self { listed: Lines::new(include_str!("book.tsv")), own: Vec::new() }
    }

    /// The same with an operator's own prices, which win. Of two entries for one model the first holds.
    #[must_use]
    pub fn with_overrides(mut self, entries: Vec<Entry>) -> Self {
        self.own = entries;
        self.own.sort_by(|one, other| one.key().cmp(&other.key()));
        self.own.dedup_by(|later, first| later.key() == first.key());
        self
    }

    /// What one call cost, exactly.
    ///
    /// `model` is the name in the answer; where that one is unknown (`why: "model"`), the requested one may be tried.
    /// `tier` is the service tier that the answer reports. Usage comes first: without it nothing else is looked at.
    ///
    /// Names, in this order: as given; the base of a fine-tuned model; without the date of the snapshot; with
    /// `-latest` in its place; in the built-in book, any dated snapshots, if they all cost the same. An operator's
    /// entry for a model without a date therefore wins over the built-in entry of a dated snapshot.
    ///
    /// Tokens without a price of their own: reasoning costs what output does; reading from and writing to the cache
    /// costs what input does where the entry has no price for writing at all. Other tokens without a price, a tier
    /// that is not listed, and one that has no prices for a prompt so long, make the cost unknown (`why: "bucket"`).
    /// So long means: above a threshold at which the model's prices change, under whatever tier; then the other
    /// prices hold for all tokens of the call. A cost of more than 18.4 million dollars is not believed
    /// (`why: "usage"`).
    pub fn cost(&self, provider: &str, model: &str, usage: Option<&Usage>, tier: Option<&str>) -> Cost {
        let Some(usage) = usage.filter(|usage| !usage.is_empty()) else {
            return unknown("usage");
        };
        if let Some(entry) = self.own(provider, model) {
            let name = || format!("{}/{} (settings)", entry.provider, entry.model);
            return sum(usage, &entry.rates, name);
        }
        let Some(priced) = self.listed(provider, model) else {
            return unknown("model");
        };
        let tier = tier.map_or(STANDARD, in_the_book);
        let above = priced.threshold(usage.input_total().unwrap_or(0));
        let Some(rates) = priced.rates(tier, above) else {
            return unknown("bucket");
        };
        sum(usage, &rates, || title(priced, tier, above))
    }

    fn own(&self, provider: &str, model: &str) -> Option<&Entry> {
        let exact = |model: &str| {
            self.own.binary_search_by(|entry| entry.key().cmp(&(provider, model))).ok().and_then(|at| self.own.get(at))
        };
        if self.own.is_empty() {
            return None;
        }
        exact(model)
            .or_else(|| exact(fine_tuned_base(model)?))
            .or_else(|| exact(undated(model)?))
            .or_else(|| exact(&latest(model)?))
    }

    fn listed(&self, provider: &str, model: &str) -> Option<Priced<'static>> {
        let exact = |model: &str| self.listed.of(provider, model);
        exact(model)
            .or_else(|| exact(fine_tuned_base(model)?))
            .or_else(|| exact(undated(model)?))
            .or_else(|| exact(&latest(model)?))
            .or_else(|| self.snapshot(provider, undated(model).unwrap_or(model)))
    }

    /// The newest dated snapshot of a model, if all that are listed cost the same.
    fn snapshot(&self, provider: &str, stem: &str) -> Option<Priced<'static>> {
        let prefix = format!("{stem}-20");
        let mut snapshots =
            self.listed.beginning_with(provider, &prefix).filter(|found| undated(found.model) == Some(stem));
        let first = snapshots.next()?;
        snapshots.try_fold(first, |newest, next| next.agrees_with(newest).then_some(next))
    }
}

/// Says how much is in it, not what.
impl fmt::Debug for Book {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Book").field("own", &self.own.len()).finish_non_exhaustive()
    }
}

impl Entry {
    fn key(&self) -> (&str, &str) {
        (&self.provider, &self.model)
    }
}

/// The name with `-latest` in place of its date or behind it.
fn latest(model: &str) -> Option<String> {
    if model.ends_with(LATEST) || fine_tuned_base(model).is_some() {
        return None;
    }
    Some(undated(model).unwrap_or(model).to_owned() + LATEST)
}

/// How the book names a tier that an answer reports.
///
/// `default` is OpenAI's word for the standard tier, `standard` Anthropic's, `on_demand` Groq's; `auto` asks for the
/// project's own, and a few answers repeat it instead of saying which that was: the standard one unless the project
/// was set up otherwise (the providers' API references, read 2026-11-21).
fn in_the_book(reported: &str) -> &str {
    match reported {
        "" | "default" | "standard" | "on_demand" | "auto" => STANDARD,
        other => other,
    }
}

fn sum(usage: &Usage, rates: &Rates, entry: impl FnOnce() -> String) -> Cost {
    let mut total = 0_u64;
    let mut parts = Vec::with_capacity(Bucket::ALL.len());
    for (bucket, tokens) in usage.reported().filter(|(_, tokens)| *tokens > 0) {
        let Some(rate) = rates.billed(bucket) else {
            return unknown("bucket");
        };
        let Some((part, sum)) = rate.times(tokens).and_then(|part| Some((part, total.checked_add(part)?))) else {
            return unknown("usage");
        };
        parts.push((bucket, part));
        total = sum;
    }
    Cost::Exact { total, parts, entry: entry() }
}

/// The entry as the record names it: `openai/gpt-5.4`, `openai/gpt-5.6 (flex, >272000)`.
fn title(priced: Priced<'_>, tier: &str, above: u64) -> String {
    let Priced { provider, model, .. } = priced;
    match (tier == STANDARD, above) {
        (true, 0) => format!("{provider}/{model}"),
        (true, above) => format!("{provider}/{model} (>{above})"),
        (false, 0) => format!("{provider}/{model} ({tier})"),
        (false, above) => format!("{provider}/{model} ({tier}, >{above})"),
    }
}

const fn unknown(why: &'static str) -> Cost {
    Cost::Unknown { why }
}

/// The standard tier, as the book writes it.
const STANDARD: &str = "-";
