//! Calls that a key may not make, by whichever member of the request they name a model.

use super::calls::{ANTHROPIC, OPENAI};
use super::support::{Answer, EXPORT, Gateway, KEY, settings, settings_for_all, sha256};

#[test]
fn whoever_may_not_call_is_told_so_in_its_dialect_and_nothing_goes_upstream() {
    let digest = sha256("tg-limited-key-0123456789");
    let expired = sha256("tg-expired-key-0123456789");
    let keys = format!(
        r#"[{{"id":"limited","sha256":"{digest}","models":["gpt-4o*"]}},
            {{"id":"old","sha256":"{expired}","expires":"2020-01-01T00:00:00Z"}}]"#
    );
    let written: serde_json::Value = serde_json::from_str(&settings(EXPORT)).unwrap();
    let mut written = written;
    written["keys"] = serde_json::from_str(&keys).unwrap();
    let mut gateway = Gateway::new(&written.to_string());
    let cases: [(&str, u16, &str, &str, &str); 4] = [
        ("", 401, "missing_api_key", "authentication_error", "gpt-4o"),
        ("Bearer tg-nobody-knows-this", 401, "invalid_api_key", "authentication_error", "gpt-4o"),
        ("Bearer tg-expired-key-0123456789", 401, "expired_api_key", "authentication_error", "gpt-4o"),
        ("Bearer tg-limited-key-0123456789", 403, "model_not_allowed", "permission_error", "o1"),
    ];
    for (key, status, code, kind, model) in cases {
        for path in [OPENAI, ANTHROPIC] {
            let body = format!(r#"{{"model":"{model}","messages":[]}}"#);
            let headers = [("authorization", key)];
            let headers = if key.is_empty() { &headers[..0] } else { &headers[..] };
            let seen = gateway.call("POST", path, headers, &[body.as_bytes()], &Answer::json("{}"));
            assert!(seen.upstream.is_none());
            assert_eq!(seen.status, status);
            let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
            if path == OPENAI {
                assert_eq!(answer["error"]["code"], code);
            } else {
                assert_eq!((&answer["type"], &answer["error"]["type"]), (&"error".into(), &kind.into()));
            }
            let span = gateway.span();
            assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), ("refused", code));
        }
    }
}

#[test]
fn a_limited_key_cannot_reach_other_models_by_a_list_of_fallbacks_or_a_tool() {
    let digest = sha256("tg-limited-key-0123456789");
    let mut written: serde_json::Value = serde_json::from_str(&settings("")).unwrap();
    written["keys"] =
        serde_json::from_str(&format!(r#"[{{"id":"limited","sha256":"{digest}","models":["gpt-4o*"]}}]"#)).unwrap();
    let gateway = Gateway::new(&written.to_string());
    let status = |path: &str, rest: &str| {
        let body = format!("{{{rest}}}");
        let headers = [("authorization", "Bearer tg-limited-key-0123456789")];
        let seen = gateway.call("POST", path, &headers, &[body.as_bytes()], &Answer::json("{}"));
        let says = if path == ANTHROPIC { "permission_error" } else { "model_not_allowed" };
        let names_it = seen.text().contains(says) && seen.text().contains("\\\"o1\\\"");
        assert_eq!((names_it, seen.upstream.is_some()), (seen.status == 403, seen.status == 200), "{rest}");
        seen.status
    };
    let (responses, embeddings) = ("/v1/responses", "/v1/embeddings");
    for (path, rest) in [
        (OPENAI, r#""model":"gpt-4o","models":["gpt-4o-mini","o1"],"messages":[]"#),
        (OPENAI, r#""models":["o1","gpt-4o"],"messages":[]"#),
        (OPENAI, r#""model":"gpt-4o","models":"o1","messages":[]"#),
        (OPENAI, r#""model":"gpt-4o","models":["gpt-4o"],"models":["o1"],"messages":[]"#),
        (OPENAI, r#""model":"gpt-4o","messages":[],"fallbacks":[{"model":"o1","temperature":0}]"#),
        (OPENAI, r#""model":"gpt-4o","messages":[],"fallbacks":[{"gpt-4o":["gpt-4o-mini","o1"]}]"#),
        (OPENAI, r#""model":"gpt-4o","messages":[],"providerOptions":{"gateway":{"models":["o1"]}}"#),
        (OPENAI, r#""model":"gpt-4o","messages":[],"plugins":[{"id":"fusion","analysis_models":["o1"]}]"#),
        (
            OPENAI,
            r#""model":"gpt-4o","messages":[],"tools":[{"type":"openrouter:advisor","parameters":{"model":"o1"}}]"#,
        ),
        (responses, r#""model":"gpt-4o","models":["o1"],"input":"x""#),
        (responses, r#""model":"gpt-4o","input":"x","tools":[{"type":"image_generation","model":"o1"}]"#),
        ("/v1/completions", r#""model":"gpt-4o","models":["o1"],"prompt":"x""#),
        (embeddings, r#""model":"gpt-4o","fallbacks":["o1"],"input":"x""#),
        (ANTHROPIC, r#""model":"gpt-4o","fallbacks":[{"model":"o1"}],"messages":[]"#),
        (ANTHROPIC, r#""model":"gpt-4o","messages":[],"tools":[{"type":"advisor_20260301","model":"o1"}]"#),
    ] {
        assert_eq!(status(path, rest), 403, "{path} {rest}");
    }
    for (path, rest) in [
        (OPENAI, r#""model":"gpt-4o","models":["gpt-4o-mini","gpt-4o"],"messages":[]"#),
        (OPENAI, r#""models":["gpt-4o-mini"],"messages":[]"#),
        (OPENAI, r#""model":"gpt-4o","models":null,"messages":[]"#),
        (OPENAI, r#""model":"gpt-4o","messages":[],"fallbacks":[{"model":"gpt-4o-mini","stop":["o1"]}]"#),
        (
            OPENAI,
            r#""model":"gpt-4o","messages":[],"tools":[{"type":"function","function":{"name":"f","model":"o1",
                "parameters":{"properties":{"model":{"enum":["o1"]}}}}}]"#,
        ),
        (responses, r#""model":"gpt-4o","input":"x","tools":[{"type":"image_generation"}]"#),
    ] {
        assert_eq!(status(path, rest), 200, "{path} {rest}");
    }
    assert_eq!(status(OPENAI, r#""models":[],"messages":[]"#), 400);
}

#[test]
fn a_model_may_be_left_out_where_the_provider_has_one_but_not_by_a_limited_key() {
    let digest = sha256("tg-limited-key-0123456789");
    let mut written: serde_json::Value = serde_json::from_str(&settings_for_all("")).unwrap();
    let limited = format!(r#"{{"id":"limited","sha256":"{digest}","models":["gpt-4o*"]}}"#);
    written["keys"].as_array_mut().unwrap().push(serde_json::from_str(&limited).unwrap());
    let gateway = Gateway::new(&written.to_string());
    let status = |host: &str, key: &str| {
        let key = format!("Bearer {key}");
        let headers = [("authorization", key.as_str()), (":authority", host)];
        gateway.call("POST", OPENAI, &headers, &[br#"{"messages":[]}"#], &Answer::json("{}")).status
    };
    for host in ["llama_cpp.example", "azure_ai_inference.example", "openrouter.ai", "openai_compatible.example"] {
        assert_eq!((status(host, KEY), status(host, "tg-limited-key-0123456789")), (200, 400), "{host}");
    }
    assert_eq!(status("api.openai.com", KEY), 400);
}
