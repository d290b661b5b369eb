//! Names that resolve, and names that must not.
#![cfg(test)]

use crate::asked::{cost, cost_in_region, exact, found};
use crate::book::{Row, rows};
use proptest::prelude::*;
use tollgate::price::{Book, Cost, PriceQuery};
use tollgate::usage::{Bucket, Usage};

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

/// A Bedrock name without its geography and without the first version's number.
fn plain(name: &str) -> &str {
    let name = name.split_once('.').filter(|(before, _)| before.len() <= 6 && !before.contains('/')).map_or(
        name,
        |(before, rest)| {
            if ["us", "us-gov", "eu", "apac", "au", "ca", "global", "in", "jp"].contains(&before) { rest } else { name }
        },
    );
    let name = name.strip_suffix(":0").unwrap_or(name);
    name.strip_suffix("-v1").unwrap_or(name)
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
            let cost = cost(provider, &name, &[(Bucket::Input, 0)]);
            let Cost::Exact { entry, .. } = &cost else { continue };
            let entry = entry.strip_suffix(" (settings)").unwrap_or(entry);
            let fine_tuned = model.starts_with("ft:") && name == format!("{model}:x");
            let rightly = match provider {
                // Both have one catalogue, with older names in two spellings.
                "azure.ai.openai" | "azure.ai.inference" => {
                    let alike = |name: &str| name.replace("gpt-3.5", "gpt-35");
                    entry.split_once('/').is_some_and(|(_, entry)| alike(entry) == alike(&name))
                }
                "aws.bedrock" => entry.split_once('/').is_some_and(|(_, entry)| plain(entry) == plain(&name)),
                _ => entry == format!("{provider}/{name}"),
            };
            let only_snapshot = entry.starts_with(&format!("{provider}/{name}-20"));
            assert!(rightly || fine_tuned || only_snapshot, "{provider}/{name} resolved to {entry}");
        }
    }
}

#[test]
fn a_geography_without_a_price_has_not_that_of_elsewhere() {
    // Regional profiles of these cost a tenth more than the global one; Canada's is not listed.
    for model in ["anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-opus-4-6-v1"] {
        assert_eq!(found("aws.bedrock", model), format!("aws.bedrock/{model}"));
        assert_eq!(found("aws.bedrock", &format!("eu.{model}")), format!("aws.bedrock/eu.{model}"));
        assert_eq!(found("aws.bedrock", &format!("ca.{model}")), "model");
        assert_eq!(found("aws.bedrock", &format!("ca.{}", model.trim_end_matches(":0"))), "model");
    }
}

#[test]
fn names_of_bedrock_resolve_by_rule() {
    for (model, entry) in [
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("anthropic.claude-haiku-4-5-20251001-v1%3A0", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("anthropic.claude-haiku-4-5-20251001-v1%3a0", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("anthropic.claude-haiku-4-5-20251001-v1", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("ca.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0"),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        (
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude-haiku-4-5-20251001-v1%3A0",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        (
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        ("anthropic.claude-opus-4-8-v1:0", "anthropic.claude-opus-4-8"),
        ("eu.amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0"),
        ("cohere.command-r-plus-v1:0", "cohere.command-r-plus-v1:0"),
    ] {
        assert_eq!(found("aws.bedrock", model), format!("aws.bedrock/{entry}"), "{model}");
    }
    for model in [
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6",
        "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/a1b2c3d4e5f6",
        "arn:aws:bedrock:us-east-1:111122223333:custom-model/anthropic.claude-haiku-4-5-20251001-v1:0/a1b2c3d4e5f6",
        "arn:aws:bedrock:us-east-1::foundation-model",
        "arn:",
        "mars.anthropic.claude-haiku-4-5-20251001-v1:0",
        "us.us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-haiku-4-5-20251001-v1:0:48k",
        "anthropic.claude-haiku-4-5-20251001-v2:0",
        "claude-haiku-4-5-20251001",
        "%",
        "%3",
        "%ff%fe",
    ] {
        assert_eq!(found("aws.bedrock", model), "model", "{model}");
    }
}

#[test]
fn the_region_of_an_arn_is_that_of_the_call() {
    let model = "anthropic.claude-instant-v1";
    let counts = [(Bucket::Input, 1)];
    let of_region = cost_in_region("aws.bedrock", model, &counts, "ap-northeast-1");
    assert_eq!(exact(&of_region).1, "aws.bedrock/ap-northeast-1/anthropic.claude-instant-v1");
    let arn = format!("arn:aws:bedrock:ap-northeast-1::foundation-model/{model}");
    assert_eq!(found("aws.bedrock", &arn), "aws.bedrock/ap-northeast-1/anthropic.claude-instant-v1");
    assert_eq!(found("aws.bedrock", model), "aws.bedrock/anthropic.claude-instant-v1");
}

#[test]
fn names_of_other_providers_resolve_by_rule() {
    for (provider, model, entry) in [
        ("gcp.gemini", "models/gemini-2.5-pro", "gcp.gemini/gemini-2.5-pro"),
        ("gcp.vertex_ai", "gemini-2.5-pro", "gcp.vertex_ai/gemini-2.5-pro"),
        ("gcp.vertex_ai", "google/gemini-2.5-pro", "gcp.vertex_ai/gemini-2.5-pro"),
        ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro", "gcp.vertex_ai/gemini-2.5-pro"),
        (
            "gcp.vertex_ai",
            "projects/p/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5@20251001",
            "gcp.vertex_ai/claude-haiku-4-5@20251001",
        ),
        ("gcp.vertex_ai", "claude-haiku-4-5@20310203", "gcp.vertex_ai/claude-haiku-4-5"),
        ("gcp.vertex_ai", "claude-haiku-4-5@default", "gcp.vertex_ai/claude-haiku-4-5"),
        (
            "gcp.vertex_ai",
            "projects/p/locations/l/publishers/meta/models/llama-4-scout-17b-16e-instruct-maas",
            "gcp.vertex_ai/meta/llama-4-scout-17b-16e-instruct-maas",
        ),
        ("azure.ai.openai", "gpt-4o-mini-2024-07-18", "azure.ai.openai/gpt-4o-mini-2024-07-18"),
        ("azure.ai.openai", "gpt-35-turbo-0125", "azure.ai.openai/gpt-35-turbo-0125"),
        ("azure.ai.openai", "gpt-3.5-turbo-1106", "azure.ai.openai/gpt-35-turbo-1106"),
        ("azure.ai.inference", "gpt-4o-mini-2024-07-18", "azure.ai.openai/gpt-4o-mini-2024-07-18"),
        ("azure.ai.openai", "mistral-large-3", "azure.ai.inference/mistral-large-3"),
        ("fireworks", "accounts/fireworks/models/deepseek-v3p2", "fireworks/accounts/fireworks/models/deepseek-v3p2"),
        ("openrouter", "anthropic/claude-haiku-4.5", "openrouter/anthropic/claude-haiku-4.5"),
        ("ollama", "llama3.1:latest", "ollama/llama3.1"),
        ("replicate", &format!("meta/llama-2-7b:{}", "0f".repeat(32)), "replicate/meta/llama-2-7b"),
        ("mistral_ai", "mistral-large-latest", "mistral_ai/mistral-large-latest"),
        ("x_ai", "grok-4", "x_ai/grok-4"),
        ("cloudflare", "@cf/meta/llama-2-7b-chat-int8", "cloudflare/@cf/meta/llama-2-7b-chat-int8"),
    ] {
        assert_eq!(found(provider, model), entry, "{model}");
    }
    for (provider, model) in [
        ("gcp.gemini", "tunedModels/gemini-2.5-pro"),
        ("gcp.vertex_ai", "projects/p/locations/l/endpoints/1234567890"),
        ("gcp.vertex_ai", "openai/gemini-2.5-pro"),
        ("openrouter", "anthropic/claude-haiku-4.5:nitro"),
        ("openrouter", "openai/gpt-oss-20b"),
        ("openrouter", "claude-haiku-4.5"),
        ("replicate", "meta/llama-2-7b:0f"),
        ("azure.ai.openai", "my-deployment"),
        ("openai_compatible", "gpt-4o"),
        ("litellm", "gpt-4o"),
        ("huggingface", "meta-llama/Llama-3.1-8B-Instruct"),
    ] {
        assert_eq!(found(provider, model), "model", "{provider} {model}");
    }
}

#[test]
fn a_name_of_any_length_is_looked_up_or_refused_at_once() {
    assert_eq!(found("openai", &"x".repeat(10_000_000)), "model");
    assert_eq!(found("aws.bedrock", &"%3A".repeat(1000)), "model");
}

proptest! {
    #[test]
    fn no_name_and_no_usage_makes_a_lookup_panic(
        provider in "(openai|anthropic|aws.bedrock|gcp.vertex_ai|deepseek|replicate|.{0,5})",
        model in "([a-z0-9:@.é/%\t-]{0,40}|arn:[a-z:/.]{0,40}|.{0,20})",
        counts in proptest::collection::vec(proptest::option::of(0..u64::MAX), Bucket::ALL.len()),
        tier in proptest::option::of(".{0,10}"),
        region in proptest::option::of("(eu|us|global|.{0,10})"),
        at in proptest::option::of(0..u64::MAX),
    ) {
        let mut usage = Usage::default();
        for (bucket, count) in Bucket::ALL.into_iter().zip(counts) {
            usage.set(bucket, count);
        }
        let (tier, region) = (tier.as_deref(), region.as_deref());
        let question = PriceQuery { provider: &provider, model: &model, usage: Some(&usage), tier, region, at, ..PriceQuery::default() };
        let _ = Book::built_in().cost(&question);
    }
}
