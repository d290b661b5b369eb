//! Counts in other units than tokens, and items counted twice.
#![cfg(test)]

use crate::asked::{cost, cost_in_tier, total, unknown};
use tollgate::price::{Cost, decimal};
use tollgate::usage::{Bucket, Unit};

#[test]
fn each_unit_has_its_price() {
    for (provider, model, bucket, count, dollars) in [
        ("openai", "whisper-1", Bucket::InputSeconds, 97, "0.0097"),
        ("openai", "tts-1-hd", Bucket::InputCharacters, 1_234, "0.03702"),
        ("openai", "sora-2", Bucket::OutputSeconds, 8, "0.8"),
        ("cohere", "rerank-v3.5", Bucket::Searches, 3, "0.006"),
        ("mistral_ai", "mistral-ocr-latest", Bucket::Pages, 7, "0.028"),
        ("fal_ai", "fal-ai/flux-pro/v1.1", Bucket::OutputImages, 3, "0.12"),
        ("aws.bedrock", "amazon.titan-embed-image-v1", Bucket::InputImages, 2, "0.00012"),
        ("anthropic", "claude-opus-4-8", Bucket::WebSearches, 2, "0.02"),
        ("perplexity", "pplx-7b-online", Bucket::Requests, 1, "0.005"),
    ] {
        assert_eq!(total(&cost(provider, model, &[(bucket, count)])), dollars, "{model}");
        assert_ne!(bucket.unit(), Unit::Token);
    }
}

#[test]
fn a_size_has_a_price_by_name_only() {
    let seconds = [(Bucket::OutputSeconds, 4)];
    assert_eq!(total(&cost("gcp.gemini", "4k/veo-3.1-generate-preview", &seconds)), "2.4");
    assert_eq!(cost("gcp.gemini", "veo-3.1-generate-preview", &seconds), unknown("model"));
}

#[test]
fn a_request_s_price_is_added_once() {
    let expected = |total, parts: &[(Bucket, u64)]| Cost::Exact {
        total,
        parts: parts.to_vec(),
        entry: "openai/gpt-4o-search-preview".to_owned(),
    };
    // 1000 x 2.50 and 0.025.
    let both = [(Bucket::Input, 2_500_000_000), (Bucket::Requests, 25_000_000_000)];
    let cost = |counts: &[(Bucket, u64)]| cost("openai", "gpt-4o-search-preview", counts);
    assert_eq!(cost(&[(Bucket::Input, 1000)]), expected(27_500_000_000, &both));
    assert_eq!(cost(&[(Bucket::Input, 1000), (Bucket::Requests, 1)]), expected(27_500_000_000, &both));
    // A tier changes the price of tokens, not the fee.
    let batch = cost_in_tier("openai", "gpt-4o-search-preview", &[(Bucket::Input, 1000)], Some("batch"));
    assert_eq!(total(&batch), decimal(26_250_000_000));
}

#[test]
fn a_request_without_a_price_is_billed_by_what_else_is_counted() {
    assert_eq!(total(&cost("openai", "gpt-4o", &[(Bucket::Input, 1000), (Bucket::Requests, 1)])), "0.0025");
    assert_eq!(cost("openai", "gpt-4o", &[(Bucket::Requests, 1)]), unknown("bucket"));
}

#[test]
fn a_search_costs_the_same_whatever_the_tier_and_the_length() {
    let long = [(Bucket::Input, 300_000), (Bucket::WebSearches, 1)];
    // 300000 x 4 and 0.01.
    assert_eq!(total(&cost("openai", "gpt-6.1-sol", &long)), "1.21");
    assert_eq!(total(&cost_in_tier("openai", "gpt-6.1-sol", &long, Some("flex"))), "0.61");
    assert_eq!(cost("openai", "gpt-3.5-turbo", &[(Bucket::WebSearches, 1)]), unknown("bucket"));
}

#[test]
fn a_grounded_prompt_is_billed_once_before_gemini_3_and_by_the_query_since() {
    let searches = [(Bucket::WebSearches, 3)];
    assert_eq!(total(&cost("gcp.gemini", "gemini-2.5-flash", &searches)), "0.035");
    assert_eq!(total(&cost("gcp.gemini", "gemini-3.5-flash", &searches)), "0.042");
}

#[test]
fn what_is_counted_in_two_units_is_billed_in_one() {
    // Seconds are the provider's estimate of the tokens' cost.
    let by_tokens = [(Bucket::InputAudio, 1000), (Bucket::Output, 10)];
    let both = [(Bucket::InputAudio, 1000), (Bucket::Output, 10), (Bucket::InputSeconds, 60)];
    let transcribe = |counts: &[(Bucket, u64)]| total(&cost("openai", "gpt-4o-transcribe", counts));
    assert_eq!(transcribe(&both), transcribe(&by_tokens));
    assert_eq!(transcribe(&[(Bucket::InputSeconds, 60)]), "0.006");
    // An image is its tokens, where those are counted.
    let image = |counts: &[(Bucket, u64)]| total(&cost("gcp.gemini", "gemini-2.5-flash-image", counts));
    assert_eq!(image(&[(Bucket::OutputImage, 1290), (Bucket::OutputImages, 1)]), "0.0387");
    assert_eq!(image(&[(Bucket::OutputImages, 1)]), "0.039");
    // Characters with a price replace the text's tokens; characters without one do not.
    let embedded = [(Bucket::Input, 100), (Bucket::InputCharacters, 400)];
    assert_eq!(total(&cost("gcp.vertex_ai", "text-embedding-005", &embedded)), "0.00001");
    assert_eq!(total(&cost("openai", "text-embedding-3-small", &embedded)), "0.000002");
    assert_eq!(cost("openai", "gpt-4o", &[(Bucket::InputCharacters, 400)]), unknown("bucket"));
}
