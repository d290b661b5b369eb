//! `prices`: the operator's own prices, names and discounts, which override the built-in book.

use super::problem::{Path, Problems, Unknown, nearest};
use super::section::deserialize;
use super::units::Decimal;
use super::validate::{label, required};
use super::written::{self, Object};
use crate::price::{Alias, Book, Discount, Entry, Per, Rate, Rates};
use crate::provider::ROWS;
use std::collections::BTreeSet;

/// Parses and checks the section, and adds it to the built-in book. `set_up` has the span names of the providers in the
/// settings: an operator may price those that the book does not know.
pub(super) fn prices<'a>(
    section: Option<&str>,
    set_up: impl IntoIterator<Item = &'a str>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Book {
    let book = Book::built_in();
    let written = section.and_then(|section| deserialize::<Object<written::PricesSettings>>(section, at, problems));
    let Some(Object(written)) = written else {
        return book;
    };
    let rows = ROWS.iter().map(|row| row.telemetry_name);
    let known: BTreeSet<&str> = rows.chain(book.providers()).map(|known| -> &'a str { known }).chain(set_up).collect();
    let known: Vec<&str> = known.into_iter().collect();
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
    book.with_overrides(unnumbered(overrides)).with_aliases(unnumbered(aliases)).with_discounts(unnumbered(discounts))
}

/// An element of a list with its index.
type Numbered<T> = (usize, T);

/// Checks the elements of a list.
fn each<T, U>(
    written: Option<Vec<Object<T>>>,
    at: &Path<'_>,
    problems: &mut Problems,
    mut check: impl FnMut(T, &Path<'_>, &mut Problems) -> Option<U>,
) -> Vec<Numbered<U>> {
    let elements = written.into_iter().flatten().enumerate();
    let checked = elements.map(|(index, Object(written))| Some((index, check(written, &at.element(index), problems)?)));
    checked.flatten().collect()
}

fn unnumbered<T>(elements: Vec<Numbered<T>>) -> Vec<T> {
    elements.into_iter().map(|(_, element)| element).collect()
}

/// Records a problem for each element with the key of an earlier one.
fn once<T>(
    elements: &[Numbered<T>],
    key: impl Fn(&T) -> (&String, &String),
    at: &Path<'_>,
    member: &str,
    problems: &mut Problems,
) {
    let mut seen = BTreeSet::new();
    for (index, element) in elements {
        if !seen.insert(key(element)) {
            let at = at.element(*index);
            problems.note(&at.member(member), format_args!("this {member} of this provider is there already"));
        }
    }
}

fn entry(written: written::PriceSettings, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<Entry> {
    let rates = rates(&written, at, problems);
    let what = "the model's name as its provider writes it";
    let model = name(written.model, what, &at.member("model"), problems);
    let provider = provider(written.provider, known, &at.member("provider"), problems);
    Some(Entry { provider: provider?, model: model?, rates })
}

fn alias(written: written::AliasSettings, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<Alias> {
    let what = "the deployment's name or the profile's ARN, as requests have it";
    let alias = name(written.name, what, &at.member("name"), problems);
    let what = "the model's name as the price book has it";
    let model = name(written.model, what, &at.member("model"), problems);
    let provider = provider(written.provider, known, &at.member("provider"), problems);
    Some(Alias { provider: provider?, name: alias?, model: model? })
}

fn discount(
    written: written::DiscountSettings,
    known: &[&str],
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Discount> {
    let models = match written.model {
        Some(models) => label(models, &at.member("model"), problems),
        None => Some("*".to_owned()),
    };
    let provider = provider(written.provider, known, &at.member("provider"), problems);
    let at = at.member("percent");
    let Decimal(percent) =
        required(written.percent, "the percent off the book's price, such as \"12.5\"", &at, problems)?;
    match Discount::new(provider?, models?, percent) {
        Ok(discount) => Some(discount),
        Err(error) => {
            problems.note(&at, error);
            None
        }
    }
}

/// Checks a name; an ARN may be longer than a label.
fn name(written: Option<String>, what: &str, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let name = required(written, what, at, problems)?;
    if name.starts_with("arn:") && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(name);
    }
    label(name, at, problems)
}

fn provider(written: Option<String>, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let what = "the provider, in the word that spans have for it, such as \"openai\"";
    let provider = required(written, what, at, problems)?;
    if known.binary_search(&provider.as_str()).is_err() {
        match nearest(&provider, known) {
            Some(nearest) => problems.note(at, Unknown { what: "provider", word: &provider, known: &[nearest] }),
            None => problems.note(at, "unknown provider; write the word that spans have for it, such as `gcp.gemini`"),
        }
        return None;
    }
    Some(provider)
}

fn rates(written: &written::PriceSettings, at: &Path<'_>, problems: &mut Problems) -> Rates {
    let mut rates = Rates::default();
    let mut is_empty = true;
    for (bucket, decimal) in written.prices() {
        let Some(Decimal(decimal)) = decimal else {
            continue;
        };
        is_empty = false;
        match Rate::parse(decimal, Per::of(bucket)) {
            Ok(rate) => rates.set(bucket, Some(rate)),
            Err(error) => problems.note(&at.member(bucket.name()), error),
        }
    }
    if is_empty {
        problems.note(at, "has no price: write \"input\" and \"output\", in dollars per million tokens");
    }
    rates
}
