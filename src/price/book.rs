//! The book: listed prices and the operator's own, which override them.

use super::index::BookIndex;
use super::lines::{MatchedRates, ModelLines, OFF_PEAK, Priced};
use super::name::{fine_tuned_base, latest, undated};
use super::own::{Alias, Discount, Entry};
use super::rate::Factor;
use super::spelling::{Spellings, decoded, profiles, spellings};
use super::tariff::{Billed, Tariff};
use super::{Cost, UnknownCost, listed};
use crate::usage::{Bucket, Fee, Fees, Usage};
use std::borrow::Cow;
use std::collections::BinaryHeap;
use std::fmt;

/// Prices by provider and model.
#[derive(Clone)]
pub struct Book {
    listed: &'static BookIndex,
    /// Sorted by provider and model, no two alike.
    entries: Vec<Entry>,
    /// Sorted by provider and name, no two alike.
    aliases: Vec<Alias>,
    /// The first match applies.
    discounts: Vec<Discount>,
}

/// Query for the price of one call.
#[derive(Clone, Copy, Debug, Default)]
pub struct PriceQuery<'a> {
    /// The provider, by its name in spans.
    pub provider: &'a str,
    /// The model's name in the answer; where that one is unknown ([`UnknownCost::Model`]), the requested one may be tried.
    pub model: &'a str,
    /// Usage reported by the answer.
    pub usage: Option<&'a Usage>,
    /// Input tokens of the longest prompt, when the usage is a sum over several.
    pub longest_prompt: Option<u64>,
    /// Service tier reported by the answer, or another field that decides its price: Anthropic's `speed`, the
    /// `search_context_size` of Perplexity's usage.
    pub tier: Option<&'a str>,
    /// Region that processed the call, if known: `eu` or `us` of an OpenAI host, Anthropic's `inference_geo`, the
    /// region of an AWS host, the location of a Vertex AI path.
    pub region: Option<&'a str>,
    /// Time of processing, in seconds since 1970.
    pub at: Option<u64>,
    /// Fees whose amount the answer does not report.
    pub fees: Fees,
    /// Set when web searches were made by OpenAI's older tool, `web_search_preview`, which may have another price.
    pub preview_search: bool,
}

impl Book {
    /// Publicly known prices; their sources and date are at the head of `book.txt`. The text is unpacked at first use
    /// and shared.
    pub fn built_in() -> Self {
        Self { listed: listed::index(), entries: Vec::new(), aliases: Vec::new(), discounts: Vec::new() }
    }

    /// Adds an operator's own prices, which take precedence. Of two entries for one model the first applies.
    #[must_use]
    pub fn with_overrides(mut self, entries: Vec<Entry>) -> Self {
        self.entries = by_key(entries, Entry::key);
        self
    }

    /// Adds an operator's names for models. Of two aliases for one name the first applies.
    #[must_use]
    pub fn with_aliases(mut self, aliases: Vec<Alias>) -> Self {
        self.aliases = by_key(aliases, Alias::key);
        self
    }

    /// Adds discounts on listed prices. The first that matches a model applies.
    #[must_use]
    pub fn with_discounts(mut self, discounts: Vec<Discount>) -> Self {
        self.discounts = discounts;
        self
    }

    /// Every provider that has listed prices, in order.
    pub fn providers(&self) -> impl Iterator<Item = &'static str> {
        self.listed.providers()
    }

    /// Computes the exact cost of one call.
    ///
    /// Usage is checked first: without it nothing else is looked up.
    ///
    /// Names are tried in this order: the target of an alias; the name as given; the other spellings by the provider's
    /// rules (a path, an ARN, without a version number; without a geography, in the built-in book only where the model
    /// has one price everywhere). Each name is tried as it is; as the base of a fine-tuned model; without the date of
    /// the snapshot; with `-latest` in its place. Last, in the built-in book, any dated snapshots are tried, if they
    /// all cost the same, and Azure's other API, which has the same catalogue. An operator's entry for a model without
    /// a date therefore takes precedence over the built-in entry of a dated snapshot. If the region is known, its entry
    /// (`eu/gpt-4o`) precedes the one without.
    ///
    /// Tokens without a price of their own are billed as their stand-in, if one cannot be wrong by much: reasoning as
    /// output, images, video and the prompt of a provider's tools as input, cached input as input where the entry has
    /// no price for caching at all. Others without a price, a tier that is not listed, and one that has no prices for
    /// a prompt so long, make the cost unknown ([`UnknownCost::Bucket`]). So long means: above a threshold at which the
    /// model's prices change; then the other prices hold for all tokens of the call. Of several prompts the longest
    /// counts. A request's own price is added once. What is counted in two units is billed in one. A cost of more than
    /// 18.4 million dollars is not believed ([`UnknownCost::Usage`]).
    ///
    /// A fee of which the answer does not tell how much makes the cost unknown, and is the reason ([`UnknownCost::Fee`]), unless the usage counts what is billed, or the entry prices it at nothing or by the call.
    ///
    /// A region's surcharge (on tokens) and a discount multiply the cost of a bucket. It is rounded once, after both:
    /// half a pico-dollar counts as a whole one.
    pub fn cost(&self, question: &PriceQuery<'_>) -> Cost {
        let Some(usage) = question.usage.filter(|usage| !usage.is_empty()) else {
            return Cost::Unknown(UnknownCost::Usage);
        };
        if question.model.len() > LONGEST_NAME {
            return Cost::Unknown(UnknownCost::Model);
        }
        let provider = question.provider;
        let given = decoded(question.model);
        let model = self.meant(provider, &given);
        let named = spellings(provider, model);
        if let Some(entry) = self.entry(provider, &named) {
            let tariff = Tariff { rates: entry.rates, ..Tariff::default() };
            let title = || format!("{}/{} (settings)", entry.provider, entry.model);
            return sum(usage, &tariff, question, &Factors::default(), title);
        }
        let region = question.region.filter(|region| !region.is_empty()).or(named.region).map(str::to_ascii_lowercase);
        let other = sibling(provider).map(|other| (other, spellings(other, model)));
        let listed = |provider: &str, named: &Spellings<'_>| self.listed(provider, named, region.as_deref());
        let Some(priced) = listed(provider, &named).or_else(|| other.and_then(|(other, named)| listed(other, &named)))
        else {
            return Cost::Unknown(UnknownCost::Model);
        };
        let Some(lines) = self.listed.lines(priced) else {
            return Cost::Unknown(UnknownCost::Model);
        };
        let tiers = match tiers(question.tier, lines, question.at) {
            Ok(tiers) => tiers,
            Err(cost) => return cost,
        };
        let tiers = tiers.iter().flatten().map(AsRef::as_ref);
        let prompt = question.longest_prompt.or_else(|| usage.input_total()).unwrap_or(0);
        let Some(mut found) = lines.under(tiers, prompt) else {
            return Cost::Unknown(UnknownCost::Bucket);
        };
        if question.preview_search {
            found.tariff.preview_search = lines.preview_search();
        }
        let surcharge = region.as_deref().and_then(|region| lines.surcharge(region));
        let discount = self.discounts.iter().find(|discount| discount.is_on(provider, [model, priced.model]));
        let notes = Notes { region: region.as_deref().filter(|_| surcharge.is_some()), discount };
        let factors = Factors { surcharge, discount: discount.map(Discount::factor) };
        sum(usage, &found.tariff, question, &factors, || title(priced, &found, &notes))
    }

    /// Returns the target of an alias, or the name itself.
    fn meant<'a>(&'a self, provider: &str, name: &'a str) -> &'a str {
        let found = self.aliases.binary_search_by(|alias| alias.key().cmp(&(provider, name)));
        found.ok().and_then(|at| self.aliases.get(at)).map_or(name, |alias| &alias.model)
    }

    fn entry(&self, provider: &str, named: &Spellings<'_>) -> Option<&Entry> {
        if self.entries.is_empty() {
            return None;
        }
        let exact = |model: &str| {
            self.entries
                .binary_search_by(|entry| entry.key().cmp(&(provider, model)))
                .ok()
                .and_then(|at| self.entries.get(at))
        };
        named.names().find_map(|name| fallbacks(name, exact))
    }

    fn listed(&self, provider: &str, named: &Spellings<'_>, region: Option<&str>) -> Option<Priced> {
        let exact = |model: &str| {
            let regional = region.and_then(|region| self.listed.of(provider, &format!("{region}/{model}")));
            regional.or_else(|| self.listed.of(provider, model))
        };
        // Without its geography, a name matches only a model with one price everywhere.
        let holds = |at: usize, found: &Priced| at < named.placed || self.is_one_price(provider, *found);
        let by_name = |(at, name): (usize, &str)| fallbacks(name, exact).filter(|found| holds(at, found));
        let by_snapshot = |(at, name): (usize, &str)| {
            self.snapshot(provider, undated(name).unwrap_or(name)).filter(|found| holds(at, found))
        };
        let names = || named.names().enumerate();
        names().find_map(by_name).or_else(|| names().find_map(by_snapshot))
    }

    /// Reports whether a model costs the same in every geography in the book.
    fn is_one_price(&self, provider: &str, found: Priced) -> bool {
        profiles(found.model).all(|id| self.listed.of(provider, &id).is_none_or(|there| there.agrees_with(found)))
    }

    /// Returns the newest dated snapshot of a model, if all listed ones cost the same.
    fn snapshot(&self, provider: &str, stem: &str) -> Option<Priced> {
        let prefix = format!("{stem}-20");
        let mut snapshots =
            self.listed.beginning_with(provider, &prefix).filter(|found| undated(found.model) == Some(stem));
        let first = snapshots.next()?;
        snapshots.try_fold(first, |newest, next| next.agrees_with(newest).then_some(next))
    }
}

/// Shows the number of own entries, not their content.
impl fmt::Debug for Book {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Book").field("own", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Entry {
    fn key(&self) -> (&str, &str) {
        (&self.provider, &self.model)
    }
}

impl Alias {
    fn key(&self) -> (&str, &str) {
        (&self.provider, &self.name)
    }
}

/// Sorts a list by a key of two names. Of several with one key the first stays.
fn by_key<T>(list: Vec<T>, key: fn(&T) -> (&str, &str)) -> Vec<T> {
    let order = order(list.iter().map(key).zip(0..).collect());
    let mut unsorted: Vec<Option<T>> = list.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| unsorted.get_mut(at)?.take()).collect()
}

/// Orders the first positions of keys. By a heap and not generic: a sort takes 5 KB of the filter for each type.
fn order(keys: Vec<((&str, &str), usize)>) -> Vec<usize> {
    let mut keys = BinaryHeap::from(keys).into_sorted_vec();
    keys.dedup_by_key(|(key, _)| *key);
    keys.into_iter().map(|(_, at)| at).collect()
}

/// Looks up a name, then its fallbacks.
fn fallbacks<T>(name: &str, exact: impl Fn(&str) -> Option<T>) -> Option<T> {
    exact(name)
        .or_else(|| exact(fine_tuned_base(name)?))
        .or_else(|| exact(undated(name)?))
        .or_else(|| exact(&latest(name)?))
}

/// Azure's other API: both are endpoints of one catalogue, Foundry Models, and the price is for the deployment's
/// inference (learn.microsoft.com, Endpoints for Foundry Models, read 2026-11-21). The book has each model under one of
/// them, or under both at one price, except for two older models.
fn sibling(provider: &str) -> Option<&'static str> {
    match provider {
        "azure.ai.openai" => Some("azure.ai.inference"),
        "azure.ai.inference" => Some("azure.ai.openai"),
        _ => None,
    }
}

/// Returns the book's possible names for the tier reported by an answer, the first choice first, or the reason why it
/// is unknown.
///
/// `default` is OpenAI's word for the standard tier, `standard` Anthropic's and Google's, `on_demand` Groq's and Vertex
/// AI's. Vertex AI has numbers for its words where a client requests numbers. `auto` requests the project's own tier,
/// and a few answers repeat it instead of naming that tier: the standard one unless the project was set up otherwise.
/// `fast` is Anthropic's speed, and a word of OpenAI's for `priority` (async-openai 0.42, `ServiceTierResponses`, after
/// OpenAI's API reference; docs.cloud.google.com, `TrafficType`; both read 2026-11-21).
fn tiers<'a>(
    reported: Option<&'a str>,
    lines: &ModelLines,
    at: Option<u64>,
) -> Result<[Option<Cow<'a, str>>; 2], Cost> {
    let reported = lower_case(reported.unwrap_or(""));
    let one = |tier: &'a str| Ok([Some(Cow::Borrowed(tier)), None]);
    match &*reported {
        "" | "default" | "standard" | "on_demand" | "auto" | "traffic_type_unspecified" | "0" | "1" => {
            match (lines.off_peak(), at) {
                (None, _) => one(STANDARD),
                (Some(_), None) => Err(Cost::Unknown(UnknownCost::Time)),
                (Some(hours), Some(at)) => one(if hours.hold(at) { OFF_PEAK } else { STANDARD }),
            }
        }
        "fast" => Ok([Some(reported), Some(Cow::Borrowed("priority"))]),
        "on_demand_priority" | "3" => one("priority"),
        "on_demand_flex" | "4" => one("flex"),
        _ => Ok([Some(reported), None]),
    }
}

fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() }
}

/// Multipliers of the cost of a bucket.
#[derive(Default)]
struct Factors {
    /// On tokens.
    surcharge: Option<Factor>,
    discount: Option<Factor>,
}

fn sum(
    usage: &Usage,
    tariff: &Tariff,
    question: &PriceQuery<'_>,
    factors: &Factors,
    entry: impl FnOnce() -> String,
) -> Cost {
    let mut usage = *usage;
    if let Err(fee) = settle(&mut usage, tariff, question.fees) {
        return Cost::Unknown(UnknownCost::Fee(fee));
    }
    if usage.count(Bucket::Requests).is_none() && tariff.rate(Bucket::Requests).is_some() {
        usage.set(Bucket::Requests, Some(1));
    }
    let mut total = 0_u64;
    let mut parts = Vec::with_capacity(Bucket::ALL.len());
    for (bucket, count) in usage.reported().filter(|(_, count)| *count > 0) {
        let (rate, count) = match tariff.bill(bucket, count, &usage) {
            Billed::At(rate, count) => (rate, count),
            Billed::Elsewhere => continue,
            Billed::Unknown => return Cost::Unknown(UnknownCost::Bucket),
        };
        let is_token = bucket.is_input() || bucket.is_output();
        let part = rate.times(count, [factors.surcharge.filter(|_| is_token), factors.discount]);
        let Some((part, sum)) = part.and_then(|part| Some((part, total.checked_add(part)?))) else {
            return Cost::Unknown(UnknownCost::Usage);
        };
        parts.push((bucket, part));
        total = sum;
    }
    Cost::Exact { total, parts, entry: entry() }
}

/// Settles fees whose amount the answer does not report. A fee that costs nothing, or the same for any amount, is
/// known.
fn settle(usage: &mut Usage, tariff: &Tariff, fees: Fees) -> Result<(), Fee> {
    for fee in fees.iter() {
        let bucket = fee.bucket().ok_or(fee)?;
        // A price of the request includes its search: OpenAI's and Perplexity's search models.
        let is_included = fee == Fee::WebSearch && tariff.rate(Bucket::Requests).is_some();
        if usage.count(bucket).is_some() || is_included {
            continue;
        }
        if !tariff.is_fixed(bucket) {
            return Err(fee);
        }
        usage.set(bucket, Some(1));
    }
    Ok(())
}

/// Region and discount that applied to a cost.
struct Notes<'a> {
    region: Option<&'a str>,
    discount: Option<&'a Discount>,
}

/// Name of the entry in the record: `openai/gpt-5.4`, `openai/gpt-5.6 (flex, >272000, eu, -12.5%)`.
fn title(priced: Priced, found: &MatchedRates, notes: &Notes<'_>) -> String {
    let Priced { provider, model, .. } = priced;
    let tier = Some(found.tier).filter(|tier| !tier.is_empty()).map(str::to_owned);
    let above = Some(found.above).filter(|above| *above > 0).map(|above| format!(">{above}"));
    let region = notes.region.map(str::to_owned);
    let discount = notes.discount.map(ToString::to_string);
    let said: Vec<String> = [tier, above, region, discount].into_iter().flatten().collect();
    match said.as_slice() {
        [] => [provider, "/", model].concat(),
        said => format!("{provider}/{model} ({})", said.join(", ")),
    }
}

/// The standard tier, as lines have it.
const STANDARD: &str = "";
/// In bytes. A Bedrock ARN has up to 2048 characters; a longer name is not a model's.
const LONGEST_NAME: usize = 4096;
