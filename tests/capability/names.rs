//! Names of models in all their spellings.

use crate::shown;
use tollgate::capability::{Capabilities, lookup};

#[test]
fn models_have_the_facts_of_the_list() {
    for (model, expected) in [
        ("claude-sonnet-4-5", "64000 200000 images ?audio documents tools ?parallel ?forced schema reasoning"),
        ("claude-opus-4-7", "128000 1000000 images ?audio documents tools ?parallel ?forced schema reasoning"),
        ("claude-opus-5-5", "128000 1000000 images ?audio documents tools ?parallel -forced schema reasoning"),
        ("claude-3-haiku-20240307", "4096 200000 images ?audio ?documents tools ?parallel ?forced -schema ?reasoning"),
        ("gpt-4o", "16384 128000 images ?audio documents tools parallel ?forced schema ?reasoning"),
        ("gpt-5", "128000 272000 images -audio documents tools parallel ?forced schema reasoning"),
        ("o3-mini", "100000 200000 -images ?audio ?documents tools -parallel ?forced schema reasoning"),
        ("gemini-2.5-pro", "65536 1048576 images audio documents tools ?parallel ?forced schema reasoning"),
        ("gemini-3.8-flash", "65536 1048576 images audio documents tools parallel ?forced schema reasoning"),
        ("command-a-03-2025", "8000 256000 ?images ?audio ?documents tools ?parallel ?forced ?schema ?reasoning"),
        ("mistral-large-latest", "262144 262144 images ?audio ?documents tools ?parallel ?forced schema ?reasoning"),
        ("deepseek-reasoner", "65536 131072 ?images ?audio ?documents -tools -parallel -forced schema reasoning"),
        ("grok-4.6", "500000 500000 images ?audio ?documents tools ?parallel ?forced schema reasoning"),
        ("kimi-k3", "1048576 1048576 images ?audio ?documents tools ?parallel ?forced schema reasoning"),
        ("amazon.nova-pro-v1:0", "10000 300000 images ?audio documents tools ?parallel ?forced schema ?reasoning"),
        (
            "meta.llama3-3-70b-instruct-v1:0",
            "4096 128000 ?images ?audio ?documents tools ?parallel -forced ?schema ?reasoning",
        ),
        (
            "llama-3.3-70b-versatile",
            "131072 131072 -images ?audio ?documents tools ?parallel ?forced ?schema -reasoning",
        ),
    ] {
        assert_eq!(shown(model), expected, "{model}");
    }
}

/// A model's names at providers, in paths and ARNs, and in answers.
#[test]
fn a_model_is_found_by_every_spelling_of_its_name() {
    for (model, spellings) in [
        (
            "claude-opus-4-7",
            &[
                "claude-opus-4-7-20260416",
                "claude-opus-4-7@default",
                "claude-opus-4-7@20260416",
                "claude-opus-4-7-latest",
                "anthropic/claude-opus-4-7",
                "anthropic/claude-opus-4.7",
                "openrouter/anthropic/claude-opus-4.7",
                "claude-opus-4.7:thinking",
                "publishers/anthropic/models/claude-opus-4-7",
                "projects/p/locations/global/publishers/anthropic/models/claude-opus-4-7@default",
                "vertex_ai/claude-opus-4-7@default",
            ][..],
        ),
        (
            "anthropic.claude-opus-4-7",
            &[
                "us.anthropic.claude-opus-4-7",
                "eu.anthropic.claude-opus-4-7",
                "global.anthropic.claude-opus-4-7",
                "us.anthropic.claude-opus-4-7-v1:0",
                "us.anthropic.claude-opus-4-7-v1%3A0",
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-7",
                "bedrock/us.anthropic.claude-opus-4-7",
            ],
        ),
        (
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            &["us.anthropic.claude-haiku-4-5-20251001-v1:0", "jp.anthropic.claude-haiku-4-5-20251001-v1"],
        ),
        ("gemini-2.5-flash", &["models/gemini-2.5-flash", "google/gemini-2.5-flash", "gemini/gemini-2.5-flash"]),
        (
            "gpt-4o-mini",
            &[
                "gpt-4o-mini-2024-07-18",
                "ft:gpt-4o-mini-2024-07-18:acme::A1b2C3",
                "ft:gpt-4o-mini:acme:helper:A1b2C3",
                "openai/gpt-4o-mini",
                "azure/gpt-4o-mini",
            ],
        ),
        ("o4-mini", &["o4-mini-2025-04-16", "openai/o4-mini"]),
        ("gpt-5.2", &["gpt-5.2-2025-12-11", "openai/gpt-5.2", "openrouter/openai/gpt-5.2:online"]),
        ("claude-sonnet-4-5", &["claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"]),
        ("claude-3-5-haiku-20241022", &["claude-3-5-haiku-latest"]),
        ("mistral-large-2512", &["mistral/mistral-large-2512"]),
    ] {
        for spelling in spellings {
            assert_eq!(lookup(spelling), lookup(model), "{spelling} is {model}");
        }
        assert_ne!(lookup(model), Capabilities::UNKNOWN, "{model}");
    }
}

#[test]
fn a_host_s_own_facts_precede_the_vendor_s() {
    let schema = |model: &str| lookup(model).schema;
    assert_eq!((schema("claude-opus-4-7"), schema("us.anthropic.claude-opus-4-7")), (Some(true), Some(false)));
}

#[test]
fn of_a_model_that_nobody_knows_nothing_is_known() {
    let long = "claude-opus-4-7".repeat(1000);
    let deep = "a/".repeat(2000);
    for model in [
        "",
        "-",
        "/",
        ":0",
        "my-deployment",
        "prod-chat",
        "llama-99",
        "acme/secret-model-v1",
        "gpt",
        "gpt-",
        "chatgpt-4o-latest-of-mine",
        "claude",
        "claude-next",
        "ft:",
        "models/",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123",
        "%",
        "%FF",
        "é",
        &long,
        &deep,
    ] {
        assert_eq!(lookup(model), Capabilities::UNKNOWN, "{model}");
    }
}
