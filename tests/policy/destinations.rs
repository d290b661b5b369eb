//! Choice of the provider, by name, host, path and dialect.

use super::{keyring, provider};
use proptest::prelude::*;
use tollgate::dialect::Dialect;
use tollgate::endpoint::Route;
use tollgate::model::Misdirection;
use tollgate::policy::{Destination, GatewayHost, Hosts, Presented, choose, is_called};
use tollgate::provider::{Provider, ProviderRow, ROWS};

/// The provider of a call whose client addresses a host and may name a provider; `None` where it is refused.
fn chosen<'a>(
    providers: &'a [Provider],
    dialect: Option<Dialect>,
    authority: &str,
    target: Option<&str>,
) -> Option<&'a str> {
    let target = target.map(str::as_bytes);
    let destination = Destination::of(providers, &Hosts::default(), authority, target.into_iter()).ok()?;
    choose(providers, destination, dialect, None, authority, "/").map(|provider| provider.name.as_str())
}

#[test]
fn a_call_goes_to_whom_it_names_or_else_to_the_first_that_speaks_its_dialect() {
    let providers = [
        provider("anthropic", "anthropic", "api.anthropic.com"),
        provider("openai", "openai", "api.openai.com"),
        provider("openai-eu", "openai", "eu.api.openai.com"),
        provider("local", "openai", "2001:db8::1"),
    ];
    let (openai, anthropic) = (Some(Dialect::OpenAiChat), Some(Dialect::AnthropicMessages));
    for (dialect, authority, expected) in [
        (openai, "gateway.mesh:8080", Some("openai")),
        (openai, "", Some("openai")),
        (openai, "eu.api.openai.com", Some("openai-eu")),
        (openai, "EU.api.OpenAI.com.:443", Some("openai-eu")),
        (openai, "user@eu.api.openai.com", Some("openai-eu")),
        (openai, "[2001:DB8::1]:443", Some("local")),
        (openai, "api.anthropic.com", Some("anthropic")),
        (openai, "xeu-api.openai.com", Some("openai")),
        (None, "eu.api.openai.com:443", Some("openai-eu")),
        (None, "api.anthropic.com", Some("anthropic")),
        (None, "gateway.mesh", None),
        (None, "", None),
    ] {
        assert_eq!(chosen(&providers, dialect, authority, None), expected, "{dialect:?} {authority}");
    }
    assert!(chosen(&providers[1..], anthropic, "api.openai.com", None).is_none());
    assert!(chosen(&[], openai, "gateway", None).is_none());
}

#[test]
fn a_call_to_a_known_provider_s_host_goes_to_no_other() {
    let providers = [
        provider("openai", "openai", "api.openai.com"),
        provider("anthropic", "anthropic", "api.anthropic.com"),
        provider("azure", "azure_openai", "acme.openai.azure.com"),
    ];
    let (openai, anthropic) = (Some(Dialect::OpenAiChat), Some(Dialect::AnthropicMessages));
    for host in [
        "api.mistral.ai",
        "api.groq.com:443",
        "API.DeepSeek.com.",
        "openrouter.ai",
        "other.openai.azure.com",
        "eu.api.openai.com",
        "bedrock-runtime.eu-west-1.amazonaws.com",
        "huggingface.co",
        "chatgpt.com",
        "user@api.mistral.ai:80",
    ] {
        for dialect in [openai, anthropic, None] {
            assert_eq!(chosen(&providers, dialect, host, None), None, "{host}");
            assert_eq!(chosen(&providers, dialect, host, Some("openai")), None, "{host}");
        }
    }
    // A configured provider that does not speak the path's dialect.
    assert_eq!(chosen(&providers, anthropic, "api.openai.com", None), None);
    assert_eq!(chosen(&providers, Some(Dialect::OpenAiImages), "api.anthropic.com", None), None);
    // Every host of the table that no gateway could have.
    for place in ROWS.iter().flat_map(|row| row.hosts).filter(|place| !place.contains(':')) {
        let host = place.split('/').next().unwrap().replace('*', "x");
        assert_eq!(chosen(&providers[1..2], openai, &host, None).is_some(), host == "api.anthropic.com", "{host}");
    }
    // Hosts that a gateway may have.
    for host in ["localhost:10000", "127.0.0.1:8080", "gateway:11434", "10.0.0.1", "openai.mesh"] {
        assert_eq!(chosen(&providers, openai, host, None), Some("openai"), "{host}");
    }
}

#[test]
fn a_gateway_on_the_loopback_interface_is_not_the_server_beside_it() {
    let local = Provider::new("local", ProviderRow::of("vllm").unwrap(), "k").at("localhost", 8000);
    let providers = [provider("openai", "openai", "api.openai.com"), local];
    let openai = Some(Dialect::OpenAiChat);
    assert_eq!(chosen(&providers, openai, "localhost:10000", None), Some("openai"));
    assert_eq!(chosen(&providers, openai, "localhost:8000", None), Some("local"));
    assert!(is_called(&providers[0], "api.openai.com:10000"));
}

#[test]
fn with_the_gateway_s_hosts_known_every_other_is_refused() {
    let host = |name: &str, port| GatewayHost { name: name.to_owned(), port };
    let hosts = Hosts::new(vec![host("llm.example", None), host("*.mesh.example", Some(10000)), host("::1", None)]);
    for own in ["llm.example", "LLM.example.:8080", "a.mesh.example:10000", "a.b.mesh.example:10000", "[::1]:99"] {
        assert_eq!(hosts.check(own), Ok(()), "{own}");
    }
    for other in
        ["", "gateway", "xllm.example", "mesh.example:10000", "a.mesh.example", "a.mesh.example:1", "api.mistral.ai"]
    {
        assert_eq!(hosts.check(other), Err(Misdirection::HostNotServed), "{other}");
    }
    let providers = [provider("openai", "openai", "api.openai.com")];
    let of = |authority| Destination::of(&providers, &hosts, authority, std::iter::empty());
    assert_eq!(of("api.openai.com"), Ok(Destination::Host));
    assert_eq!(of("llm.example"), Ok(Destination::Gateway));
}

#[test]
fn a_named_provider_is_the_one_or_none() {
    let providers = [
        provider("openai", "openai", "api.openai.com"),
        provider("openai-2", "openai", "api.openai.com"),
        provider("anthropic", "anthropic", "api.anthropic.com"),
    ];
    let (openai, anthropic) = (Some(Dialect::OpenAiChat), Some(Dialect::AnthropicMessages));
    for (dialect, authority, target, expected) in [
        (openai, "gateway", "openai-2", Some("openai-2")),
        (openai, "gateway", " openai-2 ", Some("openai-2")),
        (openai, "gateway", "anthropic", Some("anthropic")),
        (None, "gateway", "anthropic", Some("anthropic")),
        (openai, "api.openai.com", "openai-2", Some("openai-2")),
        (openai, "api.openai.com", "anthropic", None),
        (anthropic, "gateway", "openai", None),
        (openai, "gateway", "OpenAI", None),
        (openai, "gateway", "mistral", None),
        (openai, "gateway", "", None),
    ] {
        assert_eq!(chosen(&providers, dialect, authority, Some(target)), expected, "{authority} {target}");
    }
    let twice = |names: [&'static str; 2]| {
        Destination::of(&providers, &Hosts::default(), "gateway", names.into_iter().map(str::as_bytes))
    };
    assert_eq!(twice(["openai", "openai"]), Ok(Destination::Named(0)));
    assert_eq!(twice(["openai", "anthropic"]), Err(Misdirection::UnknownTarget));
}

#[test]
fn a_path_that_begins_with_a_provider_s_name_is_told_from_paths_of_their_own() {
    let providers = [
        provider("openai", "openai", "api.openai.com"),
        provider("groq", "groq", "api.groq.com"),
        provider("azure-openai", "azure_openai", "acme.openai.azure.com"),
        provider("replicate", "replicate", "api.replicate.com"),
        provider("outbound|443||a", "openai", "a.example"),
        provider("bedrock", "bedrock", "bedrock-runtime.us-east-1.amazonaws.com"),
    ];
    for (path, expected) in [
        ("/openai/v1/chat/completions", Some(("openai", "/v1/chat/completions"))),
        ("/openai/v1/oracle?x=/y", Some(("openai", "/v1/oracle?x=/y"))),
        ("/groq/v1/chat/completions", Some(("groq", "/v1/chat/completions"))),
        ("/groq/openai/v1/chat/completions", Some(("groq", "/openai/v1/chat/completions"))),
        ("/groq/files/f-1", Some(("groq", "/files/f-1"))),
        ("/groq", Some(("groq", ""))),
        ("/groq?x", Some(("groq", "?x"))),
        ("/bedrock/model/m/converse", Some(("bedrock", "/model/m/converse"))),
        ("/azure-openai/openai/deployments/d/embeddings", Some(("azure-openai", "/openai/deployments/d/embeddings"))),
        ("/replicate/v1/predictions", Some(("replicate", "/v1/predictions"))),
        ("/outbound%7C443%7C%7Ca/v1/models", Some(("outbound|443||a", "/v1/models"))),
        // Azure's, Cloudflare's.
        ("/openai/deployments/d/chat/completions", None),
        ("/openai/responses", None),
        ("/azure-openai/resource/d/chat/completions", None),
        ("/replicate/predictions", None),
        ("/v1/chat/completions", None),
        ("/GROQ/v1/chat/completions", None),
        ("/v1/groq/chat/completions", None),
        ("/groqs/v1/models", None),
        ("/", None),
        ("", None),
    ] {
        let found = Destination::in_path(&providers, "POST", path);
        let found = found.map(|(index, rest)| (providers[index].name.as_str(), rest));
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn a_path_of_bedrocks_or_vertex_ais_goes_there_whichever_api_it_carries() {
    let providers = [
        provider("anthropic", "anthropic", "api.anthropic.com"),
        provider("openai", "openai", "api.openai.com"),
        provider("cohere", "cohere", "api.cohere.com"),
        provider("gemini", "gemini", "generativelanguage.googleapis.com"),
        provider("vertex", "vertex_ai", "us-east5-aiplatform.googleapis.com"),
        provider("bedrock", "bedrock", "bedrock-runtime.us-east-1.amazonaws.com"),
    ];
    let google = "/v1/projects/p/locations/l/publishers";
    for (path, expected) in [
        ("/model/anthropic.claude-x/invoke", "bedrock"),
        ("/model/openai.gpt-oss-120b-1:0/invoke-with-response-stream", "bedrock"),
        ("/model/cohere.command-r-v1:0/invoke", "bedrock"),
        ("/model/cohere.embed-v4:0/invoke", "bedrock"),
        ("/model/amazon.rerank-v1:0/invoke", "bedrock"),
        (&format!("{google}/anthropic/models/claude-x:rawPredict"), "vertex"),
        (&format!("{google}/anthropic/models/count-tokens:rawPredict"), "vertex"),
        (&format!("{google}/mistralai/models/m:streamRawPredict"), "vertex"),
        ("/v1/messages", "anthropic"),
    ] {
        let route = Route::of("POST", path, &[]);
        let chosen = |providers, destination, authority| {
            let provider: Option<&Provider> =
                choose(providers, destination, route.dialect, route.host_dialect, authority, path);
            provider.unwrap().name.as_str()
        };
        assert_eq!(chosen(&providers, Destination::Gateway, "gateway.mesh"), expected, "{path}");
        // A named or addressed provider is still chosen; without an owner, any that speaks the dialect.
        if route.dialect == Some(Dialect::AnthropicMessages) {
            assert_eq!(chosen(&providers, Destination::Host, "api.anthropic.com"), "anthropic", "{path}");
            assert_eq!(chosen(&providers[..1], Destination::Gateway, ""), "anthropic", "{path}");
        }
    }
}

#[test]
fn of_two_providers_at_one_host_the_port_and_the_path_tell() {
    let local =
        |name: &str, kind: &str, port| Provider::new(name, ProviderRow::of(kind).unwrap(), "k").at("localhost", port);
    let azure = |name: &str, kind: &str| provider(name, kind, "acme.services.ai.azure.com");
    let providers = [
        local("llama", "llama_cpp", 8080),
        local("ollama", "ollama", 11434),
        azure("azure", "azure_openai"),
        azure("foundry", "azure_ai_inference"),
    ];
    for (authority, path, expected) in [
        ("localhost:11434", "/v1/chat/completions", "ollama"),
        ("localhost:8080", "/v1/chat/completions", "llama"),
        ("acme.services.ai.azure.com", "/openai/v1/chat/completions", "azure"),
        ("acme.services.ai.azure.com", "/models/chat/completions", "foundry"),
    ] {
        let dialect = Some(Dialect::OpenAiChat);
        let chosen = choose(&providers, Destination::Host, dialect, None, authority, path).unwrap();
        assert_eq!(chosen.name, expected, "{authority}{path}");
    }
}

proptest! {
    #[test]
    fn no_headers_and_authorities_are_too_much(
        header in proptest::collection::vec(any::<u8>(), 0..40),
        other in proptest::collection::vec(any::<u8>(), 0..40),
        authority in "\\PC{0,20}|\\[[:.0-9\\]]{0,9}",
    ) {
        let bearer = [b"Bearer ", header.as_slice()].concat();
        let basic = [b"Basic ", other.as_slice()].concat();
        let path = format!("/{authority}?{authority}={authority}");
        let headers = [("authorization", &bearer[..]), ("authorization", &basic[..]), ("x-api-key", &other[..])];
        let mut presented = Presented::of(headers.into_iter(), &path);
        let _ = presented.find(&keyring(["tg-1"]));
        let _ = (presented.stands_in(&other), presented.removed_from(&path));
        let providers = [provider("openai", "openai", "api.openai.com")];
        let _ = Destination::in_path(&providers, "POST", &path);
        let hosts = Hosts::default();
        let destination = Destination::of(&providers, &hosts, &authority, std::iter::once(header.as_slice()));
        let destination = destination.unwrap_or_default();
        let chat = Some(Dialect::OpenAiChat);
        prop_assert!(choose(&providers, destination, chat, None, &authority, "/").is_some());
    }
}
