//! The price book: costs by hand, names that resolve and names that must not, and the book against its sources.
#![cfg(test)]

use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tollgate::chat::{Bucket, Usage};
use tollgate::price::{Book, Cost, Entry, Rate, RateError, Rates, decimal, dollars};

const BOOK: &str = include_str!("../src/price/book.tsv");

fn usage(counts: &[(Bucket, u64)]) -> Usage {
    counts.iter().fold(Usage::default(), |usage, (bucket, count)| usage.with(*bucket, *count))
}

fn cost_in_tier(provider: &str, model: &str, counts: &[(Bucket, u64)], tier: Option<&str>) -> Cost {
    Book::built_in().cost(provider, model, Some(&usage(counts)), tier)
}

fn cost(provider: &str, model: &str, counts: &[(Bucket, u64)]) -> Cost {
    cost_in_tier(provider, model, counts, None)
}

/// Total in dollars, and the entry.
fn exact(cost: &Cost) -> (String, &str) {
    match cost {
        Cost::Exact { total, entry, .. } => (decimal(*total), entry),
        Cost::Unknown { why } => panic!("unknown: {why}"),
    }
}

fn total(cost: &Cost) -> String {
    exact(cost).0
}

fn unknown(why: &'static str) -> Cost {
    Cost::Unknown { why }
}

/// The entry under which a name is found in the built-in book, or why not.
fn found(provider: &str, model: &str) -> String {
    match cost(provider, model, &[(Bucket::Input, 1)]) {
        Cost::Exact { entry, .. } => entry,
        Cost::Unknown { why } => why.to_owned(),
    }
}

fn entry(provider: &str, model: &str, input: &str, output: &str) -> Entry {
    let rates = Rates::default()
        .with(Bucket::Input, Rate::parse(input).unwrap())
        .with(Bucket::Output, Rate::parse(output).unwrap());
    Entry { provider: provider.to_owned(), model: model.to_owned(), rates }
}

// Rates and amounts

#[test]
fn a_rate_is_whole_picodollars_per_token() {
    for (text, picodollars) in [
        ("2.50", 2_500_000),
        ("2.5", 2_500_000),
        ("0.000001", 1),
        ("0", 0),
        ("0.0", 0),
        ("15", 15_000_000),
        ("007.25", 7_250_000),
        ("1000000", 1_000_000_000_000),
    ] {
        assert_eq!(Rate::parse(text).map(Rate::picodollars), Ok(picodollars), "{text}");
    }
}

#[test]
fn what_is_no_rate_says_why() {
    for text in [
        "", " ", "-", ".", "2.", ".5", "1e-6", "+2", "2,50", "1 000", "$2", "2.5.0", "0x1", "NaN", "inf", "２", "-x",
        "--1", "2.-5",
    ] {
        assert_eq!(Rate::parse(text), Err(RateError::NotDecimal), "{text}");
    }
    assert_eq!(Rate::parse("0.0000001"), Err(RateError::TooPrecise));
    assert_eq!(Rate::parse("2.5000000"), Err(RateError::TooPrecise));
    assert_eq!(Rate::parse("-2.50"), Err(RateError::Negative));
    assert_eq!(Rate::parse("1000000.000001"), Err(RateError::TooLarge));
    assert_eq!(Rate::parse(&"9".repeat(100_000)), Err(RateError::TooLarge));
    assert_eq!(
        Rate::parse("2,50").unwrap_err().to_string(),
        "is not a decimal number such as 2.50 (US dollars per million tokens)"
    );
}

#[test]
fn an_amount_is_an_exact_decimal() {
    for (picodollars, text) in [
        (0, "0"),
        (1, "0.000000000001"),
        (123_400_000, "0.0001234"),
        (12_000_000_000_000, "12"),
        (1_500_000_000_000, "1.5"),
        (u64::MAX, "18446744.073709551615"),
    ] {
        assert_eq!(decimal(picodollars), text);
    }
    assert_eq!(dollars(123_400_000), 0.000_123_4);
    assert_eq!(dollars(0), 0.0);
}

proptest! {
    #[test]
    fn a_rate_reads_what_it_writes(picodollars in 0..=Rate::HIGHEST.picodollars()) {
        let text = format!("{}.{:06}", picodollars / 1_000_000, picodollars % 1_000_000);
        let rate = Rate::parse(&text).unwrap();
        prop_assert_eq!(rate.picodollars(), picodollars);
        prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
    }

    #[test]
    fn a_decimal_is_the_amount_itself(picodollars: u64) {
        let text = decimal(picodollars);
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction:0<12}");
        prop_assert_eq!(digits.parse::<u64>().unwrap(), picodollars);
    }

    #[test]
    fn no_text_makes_reading_a_rate_panic(text in ".{0,30}") {
        let _ = Rate::parse(&text);
    }
}

// Costs, by hand

#[test]
fn cached_input_has_its_own_rate() {
    // 1000 x 2.50 + 500 x 1.25 + 200 x 10, in millionths of a dollar.
    let cost =
        cost("openai", "gpt-4o-2024-08-06", &[(Bucket::Input, 1000), (Bucket::CacheRead, 500), (Bucket::Output, 200)]);
    assert_eq!(
        cost,
        Cost::Exact {
            total: 5_125_000_000,
            parts: vec![
                (Bucket::Input, 2_500_000_000),
                (Bucket::CacheRead, 625_000_000),
                (Bucket::Output, 2_000_000_000),
            ],
            entry: "openai/gpt-4o-2024-08-06".to_owned(),
        }
    );
}

#[test]
fn cache_writes_of_both_lifetimes_have_their_own_rates() {
    // 100 x 3 + 2000 x 0.30 + 300 x 3.75 + 400 x 6 + 50 x 15
    let cost = cost(
        "anthropic",
        "claude-sonnet-4-5-20250929",
        &[
            (Bucket::Input, 100),
            (Bucket::CacheRead, 2000),
            (Bucket::CacheWrite5m, 300),
            (Bucket::CacheWrite1h, 400),
            (Bucket::Output, 50),
        ],
    );
    assert_eq!(exact(&cost), ("0.005175".to_owned(), "anthropic/claude-sonnet-4-5-20250929"));
}

#[test]
fn reasoning_costs_what_output_does() {
    // 11 x 0.05 + 36 x 0.40 + 192 x 0.40
    let counts = [(Bucket::Input, 11), (Bucket::Output, 36), (Bucket::Reasoning, 192)];
    assert_eq!(total(&cost("openai", "gpt-5-nano-2025-08-07", &counts)), "0.00009175");
}

#[test]
fn audio_has_its_own_rates() {
    // 27 x 2.50 + 100 x 40 + 17 x 10 + 30 x 80
    let counts = [(Bucket::Input, 27), (Bucket::InputAudio, 100), (Bucket::Output, 17), (Bucket::OutputAudio, 30)];
    assert_eq!(total(&cost("openai", "gpt-4o-audio-preview-2025-06-03", &counts)), "0.0066375");
}

#[test]
fn a_long_prompt_changes_the_rate_of_all_tokens() {
    let model = "claude-haiku-5-5";
    // 100000 x 0.10 + 1000 x 0.50: at the threshold the lower rates still hold.
    let at = cost("anthropic", model, &[(Bucket::Input, 100_000), (Bucket::Output, 1000)]);
    assert_eq!(exact(&at), ("0.0105".to_owned(), "anthropic/claude-haiku-5-5"));
    // 40000 x 0.50 + 50000 x 0.05 + 10000 x 0.625 + 1 x 1 + 1000 x 2.50: what is cached counts for the length.
    let above = cost(
        "anthropic",
        model,
        &[
            (Bucket::Input, 40_000),
            (Bucket::CacheRead, 50_000),
            (Bucket::CacheWrite5m, 10_000),
            (Bucket::CacheWrite1h, 1),
            (Bucket::Output, 1000),
        ],
    );
    assert_eq!(exact(&above), ("0.031251".to_owned(), "anthropic/claude-haiku-5-5 (>100000)"));
    // Output is no part of the prompt: 1 x 0.10 + 200000 x 0.50
    let output = cost("anthropic", model, &[(Bucket::Input, 1), (Bucket::Output, 200_000)]);
    assert_eq!(total(&output), "0.1000001");
}

#[test]
fn a_service_tier_has_its_own_rates() {
    let counts = [(Bucket::Input, 1000), (Bucket::CacheRead, 100), (Bucket::Output, 10)];
    for (tier, total, entry) in [
        (None, "0.002675", "openai/gpt-5.4"),
        (Some("default"), "0.002675", "openai/gpt-5.4"),
        (Some("standard"), "0.002675", "openai/gpt-5.4"),
        (Some("auto"), "0.002675", "openai/gpt-5.4"),
        (Some(""), "0.002675", "openai/gpt-5.4"),
        // 1000 x 1.25 + 100 x 0.13 + 10 x 7.50
        (Some("flex"), "0.001338", "openai/gpt-5.4 (flex)"),
        // 1000 x 5 + 100 x 0.50 + 10 x 30
        (Some("priority"), "0.00535", "openai/gpt-5.4 (priority)"),
    ] {
        let cost = cost_in_tier("openai", "gpt-5.4", &counts, tier);
        assert_eq!(exact(&cost), (total.to_owned(), entry), "{tier:?}");
    }
    // 300000 x 2.50 + 10 x 11.25
    let long = [(Bucket::Input, 300_000), (Bucket::Output, 10)];
    let cost = cost_in_tier("openai", "gpt-5.4", &long, Some("flex"));
    assert_eq!(exact(&cost), ("0.7501125".to_owned(), "openai/gpt-5.4 (flex, >272000)"));
}

#[test]
fn a_tier_that_is_not_listed_is_not_guessed() {
    let counts = [(Bucket::Input, 1), (Bucket::Output, 1)];
    assert_eq!(cost_in_tier("openai", "gpt-5.4", &counts, Some("scale")), unknown("bucket"));
    assert_eq!(cost_in_tier("anthropic", "claude-sonnet-4-5", &counts, Some("priority")), unknown("bucket"));
    // The tier is listed, but not for a prompt so long.
    let long = [(Bucket::Input, 272_001)];
    assert_eq!(cost_in_tier("openai", "gpt-5.4", &long, Some("priority")), unknown("bucket"));
}

// Buckets without a price

#[test]
fn cached_input_costs_what_input_does_where_caching_is_not_priced() {
    // gpt-4 has no discount: 10 x 30 + 10 x 30
    let counts = [(Bucket::Input, 10), (Bucket::CacheRead, 10)];
    assert_eq!(total(&cost("openai", "gpt-4", &counts)), "0.0006");
    // gpt-4o has one, but writing costs nothing on top: 10 x 2.50
    assert_eq!(total(&cost("openai", "gpt-4o", &[(Bucket::CacheWrite5m, 10)])), "0.000025");
    assert_eq!(total(&cost("openai", "gpt-4o", &[(Bucket::CacheWrite1h, 10)])), "0.000025");
}

#[test]
fn writing_for_an_hour_is_not_taken_for_writing_for_five_minutes() {
    let hour = [(Bucket::CacheWrite1h, 10)];
    assert_eq!(cost("anthropic", "claude-3-haiku-20240307", &hour), unknown("bucket"));
    assert_eq!(cost_in_tier("anthropic", "claude-haiku-4-5", &hour, Some("batch")), unknown("bucket"));
}

#[test]
fn an_entry_with_writes_priced_and_reads_not_leaves_reads_unknown() {
    let model = "ft:gpt-4o-2024-11-20:org::id";
    assert_eq!(cost("openai", model, &[(Bucket::CacheRead, 1)]), unknown("bucket"));
    assert_eq!(total(&cost("openai", model, &[(Bucket::Input, 1)])), "0.00000375");
}

#[test]
fn audio_without_a_price_is_unknown_but_none_of_it_needs_none() {
    for bucket in [Bucket::InputAudio, Bucket::OutputAudio] {
        assert_eq!(cost("openai", "gpt-4o", &[(Bucket::Input, 10), (bucket, 1)]), unknown("bucket"));
        let cost = cost("openai", "gpt-4o", &[(Bucket::Input, 10), (bucket, 0)]);
        assert_eq!(total(&cost), "0.000025");
    }
}

#[test]
fn without_usage_the_cost_is_unknown_and_with_none_of_it_zero() {
    let book = Book::built_in();
    assert_eq!(book.cost("openai", "gpt-4o", None, None), unknown("usage"));
    let empty = Usage::default();
    assert_eq!(book.cost("openai", "gpt-4o", Some(&empty), None), unknown("usage"));
    assert_eq!(book.cost("openai", "no-such-model", None, None), unknown("usage"));
    assert_eq!(
        cost("openai", "gpt-4o", &[(Bucket::Input, 0)]),
        Cost::Exact { total: 0, parts: Vec::new(), entry: "openai/gpt-4o".to_owned() }
    );
}

#[test]
fn a_cost_beyond_64_bits_is_unknown() {
    assert_eq!(cost("openai", "gpt-4o", &[(Bucket::Input, u64::MAX)]), unknown("usage"));
    // 5e12 x 2.5e6 fits into 64 bits, and so does 5e12 x 1.25e6; their sum does not.
    let halves = [(Bucket::Input, 5_000_000_000_000), (Bucket::CacheRead, 5_000_000_000_000)];
    assert_eq!(total(&cost("openai", "gpt-4o", &halves[..1])), "12500000");
    assert_eq!(total(&cost("openai", "gpt-4o", &halves[1..])), "6250000");
    assert_eq!(cost("openai", "gpt-4o", &halves), unknown("usage"));
}

// Names

#[test]
fn names_resolve_by_rule() {
    for (provider, model, entry) in [
        ("openai", "gpt-4o", "gpt-4o"),
        ("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("openai", "gpt-4o-2031-02-03", "gpt-4o"),
        ("openai", "gpt-4o-20310203", "gpt-4o"),
        ("openai", "gpt-4o-latest", "gpt-4o"),
        ("openai", "chatgpt-4o-latest", "chatgpt-4o-latest"),
        ("openai", "gpt-5.4-2025-04-14", "gpt-5.4"),
        ("openai", "gpt-4o-mini-2031-02-03", "gpt-4o-mini"),
        ("openai", "gpt-4o-realtime-preview-2031-02-03", "gpt-4o-realtime-preview"),
        ("openai", "gpt-3.5-turbo-instruct:20230824-v2", "gpt-3.5-turbo-instruct"),
        ("openai", "o1-mini-2024-09-12", "o1-mini"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:org::id", "ft:gpt-4o-mini-2024-07-18"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:org:x:id:ckpt-step-9", "ft:gpt-4o-mini-2024-07-18"),
        ("openai", "ft:gpt-3.5-turbo", "ft:gpt-3.5-turbo"),
        ("anthropic", "claude-sonnet-4-5-latest", "claude-sonnet-4-5"),
        ("anthropic", "claude-sonnet-4-5@20310203", "claude-sonnet-4-5"),
        ("anthropic", "claude-3-5-sonnet-20310203", "claude-3-5-sonnet-latest"),
        ("anthropic", "claude-3-5-sonnet", "claude-3-5-sonnet-latest"),
        ("anthropic", "claude-3-5-haiku-latest", "claude-3-5-haiku-20241022"),
        ("anthropic", "claude-3-haiku", "claude-3-haiku-20240307"),
        ("anthropic", "claude-sonnet-4", "claude-sonnet-4-20250514"),
        ("anthropic", "claude-sonnet-4-20310203", "claude-sonnet-4-20250514"),
    ] {
        assert_eq!(found(provider, model), format!("{provider}/{entry}"), "{model}");
    }
}

#[test]
fn names_that_only_look_alike_do_not_resolve() {
    for model in [
        "",
        "-latest",
        "-2024-08-06",
        "gpt",
        "gpt-4o-",
        "gpt-4o-m",
        "gpt-4o-mini-x",
        "gpt-4o-mini-2",
        "gpt-4o-0806",
        "gpt-4o-2024",
        "gpt-4o-2024-08",
        "gpt-4o-2024-13-01",
        "gpt-4o-2024-00-10",
        "gpt-4o-2024-08-32",
        "gpt-4o-2024-8-6",
        "gpt-4o-1999-01-01",
        "gpt-4o-2024-08-06-preview",
        "gpt-4o2024-08-06",
        "gpt-4o-realtime",
        "gpt-4o-codex",
        "gpt-5.44",
        "GPT-4o",
        " gpt-4o",
        "gpt-4o ",
        "gpt-4o\t-",
        "gpt-4o\n",
        "openai/gpt-4o",
        "azure/gpt-4o",
        "claude-sonnet-4-5",
        "ft:",
        "ft::",
        "ft:gpt-4o",
        "ft:gpt-4o:org::id",
        "ft:gpt-4o-2031-02-03:org::id",
        "ft:gpt-4o-2031-02-03",
        "ft:o4-mini",
        "ft:o4-mini-2031-02-03",
        "ft:o4-mini-2031-02-03:org::id",
        "ft:no-such-model:org::gpt-4o",
        // Its snapshots differ in price.
        "gpt-4o-audio-preview",
        "gpt-4o-audio-preview-2031-02-03",
    ] {
        assert_eq!(found("openai", model), "model", "{model:?}");
    }
    assert_eq!(found("anthropic", "gpt-4o"), "model");
    assert_eq!(found("OpenAI", "gpt-4o"), "model");
    assert_eq!(found("", "gpt-4o"), "model");
    assert_eq!(found("# date: 2026-11-21", ""), "model");
}

#[test]
fn no_model_of_the_book_stands_for_a_longer_or_a_shorter_name() {
    for row in rows() {
        let Row { provider, model, .. } = row;
        let mut names = vec![model.get(..model.len() - 1).unwrap().to_owned()];
        names.extend(
            [
                "x",
                "0",
                "-x",
                "-mini",
                "-pro",
                "-preview",
                "-realtime-preview",
                "-0613",
                "-2024",
                "-",
                ":x",
                "-latest-x",
            ]
            .map(|ending| format!("{model}{ending}")),
        );
        for name in names {
            let found = found(provider, &name);
            let fine_tuned = model.starts_with("ft:") && name == format!("{model}:x");
            let rightly = found == "model" || found == format!("{provider}/{name}") || fine_tuned;
            assert!(rightly, "{name} resolved to {found}");
        }
    }
}

proptest! {
    #[test]
    fn no_name_and_no_usage_makes_a_lookup_panic(
        provider in "(openai|anthropic|.{0,5})",
        model in "([a-z0-9:@.é\t-]{0,40}|.{0,20})",
        counts in proptest::collection::vec(proptest::option::of(0..u64::MAX), 8),
        tier in proptest::option::of(".{0,10}"),
    ) {
        let mut usage = Usage::default();
        for (bucket, count) in Bucket::ALL.into_iter().zip(counts) {
            usage.set(bucket, count);
        }
        let _ = Book::built_in().cost(&provider, &model, Some(&usage), tier.as_deref());
    }
}

// The operator's own prices

#[test]
fn an_operators_price_wins_over_the_built_in_one() {
    let book = Book::built_in().with_overrides(vec![
        entry("openai", "gpt-4o", "1", "2"),
        entry("self", "llama", "0", "0"),
        entry("openai", "gpt-4o-2024-05-13", "3", "4"),
        entry("openai", "ft:gpt-4o-2024-08-06", "5", "6"),
        entry("openai", "gpt-4o", "7", "8"),
    ]);
    let counts = usage(&[(Bucket::Input, 1_000_000), (Bucket::CacheRead, 0)]);
    for (provider, model, dollars, entry) in [
        ("openai", "gpt-4o", "1", "openai/gpt-4o (settings)"),
        ("openai", "gpt-4o-2024-08-06", "1", "openai/gpt-4o (settings)"),
        ("openai", "gpt-4o-latest", "1", "openai/gpt-4o (settings)"),
        ("openai", "gpt-4o-2024-05-13", "3", "openai/gpt-4o-2024-05-13 (settings)"),
        ("openai", "ft:gpt-4o-2024-08-06:org::id", "5", "openai/ft:gpt-4o-2024-08-06 (settings)"),
        ("openai", "gpt-4o-mini", "0.15", "openai/gpt-4o-mini"),
        ("openai", "ft:gpt-4o-2024-11-20:org::id", "3.75", "openai/ft:gpt-4o-2024-11-20"),
        ("self", "llama", "0", "self/llama (settings)"),
    ] {
        for tier in [None, Some("default"), Some("on_demand")] {
            let cost = book.cost(provider, model, Some(&counts), tier);
            assert_eq!(exact(&cost), (dollars.to_owned(), entry), "{model}");
        }
    }
    let flex = book.cost("openai", "gpt-4o", Some(&counts), Some("flex"));
    assert_eq!(total(&flex), "1", "an operator's price holds under every tier");
}

#[test]
fn an_operators_price_of_a_snapshot_is_its_own_alone() {
    let own = entry("openai", "gpt-4o-2024-11-20", "1", "2");
    let book = Book::built_in().with_overrides(vec![own]);
    let counts = usage(&[(Bucket::Input, 1_000_000)]);
    for model in ["gpt-4o", "gpt-4o-2024-08-06"] {
        assert_eq!(total(&book.cost("openai", model, Some(&counts), None)), "2.5", "{model}");
    }
}

#[test]
fn a_book_does_not_spill_itself_into_debug_output() {
    let book = Book::built_in().with_overrides(vec![entry("openai", "gpt-4o", "1", "2")]);
    assert_eq!(format!("{book:?}"), "Book { own: 1, .. }");
}

// The book itself

struct Row<'a> {
    provider: &'a str,
    model: &'a str,
    tier: &'a str,
    above: u64,
    prices: Vec<Option<Rate>>,
}

fn rows() -> Vec<Row<'static>> {
    let lines = BOOK.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<_> = line.split('\t').collect();
            assert!((5..=12).contains(&cells.len()), "{line}");
            let prices = cells[4..].iter().map(|cell| (!cell.is_empty()).then_some(*cell));
            Row {
                provider: cells[0],
                model: cells[1],
                tier: cells[2],
                above: cells[3].parse().unwrap(),
                prices: prices.map(|price| price.map(|price| Rate::parse(price).unwrap())).collect(),
            }
        })
        .collect()
}

fn head(key: &str) -> &'static str {
    BOOK.lines().find_map(|line| line.strip_prefix(&format!("# {key}: "))).unwrap()
}

#[test]
fn the_book_is_sorted_and_says_nothing_twice() {
    assert!(BOOK.ends_with('\n'));
    let head = BOOK.lines().take_while(|line| line.starts_with('#')).count();
    assert_eq!(head + rows().len(), BOOK.lines().count(), "comments stand at the top only");
    assert!(BOOK.contains(
        "# provider\tmodel\ttier\tabove\tinput\tcache_read\tcache_write_5m\tcache_write_1h\tinput_audio\toutput\t\
         reasoning\toutput_audio\n"
    ));
    let rows = rows();
    let keys: Vec<_> = rows.iter().map(|row| (row.provider, row.model, row.tier, row.above)).collect();
    assert!(keys.is_sorted_by(|one, other| one < other));
    for line in BOOK.lines() {
        assert_eq!(line, line.trim_end(), "nothing empty at the end of a line");
    }
}

#[test]
fn every_model_of_the_book_is_found_under_its_own_name() {
    let models: BTreeSet<_> = rows().iter().map(|row| (row.provider, row.model)).collect();
    assert!(models.len() > 200);
    for (provider, model) in models {
        let cost = cost(provider, model, &[(Bucket::Input, 0)]);
        assert_eq!(exact(&cost), ("0".to_owned(), &*format!("{provider}/{model}")));
    }
}

/// The buckets of the book's columns.
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

#[test]
fn parts_sum_to_the_total_and_each_is_tokens_times_rate() {
    let rows = rows();
    let counts = proptest::collection::vec(proptest::option::of(0_u64..60_000_000), 8);
    proptest!(ProptestConfig::with_cases(2000), |(index: prop::sample::Index, counts in counts)| {
        let row = index.get(&rows);
        let mut usage = Usage::default();
        for (bucket, count) in COLUMNS.into_iter().zip(&counts) {
            // Below every threshold where the row has none, above its own where it has one.
            usage.set(bucket, count.map(|count| if row.above == 0 { count % 10_000 } else { count }));
        }
        if row.above > 0 {
            usage.set(Bucket::Input, Some(row.above + 1));
        }
        let cost = Book::built_in().cost(row.provider, row.model, Some(&usage), Some(row.tier));
        match cost {
            Cost::Exact { total, parts, entry } => {
                let title = format!("{}/{}", row.provider, row.model);
                prop_assert!(entry.starts_with(&title));
                prop_assert_eq!(total, parts.iter().map(|(_, part)| part).sum::<u64>());
                let with_tokens: Vec<_> = usage.reported().filter(|(_, count)| *count > 0).collect();
                prop_assert_eq!(parts.len(), with_tokens.len());
                for ((bucket, part), (of, tokens)) in parts.into_iter().zip(with_tokens) {
                    prop_assert_eq!(bucket, of);
                    if let Some(Some(rate)) = COLUMNS.iter().position(|column| *column == bucket).and_then(|column| row.prices.get(column)) {
                        prop_assert_eq!(u128::from(part), u128::from(tokens) * u128::from(rate.picodollars()));
                    }
                }
            }
            Cost::Unknown { why: "usage" } => prop_assert!(usage.is_empty()),
            Cost::Unknown { why } => {
                prop_assert_eq!(why, "bucket");
                let priced = |bucket: Bucket| COLUMNS.iter().position(|column| *column == bucket).and_then(|column| row.prices.get(column)).copied().flatten().is_some();
                let mut counts = usage.reported().filter(|(_, count)| *count > 0);
                prop_assert!(counts.any(|(bucket, _)| !priced(bucket)));
            }
        }
    });
}

// The book against its sources

/// The directory of the price tables, which lies beside the project where it is developed.
fn tables(test: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/prices");
    let all_there = head_sources().iter().all(|name| shared.join(name).is_file());
    if !all_there {
        println!("{test}: skipped, for there is no ../shared/prices with the tables that the book was made from");
    }
    all_there.then_some(shared)
}

fn head_sources() -> Vec<&'static str> {
    BOOK.lines().filter_map(|line| Some(line.strip_prefix("# source: ")?.split_once(", ")?.0)).collect()
}

fn run_prices(arguments: &[&str]) -> Output {
    Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/prices"))
        .args(arguments)
        .output()
        .unwrap()
}

fn prices(arguments: &[&str]) -> String {
    let output = run_prices(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn regenerating_the_book_gives_the_very_same_bytes() {
    let Some(shared) = tables("regenerating_the_book_gives_the_very_same_bytes") else {
        return;
    };
    let tables: Vec<_> = head_sources().iter().map(|name| shared.join(name).display().to_string()).collect();
    let mut arguments: Vec<&str> = tables.iter().map(String::as_str).collect();
    arguments.extend(["--date", head("date"), "--providers", head("providers")]);
    assert!(
        prices(&arguments) == BOOK,
        "src/price/book.tsv differs from what scripts/prices makes: run it as its --help says"
    );
}

/// A JSON number of the table as pico-dollars per token, by its digits alone.
fn picodollars(number: &Value) -> u64 {
    // The shortest decimal that reads as this number, which is what the table has: 2.5e-6.
    let text = format!("{:e}", number.as_f64().unwrap());
    let (digits, exponent) = text.split_once('e').unwrap();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = 12 + exponent.parse::<i32>().unwrap() - i32::try_from(fraction.len()).unwrap();
    let value: u64 = format!("{whole}{fraction}").parse().unwrap();
    if value == 0 {
        return 0;
    }
    assert!(zeros >= 0, "{text} is finer than a pico-dollar");
    value * 10_u64.pow(zeros.unsigned_abs())
}

/// The table's field for each bucket.
const FIELDS: [(Bucket, &str); 8] = [
    (Bucket::Input, "input_cost_per_token"),
    (Bucket::CacheRead, "cache_read_input_token_cost"),
    (Bucket::CacheWrite5m, "cache_creation_input_token_cost"),
    (Bucket::CacheWrite1h, "cache_creation_input_token_cost_above_1hr"),
    (Bucket::InputAudio, "input_cost_per_audio_token"),
    (Bucket::Output, "output_cost_per_token"),
    (Bucket::Reasoning, "output_cost_per_reasoning_token"),
    (Bucket::OutputAudio, "output_cost_per_audio_token"),
];

/// Kinds of token that no bucket is for, as the fields of these two providers name them.
const WITHOUT_BUCKET: [&str; 5] = [
    "_image_token",
    "_above_12hr",
    "cache_read_input_audio_token_cost",
    "cache_read_input_image_token_cost",
    "cache_creation_input_audio_token_cost",
];

/// What the older table has wrong: a model, and the one bucket or all of it.
const WRONG: [(&str, Option<Bucket>); 7] = [
    ("claude-3-5-haiku-20241022", Some(Bucket::CacheWrite1h)),
    ("claude-3-haiku-20240307", Some(Bucket::CacheWrite1h)),
    ("claude-3-opus-20240229", Some(Bucket::CacheWrite1h)),
    ("claude-3-opus-latest", Some(Bucket::CacheWrite1h)),
    ("claude-3-5-haiku-latest", None),
    ("gpt-4o-audio-preview", None),
    ("o1-mini-2024-09-12", None),
];

/// Every price of a token in one object of the table: (bucket, tier, above) to pico-dollars.
fn prices_in(fields: &serde_json::Map<String, Value>) -> BTreeMap<(Bucket, &'static str, u64), u64> {
    let mut prices = BTreeMap::new();
    for (name, value) in fields {
        if !name.contains("token") || !name.contains("cost") {
            continue;
        }
        if WITHOUT_BUCKET.iter().any(|kind| name.contains(kind)) {
            continue;
        }
        let tiers = [
            ("", "-"),
            ("_batches", "batch"),
            ("_flex", "flex"),
            ("_priority", "priority"),
            ("_ultrafast", "ultrafast"),
            ("_decisions", "decisions"),
        ];
        let places = [0, 100, 200, 272].into_iter().flat_map(|thousands| {
            let length = match thousands {
                0 => String::new(),
                _ => format!("_above_{thousands}k_tokens"),
            };
            FIELDS.into_iter().flat_map(move |(bucket, field)| {
                let length = length.clone();
                tiers.map(move |(ending, tier)| (format!("{field}{length}{ending}"), (bucket, tier, thousands * 1000)))
            })
        });
        let place = places.into_iter().find(|(field, _)| field == name);
        let (_, place) = place.unwrap_or_else(|| panic!("the field {name} is not known to this test"));
        prices.insert(place, picodollars(value));
    }
    prices
}

#[test]
fn no_price_is_lost_or_changed_between_the_tables_and_the_book() {
    let Some(shared) = tables("no_price_is_lost_or_changed_between_the_tables_and_the_book") else {
        return;
    };
    let mut expected = BTreeMap::new();
    for (age, name) in head_sources().iter().enumerate() {
        let text = std::fs::read_to_string(shared.join(name)).unwrap();
        let table: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
        for (key, fields) in &table {
            let provider = match fields["litellm_provider"].as_str() {
                Some("openai" | "text-completion-openai") => "openai",
                Some("anthropic") => "anthropic",
                _ => continue,
            };
            let mut prices = prices_in(fields.as_object().unwrap());
            if age > 0 {
                prices.retain(|(bucket, _, _), _| {
                    !WRONG.contains(&(key, Some(*bucket))) && !WRONG.contains(&(key, None))
                });
            }
            if !prices.is_empty() {
                expected.entry((provider, key.clone())).or_insert(prices);
            }
        }
    }
    let count: usize = expected.values().map(BTreeMap::len).sum();
    let in_book: usize = rows().iter().map(|row| row.prices.iter().flatten().count()).sum();
    assert_eq!(count, in_book, "as many prices in the book as in the tables");

    let book = Book::built_in();
    for ((provider, model), prices) in &expected {
        for ((bucket, tier, above), rate) in prices {
            // One token in the bucket, and input enough to be above the threshold.
            let mut usage = Usage::default().with(*bucket, 1);
            if *above > 0 {
                usage.set(Bucket::Input, Some(above + 1));
            }
            let tokens = usage.count(*bucket).unwrap();
            let Cost::Exact { parts, .. } = book.cost(provider, model, Some(&usage), Some(tier)) else {
                panic!("{provider} {model} {bucket:?} {tier} {above} is not in the book");
            };
            assert!(
                parts.contains(&(*bucket, rate * tokens)),
                "{provider} {model} {bucket:?} {tier} {above}: {rate} in the table, {parts:?} in the book"
            );
        }
    }
    println!("{count} prices of {} models compared", expected.len());
}

/// Writes a table for the script, and gives its path.
fn write_table(name: &str, table: &Value) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, table.to_string()).unwrap();
    path.display().to_string()
}

#[test]
fn the_script_takes_what_is_exact_and_reports_what_is_not() {
    let newer = write_table(
        "newer.json",
        &serde_json::json!({
            "sample_spec": {"litellm_provider": "one of", "input_cost_per_token": "text"},
            "b": {"litellm_provider": "anthropic", "input_cost_per_token": 8.000_000_000_000_001e-7,
                  "output_cost_per_token": 1.234_567_8e-6, "input_cost_per_second": 1.0},
            "xai/grok": {"litellm_provider": "xai", "input_cost_per_token": 2e-6,
                         "input_cost_per_token_above_128k_tokens": 4e-6,
                         "output_cost_per_token_above_128k_tokens_priority": 5e-6},
            "dashscope/qwen": {"litellm_provider": "dashscope", "tiered_pricing": [
                {"range": [0, 32000.0], "input_cost_per_token": 1e-6, "output_cost_per_reasoning_token": 3e-6},
                {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-6}]},
        }),
    );
    let older = write_table(
        "older.json",
        &serde_json::json!({
            "a": {"litellm_provider": "anthropic", "input_cost_per_token": 0, "cache_read_input_token_cost": 1e-8},
            "b": {"litellm_provider": "anthropic", "input_cost_per_token": 9e-6},
            "deepseek/d": {"litellm_provider": "deepseek", "input_cost_per_token_cache_hit": 1e-7},
        }),
    );
    let arguments = [&*newer, &*older, "--date", "2026-01-02", "--providers", "all"];
    let book = prices(&arguments);
    let lines: Vec<_> = book.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            "anthropic\ta\t-\t0\t0\t0.01",
            "anthropic\tb\t-\t0\t0.8",
            "dashscope\tqwen\t-\t0\t1\t\t\t\t\t\t3",
            "dashscope\tqwen\t-\t32000\t2",
            "deepseek\td\t-\t0\t\t0.1",
            "x_ai\tgrok\t-\t0\t2",
            "x_ai\tgrok\t-\t127999\t4",
            "x_ai\tgrok\tpriority\t127999\t\t\t\t\t\t5",
        ]
    );
    assert_eq!(book, prices(&arguments));
    let report = prices(&[&arguments[..], &["--report"]].concat());
    for line in [
        "5 models, 8 lines, 10 prices",
        "digits beyond the fifteenth cut off: 1",
        "left out, more than six decimals per million: 1",
        "left out, the unit is not a token: 1",
    ] {
        assert!(report.lines().any(|is| is == line), "{line} is not in\n{report}");
    }
}

#[test]
fn the_script_explains_itself_and_its_refusals() {
    assert!(prices(&["--help"]).contains("To refresh the book:"));
    let table = write_table("none.json", &serde_json::json!({}));
    for (arguments, message) in [
        (vec!["no-such-file", "--date", "2026-01-02"], "No such file"),
        (vec![&*table, "--date", "2026-13-02"], "invalid date value"),
        (vec![&*table], "required: --date"),
        (vec![&*table, "--date", "2026-01-02"], "no prices for anthropic, openai"),
    ] {
        let output = run_prices(&arguments);
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(message), "{stderr}");
        assert!(!stderr.contains("Traceback"), "{stderr}");
    }
}
