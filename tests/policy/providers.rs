//! Providers of the table: base paths, regions and hosts.

use super::provider;
use tollgate::endpoint::Route;
use tollgate::provider::{Provider, ProviderRow, ROWS};

#[test]
fn a_path_gets_its_providers_base() {
    for (kind, client, expected) in [
        ("groq", "/v1/chat/completions", Some("/openai/v1/chat/completions")),
        ("groq", "/openai/v1/chat/completions", None),
        ("openai", "/v1/chat/completions", None),
        ("deepseek", "/v1/chat/completions?a=1", Some("/chat/completions?a=1")),
        ("zai", "/v1/chat/completions", Some("/api/paas/v4/chat/completions")),
        ("anthropic", "/v1/messages?beta=true", None),
        ("gemini", "/v1/models/g:generateContent?alt=sse", None),
        ("gemini", "/v1/chat/completions", Some("/v1beta/openai/chat/completions")),
        ("openrouter", "/v1/models", Some("/api/v1/models")),
    ] {
        let method = if client.ends_with("/models") { "GET" } else { "POST" };
        let provider = Provider::new("a", ProviderRow::of(kind).unwrap(), "key");
        let changed = provider.path(client, &Route::of(method, client, provider.row.endpoints), false);
        assert_eq!(changed.as_deref(), expected, "{kind} {client}");
        let called = provider.path(client, &Route::of(method, client, provider.row.endpoints), true);
        assert!(called.is_none(), "{kind} {client}: the client knows the provider's paths");
    }
}

#[test]
fn a_host_names_the_region_that_prices_depend_on() {
    for (kind, host, region) in [
        ("openai", "api.openai.com", None),
        ("openai", "eu.api.openai.com", Some("eu")),
        ("bedrock", "bedrock-runtime.eu-west-1.amazonaws.com", Some("eu-west-1")),
        ("bedrock", "bedrock-runtime-fips.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
        ("bedrock", "bedrock-runtime.eu-west-1.api.aws", Some("eu-west-1")),
        ("vertex_ai", "us-east5-aiplatform.googleapis.com", Some("us-east5")),
        ("vertex_ai", "aiplatform.googleapis.com", None),
        ("azure_openai", "eu.openai.azure.com", None),
    ] {
        assert_eq!(provider("any", kind, host).region.as_deref(), region, "{host}");
    }
}

#[test]
fn every_row_of_the_table_stands_for_a_provider() {
    for row in ROWS {
        assert!(ProviderRow::of(row.kind).is_some_and(|found| std::ptr::eq(found, row)), "{} is there twice", row.kind);
        assert!(row.base.is_empty() || row.base.starts_with('/') && !row.base.ends_with('/'), "{}", row.kind);
        assert!(!row.dialects.is_empty() && !row.telemetry_name.is_empty(), "{}", row.kind);
        for place in row.hosts {
            assert_eq!(*place, place.to_ascii_lowercase());
        }
        let Some(host) = row.host() else { continue };
        let provider = Provider::new("a", row, "key");
        if row.port == 443 {
            assert_eq!(provider.authority(), host);
            assert!(
                ProviderRow::at(host, 443, row.hosts[0].split_once('/').map_or("", |_| row.base)).is_some(),
                "{}",
                row.kind
            );
        }
        assert!(row.dialects.iter().all(|dialect| provider.speaks(*dialect)));
    }
    assert!(ProviderRow::of("OpenAI").is_none());
}
