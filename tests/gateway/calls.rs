//! Calls through the whole filter: the provider's request, the client's answer, and the record.

use super::support::{ANTHROPIC_KEY, Answer, EXPORT, Gateway, KEY, OPENAI_KEY, settings};

pub(super) const OPENAI: &str = "/v1/chat/completions";
pub(super) const ANTHROPIC: &str = "/v1/messages";

pub(super) fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

pub(super) fn gateway(more: &str) -> Gateway {
    Gateway::new(&settings(&format!("{EXPORT}{more}")))
}

pub(super) fn plain(path: &str) -> String {
    let model = if path == OPENAI { "gpt-4o-mini" } else { "claude-sonnet-4-5" };
    format!(r#"{{"model":"{model}","max_tokens":5,"messages":[{{"role":"user","content":"hi"}}]}}"#)
}

#[test]
fn a_call_with_nothing_to_change_passes_as_the_very_same_bytes() {
    let mut gateway = gateway("");
    let body = " {\"messages\" : [ ] ,\"model\":\"gpt-4o-mini\", \"x\": 1.50e3 }\n";
    let answer = "{\"id\" : \"a\",  \"choices\":[]}\n";
    let seen = gateway.post(OPENAI, body, &Answer::json(answer));
    assert_eq!(seen.sent(), body);
    assert_eq!(seen.text(), answer);
    assert_eq!(gateway.span().get("tollgate.outcome"), "answered");
}

#[test]
fn the_provider_gets_its_own_key_and_no_trace_of_the_virtual_one() {
    let gateway = gateway("");
    for (path, header, value) in
        [(OPENAI, "authorization", format!("Bearer {OPENAI_KEY}")), (ANTHROPIC, "x-api-key", ANTHROPIC_KEY.to_owned())]
    {
        for (presented, as_) in [("authorization", format!("Bearer {KEY}")), ("x-api-key", KEY.to_owned())] {
            let headers =
                [(presented, as_.as_str()), ("x-tollgate-user", "mallory"), ("x-tollgate-provider", "elsewhere")];
            let body = plain(path);
            let seen = gateway.call("POST", path, &headers, &[body.as_bytes()], &Answer::json("{}"));
            let (sent, _) = seen.upstream.unwrap();
            assert_eq!(sent.get(header), Some(&value));
            assert!(!format!("{sent:?}").contains(KEY), "{sent:?}");
            assert_eq!(sent.get("x-tollgate-user"), None);
            let host = if path == OPENAI { "api.openai.com" } else { "api.anthropic.com" };
            assert_eq!(sent[":authority"], host);
            assert_eq!(sent["x-tollgate-provider"], if path == OPENAI { "openai" } else { "anthropic" });
            assert_eq!(sent["accept-encoding"], "identity");
        }
    }
}

#[test]
fn a_request_that_cannot_be_read_is_refused_not_passed() {
    let gateway = gateway(r#","limits":{"request_body":"4KiB"}"#);
    let long = format!(r#"{{"model":"gpt-4o","messages":[],"x":"{}"}}"#, "y".repeat(5000));
    let cases = [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("{}", 400),
        ("{\"model\":\"a\",\"model\":\"b\",\"messages\":[]}", 400),
        ("{\"model\":\"a\",\"messages\":[]} x", 400),
        ("model=gpt", 400),
        (long.as_str(), 413),
    ];
    for (body, status) in cases {
        for path in [OPENAI, ANTHROPIC] {
            let seen = gateway.post(path, body, &Answer::json("{}"));
            assert_eq!((seen.status, seen.upstream.is_none()), (status, true), "{body}");
            let key = format!("Bearer {KEY}");
            let halves = body.as_bytes().split_at(body.len() / 2);
            let headers = [("authorization", key.as_str()), ("content-length", "1")];
            let seen = gateway.call("POST", path, &headers, &[halves.0, halves.1], &Answer::json("{}"));
            assert_eq!((seen.status, seen.upstream.is_none()), (status, true), "{body}");
        }
    }
    let key = format!("Bearer {KEY}");
    for (name, value, status) in
        [("content-type", "text/plain", 415), ("content-encoding", "gzip", 415), ("content-length", "99999", 413)]
    {
        let headers = [("authorization", key.as_str()), (name, value)];
        let seen = gateway.call("POST", OPENAI, &headers, &[b"{}"], &Answer::json("{}"));
        assert_eq!((seen.status, seen.upstream.is_none()), (status, true), "{name}");
    }
    let headers = [("authorization", key.as_str())];
    let put = gateway.call("PUT", OPENAI, &headers, &[], &Answer::json("{}"));
    assert_eq!((put.status, put.upstream.is_none()), (405, true));
    let elsewhere = gateway.call("POST", "/v2/x", &headers, &[b"{}"], &Answer::json("{}"));
    assert_eq!((elsewhere.status, elsewhere.upstream.is_none()), (404, true));
}

#[test]
fn personal_data_leaves_in_no_text_of_a_request() {
    let gateway = gateway("");
    for (path, name) in [(OPENAI, "openai_chat"), (ANTHROPIC, "anthropic_messages")] {
        let request = fixture(&format!("{name}/request.json"));
        let seen = gateway.post(path, &request, &Answer::json("{}"));
        let sent = seen.sent();
        let personal =
            ["ada@", "bob@", "bob\\u0040", "carol@", "dave@", "eve@", "frank@", "4242", "415-555", "10.20", "536-22"];
        for value in personal {
            assert!(!sent.contains(value), "{value} in {sent}");
        }
        let sent: serde_json::Value = serde_json::from_str(sent).expect("still JSON");
        let length = seen.upstream.as_ref().unwrap().0["content-length"].clone();
        assert_eq!(length, seen.upstream.as_ref().unwrap().1.len().to_string());
        if path == OPENAI {
            let arguments = sent["messages"][2]["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
            let arguments: serde_json::Value = serde_json::from_str(arguments).expect("still JSON within JSON");
            assert_eq!(arguments["to"], "[EMAIL_2]");
            assert_eq!(arguments["note"], "line\n[PHONE_1]");
            assert_eq!(sent["messages"][0]["content"], "You help [EMAIL_1].");
        } else {
            let input = &sent["messages"][1]["content"][1]["input"];
            assert_eq!((&input["to"], &input["card"]), (&"[EMAIL_2]".into(), &"[PAYMENT_CARD_1]".into()));
            assert_eq!(input["[EMAIL_3]"]["phones"][0], "[PHONE_1]");
        }
    }
}

#[test]
fn the_caller_s_trace_is_continued_and_the_provider_gets_the_span_s_own() {
    let mut gateway = gateway("");
    let key = format!("Bearer {KEY}");
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = [("authorization", key.as_str()), ("traceparent", parent), ("tracestate", "a=1")];
    let body = plain(OPENAI);
    let seen = gateway.call("POST", OPENAI, &headers, &[body.as_bytes()], &Answer::json("{}"));
    let span = gateway.spans().remove(0);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&span.trace_id), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(hex(&span.parent_span_id), "b7ad6b7169203331");
    let sent = &seen.upstream.as_ref().unwrap().0;
    assert_eq!(sent["traceparent"], format!("00-{}-{}-01", hex(&span.trace_id), hex(&span.span_id)));
    assert_eq!(sent["tracestate"], "a=1");
}

#[test]
fn content_is_kept_only_as_the_settings_say() {
    let request = fixture("openai_chat/request.json");
    let answer = Answer::json(&fixture("openai_chat/answer.json"));
    let content = |content: &str, redaction: &str| {
        let more = format!(r#","telemetry":{{"otlp":{{"cluster":"otel"}},"content":"{content}"}}{redaction}"#);
        let mut gateway = Gateway::new(&settings(&more));
        gateway.post(OPENAI, &request, &answer);
        gateway.span()
    };
    let none = content("none", "");
    assert!(!format!("{none:?}").contains("messages"));
    let full = content("full", "");
    assert!(full.get("gen_ai.input.messages").contains("bob@example.org"));
    assert!(full.get("gen_ai.output.messages").contains("as ada@example.com asked"));
    for redaction in ["", r#","redaction":{"detect":[]}"#] {
        let redacted = content("redacted", redaction);
        let input = redacted.get("gen_ai.input.messages");
        assert!(input.contains("[EMAIL_2]") && !input.contains('@'), "{input}");
        let output: serde_json::Value = serde_json::from_str(redacted.get("gen_ai.output.messages")).unwrap();
        assert_eq!(output[0]["role"], "assistant");
        assert_eq!(output[0]["parts"][1]["type"], "tool_call");
        assert!(!format!("{redacted:?}").contains("example.org"), "{redacted:?}");
    }
    let hash = content("hash", "");
    assert_eq!(hash.get("tollgate.content.input.sha256").len(), 64);
    assert_eq!(hash.get("tollgate.content.output.sha256").len(), 64);
    assert!(!format!("{hash:?}").contains("@"));
}

#[test]
fn an_unknown_path_passes_where_the_settings_say_so_and_is_recorded_as_unknown() {
    let mut gateway = gateway(r#","unknown_paths":"pass""#);
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str())];
    let answer = Answer { status: 404, ..Answer::json("{}") };
    for (method, path, body, provider) in
        [("GET", "/v1/oracle", None, "openai"), ("POST", "/v1/oracle/runs", Some(&b"{\"input\":\"x\"}"[..]), "openai")]
    {
        let pieces: Vec<&[u8]> = body.into_iter().collect();
        let seen = gateway.call(method, path, &headers, &pieces, &answer);
        let (sent, passed) = seen.upstream.unwrap();
        assert_eq!(sent["authorization"], format!("Bearer {OPENAI_KEY}"));
        assert_eq!(sent["x-tollgate-provider"], provider);
        assert_eq!(passed, body.unwrap_or_default());
        let span = gateway.span();
        assert_eq!((span.get("gen_ai.operation.name"), span.get("error.type")), ("", "404"));
        assert_eq!(span.get("tollgate.outcome"), "failed");
    }
    let unknown = gateway.call("GET", "/v1/oracle", &[], &[], &answer);
    assert_eq!((unknown.status, unknown.upstream.is_none()), (401, true));
    let claude = [("x-api-key", KEY), ("anthropic-version", "2023-06-01")];
    let seen = gateway.call("GET", "/v1/oracle", &claude, &[], &answer);
    assert_eq!(seen.upstream.unwrap().0["x-api-key"], ANTHROPIC_KEY);
}

#[test]
fn an_operation_that_is_not_read_passes_untouched_where_the_settings_say_so() {
    let mut gateway = gateway(r#","operations":{"batches":"pass"}"#);
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str())];
    for (method, path, body, operation, notes) in [
        ("GET", "/v1/models", None, "models", ""),
        ("DELETE", "/v1/files/file-1", None, "files", ""),
        ("POST", "/v1/batches", Some(&b"{\"input_file_id\":\"ada@example.com\"}"[..]), "batches", "request_unread"),
    ] {
        let pieces: Vec<&[u8]> = body.into_iter().collect();
        let seen = gateway.call(method, path, &headers, &pieces, &Answer::json("{}"));
        let (sent, passed) = seen.upstream.unwrap();
        assert_eq!(sent["authorization"], format!("Bearer {OPENAI_KEY}"));
        assert_eq!(passed, body.unwrap_or_default());
        let span = gateway.span();
        assert_eq!(span.get("tollgate.api.operation"), operation);
        assert_eq!((span.get("tollgate.notes"), span.get("tollgate.outcome")), (notes, "answered"));
    }
}

#[test]
fn a_stop_sequence_on_the_span_carries_no_personal_data() {
    let mut gateway = gateway(r#","redaction":{"detect":[]}"#);
    let request = r#"{"model":"gpt-4o","stop":["END","ada@example.com"],"messages":[]}"#;
    gateway.post(OPENAI, request, &Answer::json("{}"));
    assert_eq!(gateway.span().get("gen_ai.request.stop_sequences"), "END,[EMAIL_1]");
}
