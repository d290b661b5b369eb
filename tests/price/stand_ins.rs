//! Buckets without a price of their own.
#![cfg(test)]

use crate::asked::{cost, cost_in_tier, total, unknown};
use tollgate::price::{Book, Cost, PriceQuery};
use tollgate::usage::Bucket;

#[test]
fn cached_input_costs_what_input_does_where_caching_is_not_priced() {
    // gpt-4 has no discount: 10 x 30 + 10 x 30
    let counts = [(Bucket::Input, 10), (Bucket::CacheRead, 10)];
    assert_eq!(total(&cost("openai", "gpt-4", &counts)), "0.0006");
    // gpt-4o has one, but writing has no extra cost: 10 x 2.50
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
    for model in ["gpt-4o", "no-such-model"] {
        let question = PriceQuery { provider: "openai", model, ..PriceQuery::default() };
        assert_eq!(book.cost(&question), unknown("usage"));
    }
    assert_eq!(cost("openai", "gpt-4o", &[]), unknown("usage"));
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

#[test]
fn images_video_and_what_tools_bring_cost_what_text_does() {
    // 10 x 1.25 each.
    for bucket in [Bucket::InputImage, Bucket::InputVideo, Bucket::ToolInput] {
        assert_eq!(total(&cost("gcp.gemini", "gemini-2.5-pro", &[(bucket, 10)])), "0.0000125", "{bucket:?}");
    }
    // Where images have a price of their own, video without one is not text either.
    assert_eq!(total(&cost("openai", "gpt-image-1", &[(Bucket::InputImage, 10)])), "0.0001");
    assert_eq!(cost("openai", "gpt-image-1", &[(Bucket::InputVideo, 10)]), unknown("bucket"));
}

#[test]
fn images_that_were_made_have_no_stand_in() {
    assert_eq!(cost("gcp.gemini", "gemini-2.5-flash", &[(Bucket::OutputImage, 10)]), unknown("bucket"));
    assert_eq!(total(&cost("gcp.gemini", "gemini-2.5-flash-image", &[(Bucket::OutputImage, 10)])), "0.0003");
}

#[test]
fn what_is_read_from_the_cache_keeps_its_kind() {
    let flash = |bucket| cost("gcp.gemini", "gemini-2.5-flash", &[(bucket, 1000)]);
    assert_eq!(total(&flash(Bucket::CacheRead)), "0.00003");
    assert_eq!(total(&flash(Bucket::CacheReadAudio)), "0.0001");
    assert_eq!(total(&flash(Bucket::CacheReadImage)), "0.00003");
    assert_eq!(total(&cost("openai", "gpt-image-1", &[(Bucket::CacheReadImage, 1000)])), "0.0025");
    // Caching is not priced, so that audio from the cache is audio.
    let audio = cost("openai", "gpt-4o-audio-preview-2025-06-03", &[(Bucket::CacheReadAudio, 1000)]);
    assert_eq!(total(&audio), "0.04");
    // Caching is priced, but not for audio.
    assert_eq!(cost("openai", "gpt-4o", &[(Bucket::CacheReadAudio, 1)]), unknown("bucket"));
}

#[test]
fn a_tier_is_not_taken_to_give_up_what_the_standard_one_tells_apart() {
    // Listed with a discount under the standard tier, and not at all under batch.
    let cached = [(Bucket::CacheRead, 1000)];
    assert_eq!(total(&cost("azure.ai.openai", "eu/gpt-4o", &cached)), "0.001375");
    assert_eq!(cost_in_tier("openai", "gpt-4o", &cached, Some("batch")), unknown("bucket"));
    // Reasoning has no different price anywhere, though the standard tier names it.
    let reasoning = [(Bucket::Reasoning, 1000)];
    assert_eq!(total(&cost("gcp.gemini", "gemini-2.5-flash", &reasoning)), "0.0025");
    assert_eq!(total(&cost_in_tier("gcp.gemini", "gemini-2.5-flash", &reasoning, Some("priority"))), "0.0045");
}
