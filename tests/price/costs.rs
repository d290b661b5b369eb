//! Costs, by hand: prices by bucket, length, tier, region and hour.
#![cfg(test)]

use crate::asked::{cost, cost_in_region, cost_in_tier, exact, total, unknown, usage};
use tollgate::price::{Book, Cost, PriceQuery};
use tollgate::usage::Bucket;

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
    // 100000 x 0.10 + 1000 x 0.50: at the threshold the lower rates still apply.
    let at = cost("anthropic", model, &[(Bucket::Input, 100_000), (Bucket::Output, 1000)]);
    assert_eq!(exact(&at), ("0.0105".to_owned(), "anthropic/claude-haiku-5-5"));
    // 40000 x 0.50 + 50000 x 0.05 + 10000 x 0.625 + 1 x 1 + 1000 x 2.50: cached tokens count for the length.
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
    // Output is not part of the prompt: 1 x 0.10 + 200000 x 0.50
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
    // The tier is listed, but not for a prompt of this length.
    let long = [(Bucket::Input, 272_001)];
    assert_eq!(cost_in_tier("openai", "gpt-5.4", &long, Some("priority")), unknown("bucket"));
}

#[test]
fn a_tier_goes_by_the_word_that_its_provider_has_for_it() {
    let counts = [(Bucket::Input, 1_000_000)];
    for (provider, model, tier, dollars, tier_in_book) in [
        ("gcp.vertex_ai", "gemini-2.5-flash", "ON_DEMAND", "0.3", ""),
        ("gcp.vertex_ai", "gemini-2.5-flash", "ON_DEMAND_PRIORITY", "0.54", " (priority)"),
        ("gcp.vertex_ai", "gemini-2.5-flash", "ON_DEMAND_FLEX", "0.15", " (flex)"),
        ("openai", "gpt-4.1", "fast", "3.5", " (priority)"),
        ("anthropic", "claude-opus-4-8", "fast", "10", " (fast)"),
        ("anthropic", "claude-opus-4-8", "batch", "2.5", " (batch)"),
    ] {
        let cost = cost_in_tier(provider, model, &counts, Some(tier));
        assert_eq!(exact(&cost), (dollars.to_owned(), &*format!("{provider}/{model}{tier_in_book}")), "{tier}");
    }
    // Prepaid throughput has no price per token.
    assert_eq!(
        cost_in_tier("gcp.vertex_ai", "gemini-2.5-flash", &counts, Some("PROVISIONED_THROUGHPUT")),
        unknown("bucket")
    );
}

#[test]
fn a_region_multiplies_what_tokens_cost() {
    let counts = [(Bucket::Input, 1000), (Bucket::Output, 10), (Bucket::WebSearches, 1)];
    // 1000 x 5 + 10 x 25, in millionths of a dollar, and 0.01 for the search.
    let anywhere = ("0.01525".to_owned(), "anthropic/claude-opus-4-8");
    assert_eq!(exact(&cost("anthropic", "claude-opus-4-8", &counts)), anywhere);
    for region in ["global", "not_available", "eu", "us-east-1", ""] {
        assert_eq!(exact(&cost_in_region("anthropic", "claude-opus-4-8", &counts, region)), anywhere, "{region}");
    }
    for region in ["us", "US"] {
        let cost = cost_in_region("anthropic", "claude-opus-4-8", &counts, region);
        assert_eq!(exact(&cost), ("0.015775".to_owned(), "anthropic/claude-opus-4-8 (us)"));
    }
    // Vertex AI: any endpoint but the global one.
    let tokens = [(Bucket::Input, 1000)];
    for (region, dollars, entry) in
        [("global", "0.0015", "gemini-3.5-flash"), ("europe-west4", "0.00165", "gemini-3.5-flash (europe-west4)")]
    {
        let cost = cost_in_region("gcp.vertex_ai", "gemini-3.5-flash", &tokens, region);
        assert_eq!(exact(&cost), (dollars.to_owned(), &*format!("gcp.vertex_ai/{entry}")));
    }
}

#[test]
fn a_region_may_have_an_entry_of_its_own() {
    let counts = [(Bucket::Input, 1_000_000)];
    for (region, dollars, entry) in [("eu", "2.75", "eu/gpt-4o-2024-11-20"), ("westeurope", "2.5", "gpt-4o-2024-11-20")]
    {
        let cost = cost_in_region("azure.ai.openai", "gpt-4o-2024-11-20", &counts, region);
        assert_eq!(exact(&cost), (dollars.to_owned(), &*format!("azure.ai.openai/{entry}")));
    }
}

#[test]
fn a_surcharge_is_rounded_once_in_a_bucket_and_half_up() {
    // 0.0625 x 1.1 is 68750 pico-dollars a token and no fraction; five tokens at 0.1 x 1.1 cost 550000.
    let cost = cost_in_region("anthropic", "claude-haiku-5-5", &[(Bucket::Input, 5)], "us");
    assert_eq!(total(&cost), "0.00000055");
}

#[test]
fn the_hour_decides_where_prices_depend_on_it() {
    let usage = usage(&[(Bucket::Input, 1_000_000)]);
    let ask = |at| {
        let (provider, model) = ("deepseek", "deepseek-v4-pro");
        Book::built_in().cost(&PriceQuery { provider, model, usage: Some(&usage), at, ..PriceQuery::default() })
    };
    // Friday, 20 November 2026, 00:00 UTC.
    let friday = 1_795_132_800;
    for (hour, dollars) in
        [(0, "0.66"), (1, "1.32"), (3, "1.32"), (4, "0.66"), (6, "1.32"), (9, "1.32"), (10, "0.66"), (23, "0.66")]
    {
        assert_eq!(total(&ask(Some(friday + hour * 3600))), dollars, "{hour}:00");
    }
    assert_eq!(total(&ask(Some(friday + 3599))), "0.66");
    assert_eq!(total(&ask(Some(friday + 4 * 3600 - 1))), "1.32");
    // Saturday and Sunday all day, and Monday not.
    for (day, dollars) in [(1, "0.66"), (2, "0.66"), (3, "1.32")] {
        assert_eq!(total(&ask(Some(friday + day * 86_400 + 2 * 3600))), dollars, "{day} days later");
    }
    assert_eq!(exact(&ask(Some(friday))).1, "deepseek/deepseek-v4-pro (off_peak)");
    assert_eq!(ask(None), unknown("time"));
    ask(Some(u64::MAX));
}

#[test]
fn the_size_of_a_search_s_context_decides_at_perplexity() {
    // 1000 x 1 and the fee of a request.
    let counts = [(Bucket::Input, 1000)];
    for (size, dollars) in [("low", "0.006"), ("medium", "0.009"), ("high", "0.013")] {
        assert_eq!(total(&cost_in_tier("perplexity", "sonar", &counts, Some(size))), dollars);
    }
    assert_eq!(cost("perplexity", "sonar", &counts), unknown("bucket"));
}
