//! Callers: places of a virtual key, client headers that no provider gets, and keys kept out of records.

use super::support::{ANTHROPIC_KEY, Answer, EXPORT, Gateway, KEY, OPENAI_KEY, Seen, settings, sha256};
use base64::Engine as _;

const OPENAI: &str = "/v1/chat/completions";
const ANTHROPIC: &str = "/v1/messages";
const BODY: &str = r#"{"model":"gpt-4o-mini","messages":[]}"#;

fn gateway(more: &str) -> Gateway {
    Gateway::new(&settings(&format!("{EXPORT}{more}")))
}

fn call(gateway: &Gateway, path: &str, headers: &[(&str, &str)]) -> Seen {
    gateway.call("POST", path, headers, &[BODY.as_bytes()], &Answer::json("{}"))
}

fn basic(pair: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

#[test]
fn the_virtual_key_leaves_in_no_header_and_no_parameter() {
    let gateway = gateway("");
    let bearer = format!("Bearer {KEY}");
    let encoded = KEY.replace('-', "%2D");
    for (name, value) in [
        ("proxy-authorization", bearer.clone()),
        ("proxy-authorization", basic(&format!("me:{KEY}"))),
        ("ocp-apim-subscription-key", KEY.to_owned()),
        ("x-litellm-api-key", bearer.clone()),
        ("x-portkey-api-key", KEY.to_owned()),
        ("x-auth-token", KEY.to_owned()),
        ("x-anything", KEY.to_owned()),
        ("x-anything", bearer.clone()),
        ("x-anything", basic(&format!("{KEY}:"))),
        ("x-anything", encoded.clone()),
        ("cookie", format!("a=1; session={KEY}; b=2")),
        ("cookie", format!("session={encoded}")),
        ("referer", format!("https://app.example/?key={KEY}")),
        ("tracestate", format!("vendor={KEY}")),
        ("baggage", format!("key={KEY}")),
    ] {
        for path in [OPENAI, ANTHROPIC] {
            let headers = [("authorization", bearer.as_str()), (name, value.as_str()), ("x-kept", "kept")];
            let (sent, _) = call(&gateway, path, &headers).upstream.unwrap();
            assert!(!sent.contains_key(name), "{name}: {value}");
            assert!(!format!("{sent:?}").contains(KEY) && sent["x-kept"] == "kept", "{sent:?}");
        }
    }
    for (query, expected) in [
        (format!("?key={KEY}&alt=sse"), "?alt=sse"),
        (format!("?b=%20+&KEY={KEY}&&a"), "?b=%20+&&a"),
        (format!("?%6bey={encoded}"), ""),
        (format!("?api-key={KEY}&api-version=2024-10-21"), "?api-version=2024-10-21"),
        (format!("?token={KEY}"), ""),
        ("?key=AIzaStale&x=1".to_owned(), "?x=1"),
    ] {
        let headers = [("authorization", bearer.as_str())];
        let (sent, _) = call(&gateway, &format!("{OPENAI}{query}"), &headers).upstream.unwrap();
        assert_eq!(sent[":path"], format!("{OPENAI}{expected}"), "{query}");
    }
}

#[test]
fn headers_of_one_connection_and_addresses_of_the_client_stay_here() {
    let bearer = format!("Bearer {KEY}");
    let private = ["forwarded", "x-forwarded-for", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip"];
    // An `upgrade` that Envoy lets through is answered by the gateway.
    let of_connection = ["keep-alive", "te", "transfer-encoding", "proxy-connection", "x-hop", "proxy-x"];
    let mut headers = vec![("authorization", bearer.as_str()), ("connection", "close, X-Hop"), ("x-kept", "kept")];
    headers.extend(private.iter().chain(&of_connection).map(|name| (*name, "10.0.0.7")));
    for (more, expected) in [("", false), (r#","forward_client_address":true"#, true)] {
        let (sent, _) = call(&gateway(more), OPENAI, &headers).upstream.unwrap();
        for name in private {
            assert_eq!(sent.contains_key(name), expected, "{name}");
        }
        for name in of_connection.into_iter().chain(["connection"]) {
            assert!(!sent.contains_key(name), "{name}");
        }
        assert_eq!(sent["x-kept"], "kept");
    }
}

#[test]
fn a_client_sets_no_header_of_the_gateway_s_own() {
    let bearer = format!("Bearer {KEY}");
    let own = ["target", "user", "feature", "customer", "provider", "refusal", "anything"];
    let names: Vec<String> = own.iter().map(|name| format!("x-tollgate-{name}")).collect();
    let mut headers = vec![("authorization", bearer.as_str())];
    headers.extend(names.iter().map(|name| (name.as_str(), "anthropic")));
    let (sent, _) = call(&gateway(""), OPENAI, &headers).upstream.unwrap();
    let left: Vec<_> = sent.iter().filter(|(name, _)| name.starts_with("x-tollgate-")).collect();
    assert_eq!(left, [(&"x-tollgate-provider".to_owned(), &"anthropic".to_owned())]);
}

#[test]
fn a_valid_key_beside_a_stale_credential_is_let_in_and_the_other_goes_nowhere() {
    let mut gateway = gateway("");
    let bearer = format!("Bearer {KEY}");
    let with_key = format!("{OPENAI}?key={KEY}");
    let stale = basic("me:stale-password");
    let cases: [(&str, [(&str, &str); 2]); 8] = [
        (OPENAI, [("authorization", &bearer), ("x-api-key", "sk-ant-stale-key")]),
        (ANTHROPIC, [("authorization", &bearer), ("x-api-key", "sk-ant-stale-key")]),
        (OPENAI, [("authorization", "Bearer sk-stale-key"), ("x-api-key", KEY)]),
        (ANTHROPIC, [("authorization", "Bearer sk-stale-key"), ("x-api-key", KEY)]),
        (OPENAI, [("authorization", "Bearer eyJ.azure-ad-stale.token"), ("api-key", KEY)]),
        (&with_key, [("authorization", "Bearer ya29.stale"), ("x-goog-api-key", "AIza-stale")]),
        (OPENAI, [("proxy-authorization", &stale), ("x-litellm-api-key", &bearer)]),
        (OPENAI, [("authorization", "AWS4-HMAC-SHA256 stale"), ("x-api-key", KEY)]),
    ];
    for (path, headers) in cases {
        let seen = call(&gateway, path, &headers);
        assert_eq!(seen.status, 200, "{headers:?}");
        let (sent, _) = seen.upstream.unwrap();
        assert!(!format!("{sent:?}").contains("stale") && !format!("{sent:?}").contains(KEY), "{sent:?}");
        assert_eq!(gateway.span().get("tollgate.key.id"), "test");
    }
}

#[test]
fn two_known_keys_that_differ_are_refused() {
    let mut written: serde_json::Value = serde_json::from_str(&settings(EXPORT)).unwrap();
    let other = serde_json::json!({"id": "other", "sha256": sha256("tg-other-0123456789abcdef")});
    written["keys"].as_array_mut().unwrap().push(other);
    let mut gateway = Gateway::new(&written.to_string());
    let bearer = format!("Bearer {KEY}");
    for (path, key) in [(OPENAI, "code"), (ANTHROPIC, "message")] {
        let headers = [("authorization", bearer.as_str()), ("x-api-key", "tg-other-0123456789abcdef")];
        let seen = call(&gateway, path, &headers);
        assert!(seen.upstream.is_none() && seen.status == 401);
        let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
        assert!(answer["error"][key].as_str().is_some_and(|text| text == "key_ambiguous" || text.starts_with("Two")));
        let span = gateway.span();
        assert_eq!((span.get("error.type"), span.get("tollgate.key.id")), ("key_ambiguous", ""));
    }
    let twice = [("authorization", bearer.as_str()), ("x-api-key", KEY)];
    assert_eq!(call(&gateway, OPENAI, &twice).status, 200);
}

#[test]
fn a_request_signed_for_aws_is_told_which_key_works() {
    let mut gateway = gateway("");
    let signature = "AWS4-HMAC-SHA256 Credential=AKIA/20261128/us-east-1/bedrock/aws4_request, Signature=00";
    let signed = [("authorization", signature)];
    let cases: [(&str, &[(&str, &str)]); 2] = [
        ("/model/m/converse", &signed),
        ("/model/m/converse?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00", &[]),
    ];
    for (path, headers) in cases {
        let seen = call(&gateway, path, headers);
        assert!(seen.upstream.is_none() && seen.status == 401);
        assert!(seen.text().contains("AWS signatures") && seen.text().contains("AWS_BEARER_TOKEN_BEDROCK"));
        assert_eq!(gateway.span().get("error.type"), "aws_signature");
    }
}

#[test]
fn a_model_or_an_id_or_a_tier_that_is_a_key_is_never_recorded_nor_shown() {
    let mut written: serde_json::Value = serde_json::from_str(&settings(EXPORT)).unwrap();
    let limited = "tg-limited-0123456789abcdef";
    let key = serde_json::json!({"id": "limited", "sha256": sha256(limited), "models": ["gpt-4o*"]});
    written["keys"].as_array_mut().unwrap().push(key);
    written["unknown_paths"] = "pass".into();
    written["telemetry"]["content"] = "full".into();
    let mut gateway = Gateway::new(&written.to_string());
    for (path, model) in [
        (OPENAI, "gpt-4o-mini"),
        (ANTHROPIC, "claude-sonnet-4-5"),
        ("/v1/responses", "gpt-4o-mini"),
        ("/v1/embeddings", "text-embedding-3-small"),
        ("/v1/oracle", "gpt-4o-mini"),
    ] {
        for presented in [KEY, limited] {
            for secret in [presented, OPENAI_KEY, ANTHROPIC_KEY] {
                let bearer = format!("Bearer {presented}");
                let headers = [
                    ("authorization", bearer.as_str()),
                    ("content-type", "application/json"),
                    ("x-tollgate-user", secret),
                    ("x-tollgate-feature", secret),
                ];
                // As the model, within it, and as any other recorded value.
                for body in [
                    format!(r#"{{"model":"{secret}","messages":[],"input":"x"}}"#),
                    format!(r#"{{"model":"openai/{secret}:free","messages":[],"input":"x"}}"#),
                    format!(r#"{{"model":"gpt-4o","models":["{secret}"],"messages":[],"input":"x"}}"#),
                    format!(
                        r#"{{"model":"{model}","messages":[],"input":"x","service_tier":"{secret}","stop":["{secret}"],
                        "reasoning_effort":"{secret}","reasoning":{{"effort":"{secret}"}}}}"#
                    ),
                ] {
                    let answer = Answer {
                        status: 404,
                        ..Answer::json(&format!(
                            r#"{{"id":"{secret}","model":"{secret}","service_tier":"{secret}","system_fingerprint":"{secret}",
                            "error":{{"type":"{secret}","code":"{secret}","message":"no"}}}}"#
                        ))
                    };
                    let seen = gateway.call("POST", path, &headers, &[body.as_bytes()], &answer);
                    if seen.upstream.is_none() {
                        assert!(!seen.text().contains(secret), "{path}: {}", seen.text());
                    }
                    let span = format!("{:?}", gateway.spans());
                    assert!(!span.contains(secret) && !span.contains(presented), "{path} {body}: {span}");
                }
            }
        }
    }
}

#[test]
fn a_path_with_a_key_in_it_goes_nowhere() {
    let mut gateway = gateway("");
    let bearer = format!("Bearer {KEY}");
    let encoded = KEY.replace('-', "%2d");
    for path in [
        format!("/v1/models/{KEY}"),
        format!("/v1/responses/{encoded}"),
        format!("/v1beta/models/{KEY}:generateContent"),
        format!("/openai/deployments/{OPENAI_KEY}/chat/completions"),
    ] {
        let seen = call(&gateway, &path, &[("authorization", &bearer)]);
        assert!(seen.upstream.is_none() && seen.status == 400, "{path}");
        let span = format!("{:?}", gateway.spans());
        assert!(span.contains("misplaced_api_key"), "{span}");
        for secret in [KEY, OPENAI_KEY] {
            assert!(!seen.text().contains(secret) && !span.contains(secret), "{path}: {span}");
        }
    }
}

#[test]
fn a_server_without_a_key_is_sent_none() {
    let digest = sha256(KEY);
    let kinds = ["ollama", "vllm", "llama_cpp", "lm_studio", "sglang", "text_embeddings_inference"];
    for kind in kinds {
        let settings = format!(
            r#"{{"providers":[{{"name":"own-1","kind":"{kind}","host":"models.mesh"}}],
                "keys":[{{"id":"test","sha256":"{digest}"}}]}}"#
        );
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str()), ("x-api-key", KEY), ("api-key", "stale")];
        let body = r#"{"model":"m","input":"x"}"#;
        let gateway = Gateway::new(&settings);
        let seen = gateway.call("POST", "/v1/embeddings", &headers, &[body.as_bytes()], &Answer::json("{}"));
        let (sent, _) = seen.upstream.unwrap();
        for header in ["authorization", "x-api-key", "api-key", "x-goog-api-key"] {
            assert_eq!(sent.get(header), None, "{kind}");
        }
        assert_eq!(sent["x-tollgate-provider"], "own-1", "{kind}");
        assert!(sent[":authority"].starts_with("models.mesh"), "{kind}");
    }
}
