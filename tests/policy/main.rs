//! Policy: lookup of keys, permissions of a key, choice of the provider, and refusals.
#![cfg(test)]

use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tollgate::dialect::Dialect;
use tollgate::endpoint::Route;
use tollgate::model::{Misdirection, Refusal};
use tollgate::policy::{
    Destination, Digest, GatewayHost, Hosts, KeyFault, Keyring, Pattern, Presented, VirtualKey, choose, is_called,
};
use tollgate::provider::{Provider, ProviderRow, ROWS};

fn key(id: &str) -> VirtualKey {
    VirtualKey { id: id.to_owned(), team: None, user: None, feature: None, models: None, expires: None }
}

fn keyring<'a>(presented: impl IntoIterator<Item = &'a str>) -> Keyring {
    Keyring::new(presented.into_iter().map(|text| (Digest::of(text.as_bytes()), key(text))).collect())
}

#[test]
fn each_key_is_found_by_what_its_client_presents() {
    let keys: Vec<String> = (0..2000).map(|number| format!("tg-{number}")).collect();
    let keyring = keyring(keys.iter().map(String::as_str));
    for key in &keys {
        assert_eq!(keyring.find(key.as_bytes()).unwrap().id, *key);
    }
    assert_eq!(keyring.len(), 2000);
}

#[test]
fn what_is_not_on_the_ring_is_not_found() {
    let keyring = keyring(["tg-1", "tg-2"]);
    for unknown in ["tg-3", "tg-1 ", "TG-1", "tg-", "\u{0}"] {
        assert!(keyring.find(unknown.as_bytes()).is_none(), "{unknown}");
    }
    assert!(Keyring::default().find(b"tg-1").is_none());
    assert!(Keyring::default().is_empty());
}

#[test]
fn keys_whose_digests_begin_alike_are_told_apart() {
    let real = Digest::parse("b5bf0f9ebb9d0e0a4fbcbdbb8b6e4bbdc21d4ec06c3e62a1c57d3ce2a8a3e0b3").unwrap();
    let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let near = |last: &str| Digest::parse(&format!("{}{last}", hello.get(..62).unwrap())).unwrap();
    let ring = [(near("00"), key("a")), (near("24"), key("hello")), (near("ff"), key("b")), (real, key("c"))];
    assert_eq!(Keyring::new(ring.to_vec()).find(b"hello").unwrap().id, "hello");
    assert!(Keyring::new(vec![ring[0].clone(), ring[2].clone()]).find(b"hello").is_none());
}

#[test]
fn nothing_and_too_much_are_no_keys() {
    let (longest, longer) = ("k".repeat(4096), "k".repeat(4097));
    let keyring = keyring(["", longest.as_str(), longer.as_str()]);
    assert!(keyring.find(b"").is_none());
    assert!(keyring.find(longest.as_bytes()).is_some());
    assert!(keyring.find(longer.as_bytes()).is_none());
}

#[test]
fn a_digest_is_sixty_four_hexadecimal_digits() {
    let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!(Digest::parse(hello), Some(Digest::of(b"hello")));
    assert_eq!(Digest::parse(&hello.to_uppercase()), Some(Digest::of(b"hello")));
    for wrong in [
        "",
        hello.get(1..).unwrap(),
        hello.get(2..).unwrap(),
        &format!("{hello}00"),
        &hello.replace('2', "g"),
        &hello.replace("2c", "+c"),
    ] {
        assert_eq!(Digest::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn no_debug_shows_a_digest() {
    let shown = format!("{:?} {:?}", Digest::of(b"hello"), keyring(["hello"]));
    assert!(!shown.contains("2cf24d") && !shown.contains("44, 242"), "{shown}");
}

#[test]
fn a_key_is_over_from_its_expiry_on() {
    let key = VirtualKey { expires: Some(100), ..key("a") };
    assert_eq!([99, 100, 101].map(|now| key.expired(now)), [false, true, true]);
    assert!(!self::key("b").expired(u64::MAX));
}

#[test]
fn a_key_allows_the_models_it_names() {
    let patterns = ["gpt-4o*", "claude-*-4-*", "o3"].map(Pattern::new).to_vec();
    let key = VirtualKey { models: Some(patterns), ..key("a") };
    for model in ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-20250514", "o3"] {
        assert!(key.allows(model), "{model}");
    }
    for model in ["GPT-4o", "gpt-4", "o3-mini", "xo3", "claude-3-opus", "claude-4-", "", "*"] {
        assert!(!key.allows(model), "{model}");
    }
    assert!(self::key("b").allows("anything") && self::key("b").allows(""));
    assert!(!VirtualKey { models: Some(Vec::new()), ..self::key("c") }.allows("gpt-4o"));
}

#[test]
fn many_stars_cost_no_more_than_one_walk() {
    let pattern = Pattern::new(&"a*".repeat(1000));
    let (fitting, not) = ("a".repeat(1_000_000), format!("{}b", "b".repeat(1_000_000)));
    let start = Instant::now();
    assert!(pattern.matches(&fitting));
    assert!(!pattern.matches(&not) && !Pattern::new(&"*a".repeat(1000)).matches(&format!("{fitting}b")));
    assert!(!Pattern::new(&format!("*{}*", "ab".repeat(500_000))).matches(&fitting));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// Looks a key up with `tg-1` and `tg-2` on the ring: returns the key's id, or the fault.
fn found(headers: &[(&str, &[u8])], path: &str) -> Result<String, KeyFault> {
    let keyring = keyring(["tg-1", "tg-2", "tg 1"]);
    let mut presented = Presented::of(headers.iter().copied(), path);
    presented.find(&keyring).map(|key| key.id.clone())
}

#[test]
fn a_key_is_found_wherever_a_client_puts_it() {
    for header in [
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "x-auth-token",
        "ocp-apim-subscription-key",
        "x-litellm-api-key",
        "x-portkey-api-key",
    ] {
        for value in ["tg-1", "\ttg-1 ", "Bearer tg-1", "bearer \t tg-1"] {
            assert_eq!(found(&[(header, value.as_bytes())], "/").as_deref(), Ok("tg-1"), "{header}: {value}");
        }
        assert_eq!(found(&[(header, b" ")], "/"), Err(KeyFault::Missing), "{header}");
    }
    for header in ["authorization", "proxy-authorization"] {
        // `tg-1:` and `me:tg-1` in base64.
        for value in ["Bearer tg-1", " bEARER\t tg-1 ", "Basic dGctMTo=", "basic bWU6dGctMQ", "Basic bWU6dGctMQ=="] {
            assert_eq!(found(&[(header, value.as_bytes())], "/").as_deref(), Ok("tg-1"), "{header}: {value}");
        }
        for nothing in ["Bearer", "Bearer ", "Bearertg-1", "tg-1", "", "Basic", "Basic ?"] {
            assert_eq!(found(&[(header, nothing.as_bytes())], "/"), Err(KeyFault::Missing), "{header}: {nothing}");
        }
    }
    for query in ["key=tg-1", "a=b&KEY=tg-1", "%6bey=tg%2D1", "api-key=tg-1&x", "API_KEY=tg-1", "access_token=tg-1"] {
        assert_eq!(found(&[], &format!("/v1/models?{query}")).as_deref(), Ok("tg-1"), "{query}");
    }
    for query in ["", "key", "key=", "keys=tg-1", "monkey=tg-1"] {
        assert_eq!(found(&[], &format!("/v1/models?{query}")), Err(KeyFault::Missing), "{query}");
    }
    assert_eq!(found(&[("authorization", b"Bearer tg 1")], "/").as_deref(), Ok("tg 1"));
    assert_eq!(found(&[("authorization", b"Bearer \xff\xfe")], "/"), Err(KeyFault::Unknown));
}

#[test]
fn a_stale_credential_beside_a_known_key_does_not_hide_it() {
    let (bearer, old) = ("Bearer tg-1", "sk-ant-old");
    let cases: [(&[(&str, &str)], &str); 12] = [
        (&[("authorization", bearer), ("x-api-key", old)], "/"),
        (&[("x-api-key", old), ("authorization", bearer)], "/"),
        (&[("authorization", "Bearer sk-old"), ("x-api-key", "tg-1")], "/"),
        (&[("authorization", "Bearer eyJ0eXAi.azure.ad"), ("api-key", "tg-1")], "/"),
        (&[("authorization", "Bearer ya29.google")], "/v1beta/models?key=tg-1"),
        (&[("authorization", bearer)], "/v1beta/models?key=AIzaOld"),
        (&[("authorization", bearer), ("x-goog-api-key", "AIzaOld")], "/"),
        (&[("authorization", "Basic b2xkOm9sZA=="), ("x-api-key", "tg-1")], "/"),
        (&[("authorization", "AWS4-HMAC-SHA256 Credential=AKIA/x"), ("x-api-key", "tg-1")], "/"),
        (&[("proxy-authorization", "Basic cHJveHk6cGFzcw=="), ("authorization", bearer)], "/"),
        (&[("authorization", "Bearer old"), ("authorization", bearer)], "/"),
        (&[("authorization", bearer), ("x-api-key", "tg-1"), ("api-key", "Bearer tg-1")], "/?key=tg-1"),
    ];
    for (headers, path) in cases {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        assert_eq!(found(&headers, path).as_deref(), Ok("tg-1"), "{headers:?} {path}");
    }
    for (headers, path) in [
        (&[("authorization", &b"Bearer tg-1"[..]), ("x-api-key", b"tg-2")][..], "/"),
        (&[("api-key", b"tg-2")], "/?key=tg-1"),
    ] {
        assert_eq!(found(headers, path), Err(KeyFault::Ambiguous), "{headers:?} {path}");
    }
}

#[test]
fn nobody_can_have_keys_hashed_without_end() {
    let path = (0..100_000).map(|number| format!("key=k{number}&")).collect::<String>() + "key=tg-1";
    assert_eq!(found(&[], &format!("/?{path}")), Err(KeyFault::Unknown));
}

#[test]
fn an_aws_signature_is_called_by_its_name() {
    for value in ["AWS4-HMAC-SHA256 Credential=AKIA/20261128/…", "AWS4-ECDSA-P256-SHA256 Credential=AKIA"] {
        assert_eq!(found(&[("authorization", value.as_bytes())], "/"), Err(KeyFault::Signed), "{value}");
    }
    assert_eq!(found(&[], "/model/m/converse?X-Amz-Signature=00&X-Amz-Date=1"), Err(KeyFault::Signed));
    assert_eq!(found(&[], "/model/m/converse?x-amz-signatur%65=00"), Err(KeyFault::Signed));
    let message = Refusal::AwsSignature.message();
    assert!(message.contains("AWS signatures") && message.contains("AWS_BEARER_TOKEN_BEDROCK"), "{message}");
}

#[test]
fn parameters_that_carry_a_key_go_and_the_others_stay_as_they_are() {
    const KEY: &str = "tg-0123456789abcdefghij";
    let mut presented = Presented::of([("x-api-key", KEY.as_bytes())].into_iter(), "/");
    presented.find(&keyring([KEY])).unwrap();
    for (query, expected) in [
        ("?key=old&alt=sse", Some("?alt=sse")),
        ("?alt=sse&&b=%20+&KEY=old&c", Some("?alt=sse&&b=%20+&c")),
        ("?%6bey=old", Some("")),
        ("?api-key=old&api-version=2024-10-21", Some("?api-version=2024-10-21")),
        ("?a=1&any=tg-0123456789abcdefghij", Some("?a=1")),
        ("?any=tg%2d0123456789abcdefghij&a=1", Some("?a=1")),
        ("?any=Bearer%20tg-0123456789abcdefghij&a=1", Some("?a=1")),
        ("?tg-0123456789abcdefghij", Some("")),
        ("?X-Amz-Security-Token=old&X-Amz-Credential=old&X-Amz-Date=1", Some("?X-Amz-Date=1")),
        ("?beta=true&monkey=1&keys=2&pageToken=tg-0123", None),
        ("", None),
    ] {
        let expected = expected.map(|rest| format!("/v1/models{rest}"));
        assert_eq!(presented.removed_from(&format!("/v1/models{query}")), expected, "{query}");
    }
    for value in
        [KEY, "Bearer tg-0123456789abcdefghij", "a=1; k=tg-0123456789abcdefghij; b", "tg%2D0123456789abcdefghij"]
    {
        assert!(presented.stands_in(value.as_bytes()), "{value}");
    }
    assert!(presented.stands_in(b"Basic bWU6dGctMDEyMzQ1Njc4OWFiY2RlZmdoaWo="));
    assert!(!presented.stands_in(b"tg-0123456789abcdefghi") && !presented.stands_in(b""));
}

#[test]
fn a_short_key_is_taken_out_as_a_word_and_not_of_others() {
    let mut presented = Presented::of([("x-api-key", &b"abc"[..]), ("api-key", b"js")].into_iter(), "/");
    presented.find(&keyring(["abc"])).unwrap();
    for (value, expected) in [("abc", true), ("Bearer abc", true), ("a=1; k=abc", true), ("xabc", false), ("js", false)]
    {
        assert_eq!(presented.stands_in(value.as_bytes()), expected, "{value}");
    }
}

/// Every reason, once.
fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::KeyMissing,
        Refusal::KeyUnknown,
        Refusal::KeyExpired,
        Refusal::KeyAmbiguous,
        Refusal::AwsSignature,
        Refusal::KeyMisplaced,
        Refusal::ModelNotAllowed { model: "gpt-4o".to_owned() },
        Refusal::ModelMissing,
        Refusal::UnknownPath,
        Refusal::MethodNotAllowed,
        Refusal::ContentTypeUnsupported,
        Refusal::ContentEncodingUnsupported,
        Refusal::BodyTooLarge { limit: 33_554_432 },
        Refusal::BodyUnreadable { reason: "no comma", at: 17 },
        Refusal::BodyAmbiguous { field: "model" },
        Refusal::WebSocketUnsupported,
        Refusal::RealtimeUnsupported,
        Refusal::UpgradeUnsupported,
        Refusal::NoProvider,
        Refusal::Internal,
    ]
}

#[test]
fn each_refusal_has_its_status_code_and_types() {
    const REQUEST: &str = "invalid_request_error";
    let expected = [
        (401, "missing_api_key", REQUEST, "authentication_error"),
        (401, "invalid_api_key", REQUEST, "authentication_error"),
        (401, "expired_api_key", REQUEST, "authentication_error"),
        (401, "key_ambiguous", REQUEST, "authentication_error"),
        (401, "aws_signature", REQUEST, "authentication_error"),
        (400, "misplaced_api_key", REQUEST, REQUEST),
        (403, "model_not_allowed", REQUEST, "permission_error"),
        (400, "missing_model", REQUEST, REQUEST),
        (404, "unknown_path", REQUEST, "not_found_error"),
        (405, "method_not_allowed", REQUEST, REQUEST),
        (415, "unsupported_content_type", REQUEST, REQUEST),
        (415, "unsupported_content_encoding", REQUEST, REQUEST),
        (413, "body_too_large", REQUEST, "request_too_large"),
        (400, "unreadable_body", REQUEST, REQUEST),
        (400, "ambiguous_body", REQUEST, REQUEST),
        (426, "unsupported_websocket", REQUEST, REQUEST),
        (501, "unsupported_realtime", "server_error", "api_error"),
        (404, "unsupported_upgrade", REQUEST, "not_found_error"),
        (404, "no_provider", REQUEST, "not_found_error"),
        (500, "internal_error", "server_error", "api_error"),
    ];
    let found = refusals();
    let found =
        found.iter().map(|refusal| (refusal.status(), refusal.code(), refusal.openai_type(), refusal.anthropic_type()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn codes_are_distinct_and_low_in_cardinality() {
    let codes: BTreeSet<&str> = refusals().iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), refusals().len());
    assert!(codes.iter().all(|code| { code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') }));
}

#[test]
fn messages_are_one_line_and_say_what_to_do() {
    for refusal in refusals() {
        let message = refusal.message();
        assert!(message.ends_with('.') && !message.contains('\n'), "{message}");
    }
    for misdirection in [
        Misdirection::HostNotConfigured,
        Misdirection::HostNotServed,
        Misdirection::HostOtherDialect,
        Misdirection::UnknownTarget,
        Misdirection::OtherHost,
        Misdirection::TargetOtherDialect,
    ] {
        let refusal = Refusal::Misdirected(misdirection);
        assert_eq!((refusal.status(), refusal.code()), (404, "no_provider"));
        assert!(refusal.message().ends_with('.') && !refusal.message().contains(['\n', '{']), "{misdirection:?}");
    }
    let message = Refusal::BodyUnreadable { reason: "no comma", at: 17 }.message();
    assert_eq!(message, "The gateway cannot read the body: no comma at byte 17.");
}

#[test]
fn a_models_name_is_shown_cut_and_without_tricks() {
    let model = format!("a\r\nb\u{202e}\u{2028}\u{7f}\0{}", "é".repeat(10_000));
    let refusal = Refusal::ModelNotAllowed { model };
    let message = refusal.message();
    let expected = format!("\"ab{}\"", "é".repeat(126));
    assert!(message.contains(&expected) && !message.contains(char::is_control), "{message}");
}

fn provider(name: &str, kind: &str, host: &str) -> Provider {
    Provider::new(name, ProviderRow::of(kind).unwrap(), "sk-1").at(host, 443)
}

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

/// The meaning of a pattern, in its simplest form.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|skipped| fits(rest, &name[skipped..])),
        Some((first, rest)) => name.first() == Some(first) && fits(rest, &name[1..]),
    }
}

proptest! {
    #[test]
    fn patterns_mean_what_they_say(pattern in "[ab*]{0,8}", name in "[ab]{0,10}") {
        let matches = Pattern::new(&pattern).matches(&name);
        prop_assert_eq!(matches, fits(pattern.as_bytes(), name.as_bytes()), "{} {}", pattern, name);
    }

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
