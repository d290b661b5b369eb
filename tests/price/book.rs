//! The book itself: its form, and that every line of it is found and billed.
#![cfg(test)]

use crate::asked::exact;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tollgate::price::{Book, Cost, Per, PriceQuery, Rate, UnknownCost};
use tollgate::usage::{Bucket, Unit, Usage};

pub(crate) const BOOK: &str = include_str!("../../src/price/book.txt");

/// One line, parsed independently of the book's own code.
pub(crate) struct Row {
    pub(crate) provider: &'static str,
    pub(crate) model: &'static str,
    pub(crate) tier: &'static str,
    pub(crate) above: u64,
    pub(crate) prices: Vec<Option<Rate>>,
}

pub(crate) fn rows() -> Vec<Row> {
    BOOK.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<&str> = line.split('\t').collect();
    let [provider, model, words] = cells[..] else { panic!("{line}") };
    let mut row = Row { provider, model, tier: "", above: 0, prices: vec![None; Bucket::ALL.len()] };
    for (place, word) in words.split(' ').enumerate() {
        if word.starts_with("hours=") || word.starts_with("days=") {
            assert_eq!(row.tier, "off_peak", "{line}");
        } else if let Some((bucket, price)) = word.split_once('=') {
            let bucket = Bucket::of_name(bucket).unwrap_or_else(|| panic!("{line}"));
            let price = price.strip_suffix("/call").unwrap_or(price);
            let last = row.prices.iter().rposition(Option::is_some);
            assert!(last.is_none_or(|last| last < bucket as usize), "in the order of the buckets, once: {line}");
            row.prices[bucket as usize] = Some(Rate::parse(price, Per::of(bucket)).unwrap());
        } else if let Some(above) = word.strip_prefix('>') {
            row.above = above.parse().unwrap();
        } else if let Some((_, factor)) = word.split_once('*') {
            assert!((1.0..2.0).contains(&factor.parse::<f64>().unwrap()), "{line}");
        } else {
            assert_eq!(place, 0, "{line}");
            row.tier = word;
        }
    }
    assert!(row.prices.iter().any(Option::is_some), "{line}");
    row
}

pub(crate) fn head(key: &str) -> &'static str {
    BOOK.lines().find_map(|line| line.strip_prefix(&format!("# {key}: "))).unwrap()
}

#[test]
fn the_book_is_sorted_and_says_nothing_twice() {
    assert!(BOOK.ends_with('\n'));
    let head = BOOK.lines().take_while(|line| line.starts_with('#')).count();
    let rows = rows();
    assert_eq!(head + rows.len(), BOOK.lines().count(), "comments stand at the top only");
    let keys: Vec<_> = rows.iter().map(|row| (row.provider, row.model, row.tier, row.above)).collect();
    assert!(keys.is_sorted_by(|one, other| one < other));
}

#[test]
fn the_book_has_what_it_is_to_have() {
    let rows = rows();
    let models: BTreeSet<_> = rows.iter().map(|row| (row.provider, row.model)).collect();
    assert!(models.len() > 4000);
    for provider in [
        "anthropic",
        "aws.bedrock",
        "azure.ai.inference",
        "azure.ai.openai",
        "cerebras",
        "cloudflare",
        "cohere",
        "databricks",
        "deepseek",
        "fireworks",
        "gcp.gemini",
        "gcp.vertex_ai",
        "groq",
        "ibm.watsonx.ai",
        "mistral_ai",
        "ollama",
        "openai",
        "openrouter",
        "perplexity",
        "replicate",
        "snowflake",
        "together",
        "vercel_gateway",
        "voyage",
        "x_ai",
        "z_ai",
    ] {
        assert!(models.iter().any(|(of, _)| *of == provider), "{provider}");
    }
    for bucket in Bucket::ALL {
        assert!(rows.iter().any(|row| row.prices[bucket as usize].is_some()), "{bucket:?}");
    }
    let tiers: BTreeSet<_> = rows.iter().map(|row| row.tier).collect();
    for tier in ["batch", "flex", "priority", "ultrafast", "balanced", "decisions", "fast", "off_peak"] {
        assert!(tiers.contains(tier), "{tier}");
    }
    let thresholds: BTreeSet<_> = rows.iter().map(|row| row.above).collect();
    for above in [32_000, 100_000, 128_000, 200_000, 256_000, 272_000, 512_000] {
        assert!(thresholds.contains(&above), "{above}");
    }
    let providers: Vec<_> = Book::built_in().providers().collect();
    assert!(
        providers.is_sorted() && providers.len() > 90 && providers.iter().all(|provider| !provider.starts_with('#'))
    );
}

#[test]
fn every_model_of_the_book_is_found_under_its_own_name() {
    let rows = rows();
    let models: BTreeSet<_> = rows.iter().map(|row| (row.provider, row.model)).collect();
    for (provider, model) in models {
        let tier = rows.iter().find(|row| (row.provider, row.model) == (provider, model)).map(|row| row.tier);
        let usage = Usage::default().with(Bucket::Input, 0);
        let at = Some(PEAK);
        let question = PriceQuery { provider, model, usage: Some(&usage), tier, at, ..PriceQuery::default() };
        let cost = Book::built_in().cost(&question);
        let title = exact(&cost).1;
        assert!(title.split(" (").next() == Some(&format!("{provider}/{model}")), "{title}");
    }
}

#[test]
fn parts_sum_to_the_total_and_each_is_tokens_times_rate() {
    let rows = rows();
    let tokens: Vec<_> = Bucket::ALL.into_iter().filter(|bucket| bucket.unit() == Unit::Token).collect();
    let counts = proptest::collection::vec(proptest::option::of(0_u64..60_000_000), tokens.len());
    proptest!(ProptestConfig::with_cases(4000), |(index: prop::sample::Index, counts in counts)| {
        let row = index.get(&rows);
        let mut usage = Usage::default();
        for (bucket, count) in tokens.iter().zip(&counts) {
            // Below every threshold where the row has none, just above its own where it has one.
            usage.set(*bucket, count.map(|count| count % if row.above == 0 { 600 } else { 4 }));
        }
        if row.above > 0 {
            usage.set(Bucket::Input, Some(row.above + 1));
        }
        let (tier, at) = if row.tier == "off_peak" { (None, OFF_PEAK) } else { (Some(row.tier), PEAK) };
        let (provider, model) = (row.provider, row.model);
        let question = PriceQuery { provider, model, usage: Some(&usage), tier, at: Some(at), ..PriceQuery::default() };
        match Book::built_in().cost(&question) {
            Cost::Exact { total, parts, entry } => {
                let title = format!("{}/{}", row.provider, row.model);
                prop_assert!(entry.starts_with(&title));
                prop_assert_eq!(total, parts.iter().map(|(_, part)| part).sum::<u64>());
                let billed: Vec<_> = parts.iter().filter(|(bucket, _)| *bucket != Bucket::Requests).collect();
                let with_tokens: Vec<_> = usage.reported().filter(|(_, count)| *count > 0).collect();
                prop_assert_eq!(billed.len(), with_tokens.len());
                for ((bucket, part), (of, tokens)) in billed.into_iter().zip(with_tokens) {
                    prop_assert_eq!(*bucket, of);
                    if let Some(rate) = row.prices[*bucket as usize] {
                        prop_assert_eq!(u128::from(*part), u128::from(tokens) * u128::from(rate.picodollars()));
                    }
                }
            }
            Cost::Unknown(UnknownCost::Usage) => prop_assert!(usage.is_empty()),
            Cost::Unknown(reason) => {
                prop_assert_eq!(reason, UnknownCost::Bucket);
                let mut counts = usage.reported().filter(|(_, count)| *count > 0);
                prop_assert!(counts.any(|(bucket, _)| row.prices[bucket as usize].is_none()));
            }
        }
    });
}

/// Friday, 20 November 2026, 03:30 and 04:30 UTC: an hour with DeepSeek's high prices, and one without.
const PEAK: u64 = 1_795_145_400;
const OFF_PEAK: u64 = 1_795_149_000;
