//! Upgrades: none reaches a provider, and the reply to each shows its client the alternative.

use super::support::{Answer, EXPORT, Gateway, KEY, Seen, settings, settings_for_all};

/// Every form of request for an upgrade, as Envoy delivers it: HTTP/1.1, HTTP/2's extended CONNECT as its codec
/// rewrites it and as received, another protocol, a tunnel.
const WAYS: [(&str, &[(&str, &str)]); 7] = [
    ("GET", &[("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")]),
    ("GET", &[("connection", "keep-alive, UPGRADE"), ("upgrade", "WebSocket")]),
    ("POST", &[("connection", "upgrade"), ("upgrade", "websocket"), ("content-type", "application/json")]),
    ("GET", &[("connection", "upgrade"), ("upgrade", "TLS/1.2, websocket")]),
    ("GET", &[("upgrade", "")]),
    ("CONNECT", &[(":protocol", "websocket")]),
    ("CONNECT", &[]),
];

fn ask(gateway: &Gateway, way: (&str, &[(&str, &str)]), path: &str, key: (&str, &str)) -> Seen {
    let headers: Vec<_> = way.1.iter().copied().chain([key]).collect();
    let whole = gateway.call(way.0, path, &headers, &[], &Answer::json("{}"));
    let followed =
        gateway.call(way.0, path, &headers, &[b"{\"model\":\"gpt-4o\",\"input\":\"hi\"}"], &Answer::json("{}"));
    for seen in [&whole, &followed] {
        assert!(seen.upstream.is_none(), "{way:?} {path}");
        assert_eq!((seen.status, &seen.body), (whole.status, &whole.body));
    }
    whole
}

fn code(seen: &Seen) -> String {
    let body: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    body["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn no_upgrade_reaches_a_provider_whatever_it_asks_for_and_whatever_the_settings_let_pass() {
    let bearer = format!("Bearer {KEY}");
    let key = ("authorization", bearer.as_str());
    for settings in [settings(""), settings(r#","unknown_paths":"pass""#), settings_for_all("")] {
        let gateway = Gateway::new(&settings);
        for way in WAYS {
            for (path, status, expected) in [
                ("/v1/responses", 426, "unsupported_websocket"),
                ("/v1/responses?x=realtime", 426, "unsupported_websocket"),
                ("/openai/v1/responses", 426, "unsupported_websocket"),
                ("/backend-api/codex/responses", 426, "unsupported_websocket"),
                ("/v1/realtime?model=gpt-realtime", 501, "unsupported_realtime"),
                ("/v1/realtime/translations", 501, "unsupported_realtime"),
                ("/openai/realtime?api-version=2025-04-01-preview&deployment=voice", 501, "unsupported_realtime"),
                ("/v1/audio/transcriptions/realtime", 501, "unsupported_realtime"),
                ("/v1/responses/resp_1", 404, "unsupported_upgrade"),
                ("/v1/chat/completions", 404, "unsupported_upgrade"),
                ("/v1/files", 404, "unsupported_upgrade"),
                ("/v1/oracle", 404, "unsupported_upgrade"),
                ("/", 404, "unsupported_upgrade"),
                ("", 404, "unsupported_upgrade"),
            ] {
                let seen = ask(&gateway, way, path, key);
                assert_eq!((seen.status, code(&seen).as_str()), (status, expected), "{way:?} {path}");
            }
        }
    }
}

#[test]
fn a_web_socket_that_can_be_had_over_http_is_refused_as_a_426_has_to_be() {
    let gateway = Gateway::new(&settings(""));
    let bearer = format!("Bearer {KEY}");
    for (path, expected) in [
        ("/v1/responses", &[("upgrade", "HTTP/1.1"), ("connection", "upgrade, close")][..]),
        ("/v1/realtime", &[]),
        ("/v1/oracle", &[]),
    ] {
        let seen = ask(&gateway, WAYS[0], path, ("authorization", &bearer));
        let headers = seen.reply_headers.iter().map(|(name, value)| (&**name, &**value));
        let of_all = |(name, _): &(&str, &str)| ["content-type", "x-tollgate-refusal"].contains(name);
        assert_eq!(headers.filter(|header| !of_all(header)).collect::<Vec<_>>(), expected);
    }
    // The equivalent plain request passes, and Codex sends it next.
    assert!(gateway.post("/v1/responses", r#"{"model":"gpt-5","input":"hi"}"#, &Answer::json("{}")).upstream.is_some());
}

#[test]
fn an_upgrade_with_a_key_that_is_not_known_is_told_so_as_any_call_is() {
    let gateway = Gateway::new(&settings(r#","unknown_paths":"pass""#));
    for way in WAYS {
        for path in ["/v1/responses", "/v1/realtime", "/v1/oracle", ""] {
            let seen = ask(&gateway, way, path, ("authorization", "Bearer tg-nobody-knows-this"));
            assert_eq!((seen.status, code(&seen).as_str()), (401, "invalid_api_key"), "{way:?} {path}");
            let seen = ask(&gateway, way, path, ("x-other", "1"));
            assert_eq!((seen.status, code(&seen).as_str()), (401, "missing_api_key"), "{way:?} {path}");
        }
    }
}

#[test]
fn googles_live_sessions_are_refused_in_googles_words() {
    let gateway = Gateway::new(&settings_for_all(""));
    for path in [
        "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
        "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=a.b/c",
        "/base/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateMusic",
        "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
    ] {
        let seen = ask(&gateway, WAYS[0], path, ("x-goog-api-key", KEY));
        let body: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
        let error = &body["error"];
        assert_eq!(
            (seen.status, &error["code"], &error["status"]),
            (501, &501.into(), &"UNIMPLEMENTED".into()),
            "{path}"
        );
    }
    for path in ["/ws/chat", "/ws/google.ai.generativelanguage.v1beta.GenerativeService.StreamGenerate"] {
        assert_eq!(ask(&gateway, WAYS[0], path, ("x-goog-api-key", KEY)).status, 404, "{path}");
    }
}

#[test]
fn each_upgrade_leaves_one_span_that_says_what_it_was_for_and_why_it_was_refused() {
    let mut gateway = Gateway::new(&settings(EXPORT));
    let bearer = format!("Bearer {KEY}");
    for (way, path, status, code, operation) in [
        (WAYS[0], "/v1/responses", "426", "unsupported_websocket", "responses"),
        (WAYS[5], "/v1/responses", "426", "unsupported_websocket", "responses"),
        (WAYS[0], "/v1/realtime", "501", "unsupported_realtime", "realtime"),
        (WAYS[0], "/v1/oracle", "404", "unsupported_upgrade", ""),
        (WAYS[6], "", "404", "unsupported_upgrade", ""),
    ] {
        let headers: Vec<_> = way.1.iter().copied().chain([("authorization", bearer.as_str())]).collect();
        gateway.call(way.0, path, &headers, &[b""], &Answer::json("{}"));
        let span = gateway.span();
        assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), ("refused", code));
        assert_eq!((span.get("http.response.status_code"), span.get("tollgate.api.operation")), (status, operation));
        assert_eq!((span.get("tollgate.key.id"), span.get("gen_ai.provider.name"), span.error), ("test", "", true));
    }
}
