//! Queries of these tests.
#![cfg(test)]

use tollgate::price::{Book, Cost, Entry, Per, PriceQuery, Rate, Rates, UnknownCost, decimal};
use tollgate::usage::{Bucket, Usage};

pub(crate) fn usage(counts: &[(Bucket, u64)]) -> Usage {
    counts.iter().fold(Usage::default(), |usage, (bucket, count)| usage.with(*bucket, *count))
}

pub(crate) fn cost(provider: &str, model: &str, counts: &[(Bucket, u64)]) -> Cost {
    cost_in_tier(provider, model, counts, None)
}

pub(crate) fn cost_in_tier(provider: &str, model: &str, counts: &[(Bucket, u64)], tier: Option<&str>) -> Cost {
    let usage = usage(counts);
    let usage = Some(&usage);
    Book::built_in().cost(&PriceQuery { provider, model, usage, tier, ..PriceQuery::default() })
}

pub(crate) fn cost_in_region(provider: &str, model: &str, counts: &[(Bucket, u64)], region: &str) -> Cost {
    let usage = usage(counts);
    let usage = Some(&usage);
    Book::built_in().cost(&PriceQuery { provider, model, usage, region: Some(region), ..PriceQuery::default() })
}

/// Total in dollars, and the entry.
pub(crate) fn exact(cost: &Cost) -> (String, &str) {
    match cost {
        Cost::Exact { total, entry, .. } => (decimal(*total), entry),
        Cost::Unknown(reason) => panic!("unknown: {reason:?}"),
    }
}

pub(crate) fn total(cost: &Cost) -> String {
    exact(cost).0
}

pub(crate) fn unknown(name: &str) -> Cost {
    Cost::Unknown(UnknownCost::all().find(|reason| reason.name() == name).unwrap())
}

/// The entry of a name in the built-in book, or the reason why there is none.
pub(crate) fn found(provider: &str, model: &str) -> String {
    match cost(provider, model, &[(Bucket::Input, 1)]) {
        Cost::Exact { entry, .. } => entry,
        Cost::Unknown(reason) => reason.name().to_owned(),
    }
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::parse(text, Per::Million).unwrap()
}

pub(crate) fn entry(provider: &str, model: &str, input: &str, output: &str) -> Entry {
    let rates = Rates::default().with(Bucket::Input, rate(input)).with(Bucket::Output, rate(output));
    Entry { provider: provider.to_owned(), model: model.to_owned(), rates }
}
