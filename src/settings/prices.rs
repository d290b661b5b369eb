//! `prices`: the operator's own prices, names and discounts, which override the built-in book.

use super::distinct::Distinct;
use super::member::Required;
use super::problem::{Path, Problems, Unknown, nearest};
use super::section::{Context, Section, object};
use super::units::Decimal;
use super::validate::Label;
#[cfg(schema)]
use super::validate::NOT_BLANK;
use crate::price::{Alias, Book, Discount, Entry, Per, Rate, Rates};
use crate::provider::ROWS;
use crate::usage::{Bucket, with_buckets};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::collections::BinaryHeap;
use std::fmt;

/// Prices, names and discounts of your own, over the built-in book (see docs/cost.md).
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct PricesSettings {
    /// Prices of your own, which precede the book's: decimals in quotes such as `"2.50"`, in dollars for a million tokens
    /// or characters, and for one second, image, page, search or request.
    #[cfg_attr(schema, schemars(with = "Option<Vec<PriceSchema>>"))]
    overrides: Option<Vec<PriceSettings>>,
    /// Names of your own for models: deployments, inference profiles.
    aliases: Option<Vec<AliasSettings>>,
    /// Discounts on the book's prices, not on yours; the first that is for a model applies.
    discounts: Option<Vec<DiscountSettings>>,
}

/// A name of your own for a model.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct AliasSettings {
    /// Provider, in the word that spans have for it.
    provider: Required<String>,
    /// Name of the deployment, or ARN of the inference profile, as requests have it.
    #[cfg_attr(schema, schemars(regex(pattern = NOT_BLANK)))]
    name: Required<String>,
    /// The model's name in the book, or in an element of `prices.overrides`.
    #[cfg_attr(schema, schemars(regex(pattern = NOT_BLANK)))]
    model: Required<String>,
}

/// A discount on the book's prices.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct DiscountSettings {
    /// Provider, in the word that spans have for it.
    provider: Required<String>,
    /// Names of models, with `*` anywhere for any text.
    #[cfg_attr(schema, schemars(extend("default" = EVERY_MODEL)))]
    model: Option<Label>,
    /// Percent off the book's price, 0 to 100, with at most four decimals.
    percent: Required<Decimal>,
}

/// Declares the members of an element of `prices.overrides`; its prices have the names of the buckets of usage.
macro_rules! price {
    ($($(#[$doc:meta])* $variant:ident, $bucket:ident, $unit:ident, $side:ident;)*) => {
        /// Prices of a model.
        #[cfg(schema)]
        #[derive(JsonSchema)]
        #[schemars(rename = "PriceSettings")]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "a declaration for the schema")]
        struct PriceSchema {
            /// Provider, in the word that spans have for it.
            provider: Required<String>,
            /// The model's name as its provider writes it.
            #[schemars(regex(pattern = NOT_BLANK))]
            model: Required<String>,
            $($(#[$doc])* $bucket: Option<Decimal>,)*
        }

        /// Names of the members.
        const PRICE_MEMBERS: [&str; 2 + Bucket::ALL.len()] = ["provider", "model", $(stringify!($bucket)),*];
    };
}

with_buckets!(price);

/// Prices of a model. Serde's derived code for two dozen buckets would take 15 KB of the filter.
#[derive(Debug, Default)]
struct PriceSettings {
    provider: Required<String>,
    model: Required<String>,
    prices: Vec<(Bucket, Decimal)>,
}

impl<'de> Deserialize<'de> for PriceSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("PriceSettings", &PRICE_MEMBERS, PriceVisitor)
    }
}

struct PriceVisitor;

impl<'de> Visitor<'de> for PriceVisitor {
    type Value = PriceSettings;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<PriceSettings, A::Error> {
        let mut written = PriceSettings::default();
        while let Some(member) = members.next_key()? {
            match member {
                PriceMember::Provider => written.provider = members.next_value()?,
                PriceMember::Model => written.model = members.next_value()?,
                PriceMember::Price(bucket) => {
                    let decimal: Option<Decimal> = members.next_value()?;
                    written.prices.extend(decimal.map(|decimal| (bucket, decimal)));
                }
            }
        }
        Ok(written)
    }
}

/// A member of [`PriceSettings`].
enum PriceMember {
    Provider,
    Model,
    Price(Bucket),
}

impl<'de> Deserialize<'de> for PriceMember {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(PriceMemberVisitor)
    }
}

struct PriceMemberVisitor;

impl Visitor<'_> for PriceMemberVisitor {
    type Value = PriceMember;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<PriceMember, E> {
        match name {
            "provider" => Ok(PriceMember::Provider),
            "model" => Ok(PriceMember::Model),
            _ => match Bucket::of_name(name) {
                Some(bucket) => Ok(PriceMember::Price(bucket)),
                None => Err(E::unknown_field(name, &PRICE_MEMBERS)),
            },
        }
    }
}

impl Section for PricesSettings {
    type Checked = Book;

    /// Adds the section to the built-in book. An operator may price providers that the book does not know.
    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Book {
        let book = Book::built_in();
        let written = object::<Self>(text, at, problems);
        let mut known: Vec<&str> = ROWS.iter().map(|row| row.telemetry_name).chain(book.providers()).collect();
        known.extend(context.telemetry_names.iter().map(String::as_str));
        let known = BinaryHeap::from(known).into_sorted_vec();
        let overrides = each(written.overrides, &at.member("overrides"), problems, |written, at, problems| {
            entry(written, &known, at, problems)
        });
        let aliases = each(written.aliases, &at.member("aliases"), problems, |written, at, problems| {
            alias(written, &known, at, problems)
        });
        let discounts = each(written.discounts, &at.member("discounts"), problems, |written, at, problems| {
            discount(written, &known, at, problems)
        });
        once(&overrides, |entry| (&entry.provider, &entry.model), &at.member("overrides"), "model", problems);
        once(&aliases, |alias| (&alias.provider, &alias.name), &at.member("aliases"), "name", problems);
        let book = book.with_overrides(unnumbered(overrides)).with_aliases(unnumbered(aliases));
        book.with_discounts(unnumbered(discounts))
    }
}

/// An element of a list with its index.
type Numbered<T> = (usize, T);

/// Checks the elements of a list.
fn each<T, U>(
    written: Option<Vec<T>>,
    at: &Path<'_>,
    problems: &mut Problems,
    mut check: impl FnMut(T, &Path<'_>, &mut Problems) -> Option<U>,
) -> Vec<Numbered<U>> {
    let mut checked = Vec::new();
    for (index, written) in written.unwrap_or_default().into_iter().enumerate() {
        checked.extend(check(written, &at.element(index), problems).map(|element| (index, element)));
    }
    checked
}

fn unnumbered<T>(elements: Vec<Numbered<T>>) -> Vec<T> {
    elements.into_iter().map(|(_, element)| element).collect()
}

/// Records a problem for each element with the key of an earlier one.
fn once<T>(
    elements: &[Numbered<T>],
    key: fn(&T) -> (&str, &str),
    at: &Path<'_>,
    member: &str,
    problems: &mut Problems,
) {
    let mut seen = Distinct::default();
    for (index, element) in elements {
        let (provider, name) = key(element);
        if seen.add(&[provider, "\t", name].concat(), *index).is_some() {
            let at = at.element(*index);
            problems.note(&at.member(member), format_args!("this {member} of this provider is there already"));
        }
    }
}

fn entry(written: PriceSettings, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<Entry> {
    let rates = rates(&written, at, problems);
    let what = "the model's name as its provider writes it";
    let model = name(written.model, what, &at.member("model"), problems);
    let provider = provider(written.provider, known, &at.member("provider"), problems);
    Some(Entry { provider: provider?, model: model?, rates })
}

fn alias(written: AliasSettings, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<Alias> {
    let what = "the deployment's name or the profile's ARN, as requests have it";
    let alias = name(written.name, what, &at.member("name"), problems);
    let what = "the model's name as the price book has it";
    let model = name(written.model, what, &at.member("model"), problems);
    let provider = provider(written.provider, known, &at.member("provider"), problems);
    Some(Alias { provider: provider?, name: alias?, model: model? })
}

fn discount(written: DiscountSettings, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<Discount> {
    let models = match written.model {
        Some(models) => models.checked(&at.member("model"), problems),
        None => Some(EVERY_MODEL.to_owned()),
    };
    let provider = provider(written.provider, known, &at.member("provider"), problems);
    let at = at.member("percent");
    let what = "the percent off the book's price, such as \"12.5\"";
    let Decimal(percent) = written.percent.or_note(what, &at, problems)?;
    match Discount::new(provider?, &models?, percent) {
        Ok(discount) => Some(discount),
        Err(error) => {
            problems.note(&at, error);
            None
        }
    }
}

/// Checks a name; an ARN may be longer than a label.
fn name(written: Required<String>, what: &str, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let name = written.or_note(what, at, problems)?;
    if name.starts_with("arn:") && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(name);
    }
    Label(name).checked(at, problems)
}

fn provider(written: Required<String>, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let what = "the provider, in the word that spans have for it, such as \"openai\"";
    let provider = written.or_note(what, at, problems)?;
    if known.binary_search(&provider.as_str()).is_err() {
        match nearest(&provider, known) {
            Some(nearest) => problems.note(at, Unknown { what: "provider", word: &provider, known: &[nearest] }),
            None => problems.note(at, "unknown provider; write the word that spans have for it, such as `gcp.gemini`"),
        }
        return None;
    }
    Some(provider)
}

fn rates(written: &PriceSettings, at: &Path<'_>, problems: &mut Problems) -> Rates {
    let mut rates = Rates::default();
    for (bucket, Decimal(decimal)) in &written.prices {
        match Rate::parse(decimal, Per::of(*bucket)) {
            Ok(rate) => rates.set(*bucket, Some(rate)),
            Err(error) => problems.note(&at.member(bucket.name()), error),
        }
    }
    if written.prices.is_empty() {
        problems.note(at, "has no price: write \"input\" and \"output\", in dollars per million tokens");
    }
    rates
}

const EVERY_MODEL: &str = "*";
