//! The operator's own prices, names and discounts.
#![cfg(test)]

use crate::asked::{entry, exact, rate, total, unknown, usage};
use tollgate::price::{Alias, Book, Cost, Discount, Entry, Per, PercentError, PriceQuery, Rate, Rates};
use tollgate::usage::{Bucket, Usage};

fn ask(book: &Book, provider: &str, model: &str, usage: &Usage, tier: Option<&str>) -> Cost {
    book.cost(&PriceQuery { provider, model, usage: Some(usage), tier, ..PriceQuery::default() })
}

fn alias(provider: &str, name: &str, model: &str) -> Alias {
    Alias { provider: provider.to_owned(), name: name.to_owned(), model: model.to_owned() }
}

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
            let cost = ask(&book, provider, model, &counts, tier);
            assert_eq!(exact(&cost), (dollars.to_owned(), entry), "{model}");
        }
    }
    let flex = ask(&book, "openai", "gpt-4o", &counts, Some("flex"));
    assert_eq!(total(&flex), "1", "an operator's price holds under every tier");
}

#[test]
fn an_operators_price_of_a_snapshot_is_its_own_alone() {
    let own = entry("openai", "gpt-4o-2024-11-20", "1", "2");
    let book = Book::built_in().with_overrides(vec![own]);
    let counts = usage(&[(Bucket::Input, 1_000_000)]);
    for model in ["gpt-4o", "gpt-4o-2024-08-06"] {
        assert_eq!(total(&ask(&book, "openai", model, &counts, None)), "2.5", "{model}");
    }
}

#[test]
fn a_book_does_not_spill_itself_into_debug_output() {
    let book = Book::built_in().with_overrides(vec![entry("openai", "gpt-4o", "1", "2")]);
    assert_eq!(format!("{book:?}"), "Book { own: 1, .. }");
}

#[test]
fn an_operators_price_may_be_in_any_unit_and_knows_no_region() {
    let one = |text| Rate::parse(text, Per::One).unwrap();
    let rates = Rates::default().with(Bucket::Input, rate("1")).with(Bucket::Requests, one("0.002"));
    let own = Entry { provider: "anthropic".to_owned(), model: "claude-opus-4-8".to_owned(), rates };
    let book = Book::built_in().with_overrides(vec![own]);
    let usage = usage(&[(Bucket::Input, 1000)]);
    let question = PriceQuery {
        provider: "anthropic",
        model: "claude-opus-4-8",
        usage: Some(&usage),
        region: Some("us"),
        ..PriceQuery::default()
    };
    assert_eq!(exact(&book.cost(&question)), ("0.003".to_owned(), "anthropic/claude-opus-4-8 (settings)"));
}

#[test]
fn an_alias_names_a_model_that_a_name_does_not_say() {
    let profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6";
    let book =
        Book::built_in().with_overrides(vec![entry("azure.ai.openai", "in-house", "7", "8")]).with_aliases(vec![
            alias("azure.ai.openai", "chat-prod", "gpt-4o-mini"),
            alias("azure.ai.openai", "gpt-4o", "gpt-4o-mini"),
            alias("azure.ai.openai", "chat-prod", "gpt-4"),
            alias("azure.ai.openai", "ours", "in-house"),
            alias("aws.bedrock", profile, "us.anthropic.claude-haiku-4-5-20251001-v1:0"),
        ]);
    let counts = usage(&[(Bucket::Input, 1_000_000)]);
    for (provider, model, entry) in [
        ("azure.ai.openai", "chat-prod", "azure.ai.openai/gpt-4o-mini"),
        ("azure.ai.openai", "gpt-4o", "azure.ai.openai/gpt-4o-mini"),
        ("azure.ai.openai", "ours", "azure.ai.openai/in-house (settings)"),
        ("aws.bedrock", profile, "aws.bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0"),
        (
            "aws.bedrock",
            &profile.replace(':', "%3A").replace('/', "%2F"),
            "aws.bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
    ] {
        assert_eq!(exact(&ask(&book, provider, model, &counts, None)).1, entry, "{model}");
    }
    assert_eq!(ask(&book, "openai", "chat-prod", &counts, None), unknown("model"), "an alias is its provider's");
    assert_eq!(ask(&book, "azure.ai.openai", "chat-prod-2", &counts, None), unknown("model"));
}

#[test]
fn a_discount_is_taken_off_listed_prices() {
    let discount = |provider, models, percent| Discount::new(provider, models, percent).unwrap();
    let book = Book::built_in().with_overrides(vec![entry("openai", "gpt-4.1", "1", "2")]).with_discounts(vec![
        discount("openai", "gpt-4o-mini*", "50"),
        discount("openai", "gpt-*", "12.5"),
        discount("anthropic", "*", "100"),
    ]);
    let counts = usage(&[(Bucket::Input, 1_000_000)]);
    for (provider, model, dollars, entry) in [
        ("openai", "gpt-4o", "2.1875", "openai/gpt-4o (-12.5%)"),
        ("openai", "gpt-4o-mini", "0.075", "openai/gpt-4o-mini (-50%)"),
        ("openai", "o3", "2", "openai/o3"),
        ("openai", "gpt-4.1", "1", "openai/gpt-4.1 (settings)"),
        ("anthropic", "claude-opus-4-8", "0", "anthropic/claude-opus-4-8 (-100%)"),
        ("azure.ai.openai", "gpt-4o", "2.5", "azure.ai.openai/gpt-4o"),
    ] {
        assert_eq!(exact(&ask(&book, provider, model, &counts, None)), (dollars.to_owned(), entry), "{model}");
    }
    let flex = ask(&book, "openai", "gpt-5.4", &usage(&[(Bucket::Input, 300_000)]), Some("flex"));
    assert_eq!(exact(&flex), ("0.65625".to_owned(), "openai/gpt-5.4 (flex, >272000, -12.5%)"));
}

#[test]
fn a_discount_fits_by_the_name_asked_and_by_the_book_s() {
    let counts = usage(&[(Bucket::Input, 1_000_000)]);
    for (pattern, fits) in [
        ("gpt-4o-2031-02-03", true),
        ("gpt-4o", true),
        ("*", true),
        ("**", true),
        ("g*4*o", true),
        ("*-4o", true),
        ("gpt*gpt-4o", false),
        ("gpt-4", false),
        ("", false),
        ("*mini*", false),
    ] {
        let book = Book::built_in().with_discounts(vec![Discount::new("openai", pattern, "50").unwrap()]);
        let cost = ask(&book, "openai", "gpt-4o-2031-02-03", &counts, None);
        assert_eq!(total(&cost), if fits { "1.25" } else { "2.5" }, "{pattern}");
    }
}

#[test]
fn surcharge_and_discount_are_rounded_once_and_half_up() {
    let cost = |percent, tokens| {
        let book = Book::built_in().with_discounts(vec![Discount::new("anthropic", "*", percent).unwrap()]);
        let usage = usage(&[(Bucket::Input, tokens)]);
        let (provider, model) = ("anthropic", "claude-haiku-5-5");
        let region = Some("us");
        match book.cost(&PriceQuery { provider, model, usage: Some(&usage), region, ..PriceQuery::default() }) {
            Cost::Exact { total, .. } => total,
            Cost::Unknown(reason) => panic!("{reason:?}"),
        }
    };
    // A token costs 100000 x 1.1 pico-dollars, reduced to 0.0005 %: 0.55, 1.1, 1.65.
    assert_eq!([cost("99.9995", 1), cost("99.9995", 2), cost("99.9995", 3)], [1, 1, 2]);
    // 0.44 and 0.88, though twice 0.44 rounded is nothing.
    assert_eq!([cost("99.9996", 1), cost("99.9996", 2)], [0, 1]);
}

#[test]
fn what_is_no_percentage_says_why() {
    for (percent, error) in [
        ("", PercentError::NotDecimal),
        ("-5", PercentError::NotDecimal),
        ("5%", PercentError::NotDecimal),
        ("0.00001", PercentError::TooPrecise),
        ("100.0001", PercentError::TooLarge),
        ("99999999999999999999999", PercentError::TooLarge),
    ] {
        assert_eq!(Discount::new("openai", "*", percent).unwrap_err(), error, "{percent}");
    }
}
