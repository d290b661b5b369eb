//! Calls through the whole filter: the provider's request, the client's answer, and the record.

use super::support::{
    ANTHROPIC_KEY, Answer, Attributes, EXPORT, Gateway, KEY, OPENAI_KEY, Seen, settings, settings_for_all, sha256,
};
use tollgate::call::Ending;

const OPENAI: &str = "/v1/chat/completions";
const ANTHROPIC: &str = "/v1/messages";

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn gateway(more: &str) -> Gateway {
    Gateway::new(&settings(&format!("{EXPORT}{more}")))
}

fn plain(path: &str) -> String {
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
fn what_was_taken_out_is_put_back_into_a_whole_answer() {
    let mut gateway = gateway("");
    let seen =
        gateway.post(OPENAI, &fixture("openai_chat/request.json"), &Answer::json(&fixture("openai_chat/answer.json")));
    let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    let message = &answer["choices"][0]["message"];
    assert_eq!(
        message["content"],
        "I wrote to bob@example.org — as ada@example.com asked. Card 4242 4242 4242 4242; unknown [EMAIL_77]."
    );
    assert_eq!(message["tool_calls"][0]["function"]["arguments"], r#"{"to":"bob@example.org","path":"a\\b"}"#);
    let span = gateway.span();
    assert_eq!(span.name, "chat gpt-4o-mini");
    assert_eq!(span.get("gen_ai.usage.input_tokens"), "1200");
    assert_eq!(span.get("gen_ai.usage.output_tokens"), "45");
    assert_eq!(span.get("gen_ai.usage.cache_read.input_tokens"), "1024");
    assert_eq!(span.get("gen_ai.usage.reasoning.output_tokens"), "20");
    assert_eq!(span.get("gen_ai.response.finish_reasons"), "tool_calls");
    assert_eq!(span.get("gen_ai.response.id"), "chatcmpl-fixture1");
    assert_eq!(span.get("openai.response.service_tier"), "default");
    assert_eq!(span.get("tollgate.redacted.email"), "5");
    assert_eq!(
        (span.get("tollgate.team"), span.get("user.id"), span.get("tollgate.key.id")),
        ("search", "ada", "test")
    );
    // 176 uncached at 0.15 USD a million, 1024 cached at 0.075, 45 out at 0.60.
    assert_eq!(span.get("tollgate.cost.total"), "0.0001302");

    let seen = gateway.post(
        ANTHROPIC,
        &fixture("anthropic_messages/request.json"),
        &Answer::json(&fixture("anthropic_messages/answer.json")),
    );
    let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    assert_eq!(answer["content"][0]["thinking"], "Ask [EMAIL_2] first", "it is signed");
    assert_eq!(answer["content"][1]["text"], "I wrote to bob@example.org as ada@example.com asked.");
    assert_eq!(answer["content"][2]["input"]["to"], "bob@example.org");
    let span = gateway.span();
    assert_eq!(span.get("gen_ai.usage.input_tokens"), "2130");
    assert_eq!(span.get("gen_ai.usage.cache_write.input_tokens"), "30");
    assert_eq!(span.get("gen_ai.usage.output_tokens"), "77");
    // 100 at 3 USD a million, 2000 read at 0.30, 10 written at 3.75, 20 at 6, 77 out at 15.
    assert_eq!(span.get("tollgate.cost.total"), "0.0022125");
}

#[test]
fn what_other_models_were_run_for_is_in_the_cost_or_makes_it_unknown() {
    let mut gateway = gateway("");
    let mut cost = |more: &str, runs: &str| {
        let answer = format!(
            r#"{{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{{"type":"text","text":"Yes"}}],"stop_reason":"end_turn","usage":{{"input_tokens":1000,"output_tokens":100{more},"iterations":[{runs}]}}}}"#
        );
        let request = r#"{"model":"claude-haiku-4-5","max_tokens":9,"messages":[]}"#;
        gateway.post(ANTHROPIC, request, &Answer::json(&answer));
        let span = gateway.span();
        ["total", "output", "entry", "unknown"].map(|name| span.get(&format!("tollgate.cost.{name}")).to_owned())
    };
    let own = r#"{"type":"message","input_tokens":1000,"output_tokens":100}"#;
    let advisor = r#"{"type":"advisor_message","model":"claude-opus-4-8","input_tokens":2000,"output_tokens":10}"#;
    // 1000 at 1 USD a million, 100 out at 5.
    assert_eq!(cost("", own), ["0.0015", "0.0005", "anthropic/claude-haiku-4-5-20251001", ""]);
    // In addition, each time, 2000 at 5 USD a million, 10 out at 25.
    let entries = "anthropic/claude-haiku-4-5-20251001 + anthropic/claude-opus-4-8";
    assert_eq!(cost("", &format!("{own},{advisor},{advisor}")), ["0.022", "0.001", entries, ""]);
    // 4000 of its own at 5 USD a million, 20 out at 25: the attempt that was declined.
    let declined = r#"{"type":"message","model":"claude-opus-4-8","input_tokens":4000,"output_tokens":20}"#;
    let fallback =
        r#"{"type":"fallback_message","model":"claude-haiku-4-5-20251001","input_tokens":1000,"output_tokens":100}"#;
    assert_eq!(cost("", &format!("{declined},{fallback}")), ["0.022", "0.001", entries, ""]);
    let unheard_of = advisor.replacen("claude-opus-4-8", "claude-unheard-of", 1);
    let unnamed = r#"{"type":"rehearsal_message","input_tokens":2000,"output_tokens":10}"#;
    for run in [unheard_of.as_str(), unnamed] {
        assert_eq!(cost("", &format!("{own},{run}")), ["", "", "", "model"]);
    }
    assert_eq!(cost(r#","speed":"fast""#, &format!("{own},{advisor}"))[0], "", "at which speed it ran is not said");
}

#[test]
fn a_prompt_is_as_long_as_its_longest_round_and_not_as_their_sum() {
    let mut gateway = gateway("");
    let mut cost = |rounds: [u64; 2]| {
        let [first, second] = rounds;
        let answer = format!(
            r#"{{"id":"m","type":"message","model":"claude-sonnet-4-20250514","content":[],"stop_reason":"end_turn","usage":{{"input_tokens":{},"output_tokens":0,"iterations":[{{"type":"message","input_tokens":{first},"output_tokens":0}},{{"type":"message","input_tokens":1,"cache_read_input_tokens":{},"output_tokens":0}}]}}}}"#,
            first + second,
            second - 1,
        );
        let request = r#"{"model":"claude-sonnet-4-0","max_tokens":9,"messages":[]}"#;
        gateway.post(ANTHROPIC, request, &Answer::json(&answer));
        gateway.span().get("tollgate.cost.total").to_owned()
    };
    // 3 USD a million, and 6 for prompts of more than 200,000 tokens.
    assert_eq!(cost([150_000, 150_000]), "0.9");
    assert_eq!(cost([50_000, 250_000]), "1.8");
}

#[test]
fn the_location_of_a_vertex_ai_path_decides_the_price() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let mut cost = |location: &str| {
        let path = format!(
            "/v1/projects/p/locations/{location}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict"
        );
        let answer = r#"{"id":"m","type":"message","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":0}}"#;
        let request = r#"{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"messages":[]}"#;
        gateway.post(&path, request, &Answer::json(answer));
        gateway.span().get("tollgate.cost.total").to_owned()
    };
    // 3 USD a million, and a tenth more in any region but the global one.
    assert_eq!((cost("global"), cost("us-east5")), ("0.003".to_owned(), "0.0033".to_owned()));
}

/// A fixture's request, with a request for a stream.
fn streaming(name: &str) -> String {
    fixture(&format!("{name}/request.json")).replacen('{', "{\"stream\":true,", 1)
}

/// A streamed call of the fixtures, in pieces of a size.
fn streamed(gateway: &Gateway, path: &str, name: &str, size: usize) -> Seen {
    let stream = fixture(&format!("{name}/stream.sse"));
    let pieces = stream.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
    gateway.post(path, &streaming(name), &Answer::stream(pieces))
}

/// The text of a stream's events at a path of members.
fn joined(stream: &str, path: &[&str]) -> String {
    let datas = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    let values = datas.filter_map(|data| serde_json::from_str::<serde_json::Value>(data).ok());
    values
        .filter_map(|value| {
            let found = path.iter().fold(&value, |value, step| match step.parse::<usize>() {
                Ok(index) => &value[index],
                Err(_) => &value[*step],
            });
            found.as_str().map(str::to_owned)
        })
        .collect()
}

#[test]
fn what_was_taken_out_is_put_back_into_a_stream_cut_anywhere() {
    let mut gateway = gateway("");
    let mut first: Option<(String, Attributes)> = None;
    for size in [1, 2, 3, 7, 64, 1 << 20] {
        let seen = streamed(&gateway, OPENAI, "openai_chat", size);
        let text = seen.text().to_owned();
        assert_eq!(
            joined(&text, &["choices", "0", "delta", "content"]),
            "I wrote to bob@example.org — as ada@example.com asked. Card 4242 4242 4242 4242; unknown [EMAIL_77]."
        );
        assert_eq!(
            joined(&text, &["choices", "0", "delta", "tool_calls", "0", "function", "arguments"]),
            r#"{"to":"bob@example.org","path":"a\\b"}"#
        );
        assert!(text.ends_with("data: [DONE]\n\n"));
        let span = gateway.span().timeless();
        let (text_before, span_before) = first.get_or_insert_with(|| (text.clone(), span.clone()));
        assert_eq!((&text, &span), (&*text_before, &*span_before), "pieces of {size}");
    }
    let mut first: Option<(String, Attributes)> = None;
    for size in [1, 2, 5, 100, 1 << 20] {
        let seen = streamed(&gateway, ANTHROPIC, "anthropic_messages", size);
        let text = seen.text().to_owned();
        assert_eq!(joined(&text, &["delta", "thinking"]), "Ask [EMAIL_2] first", "it is signed");
        assert_eq!(joined(&text, &["delta", "text"]), "I wrote to bob@example.org as ada@example.com asked.");
        assert_eq!(joined(&text, &["delta", "partial_json"]), r#"{"to": "bob@example.org", "note": "a\\b"}"#);
        let span = gateway.span().timeless();
        let (text_before, span_before) = first.get_or_insert_with(|| (text.clone(), span.clone()));
        assert_eq!((&text, &span), (&*text_before, &*span_before), "pieces of {size}");
    }
}

#[test]
fn a_streamed_call_and_the_whole_call_leave_the_same_record() {
    let mut gateway = gateway("");
    for (path, name) in [(OPENAI, "openai_chat"), (ANTHROPIC, "anthropic_messages")] {
        let answer = Answer::json(&fixture(&format!("{name}/answer.json")));
        gateway.post(path, &fixture(&format!("{name}/request.json")), &answer);
        let whole = gateway.span();
        streamed(&gateway, path, name, 50);
        let mut stream = gateway.span();
        assert_ne!(stream.get("gen_ai.response.time_to_first_chunk"), "");
        stream = stream.timeless();
        assert_eq!(stream.of.remove("gen_ai.request.stream").as_deref(), Some("true"));
        assert_eq!(whole, stream);
    }
}

#[test]
fn what_perplexity_searched_is_paid_for() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let body = r#"{"model":"sonar","messages":[]}"#;
    let answer = r#"{"model":"sonar","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":178,"total_tokens":186,
        "search_context_size":"low","cost":{"request_cost":0.005,"total_cost":0.00519}}}"#;
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str()), (":authority", "api.perplexity.ai")];
    gateway.call("POST", "/chat/completions", &headers, &[body.as_bytes()], &Answer::json(answer));
    let span = gateway.span();
    assert_eq!((span.get("tollgate.cost.total"), span.get("tollgate.cost.reported")), ("0.005186", "0.00519"));
    // By the example and the prices of <https://docs.perplexity.ai/getting-started/pricing>.
    let answer = r#"{"model":"sonar-deep-research","choices":[],"usage":{"prompt_tokens":33,"completion_tokens":7163,
        "total_tokens":7196,"citation_tokens":20016,"num_search_queries":18,"reasoning_tokens":73997}}"#;
    gateway.call("POST", "/chat/completions", &headers, &[body.as_bytes()], &Answer::json(answer));
    assert_eq!(gateway.span().get("tollgate.cost.total"), "0.409393");
}

#[test]
fn an_image_of_some_megabytes_in_one_event_is_paid_for() {
    let mut gateway = gateway("");
    let encoded = "iVBORw0K".repeat(1 << 19);
    let event = format!(
        r#"{{"type":"image_generation.completed","b64_json":"{encoded}","usage":{{"input_tokens":9,"output_tokens":4160,"total_tokens":4169}}}}"#
    );
    let body = r#"{"model":"gpt-image-1","prompt":"a cat","stream":true}"#;
    let stream = format!("event: image_generation.completed\ndata: {event}\n\n");
    let pieces = stream.as_bytes().chunks(16 << 10).map(<[u8]>::to_vec).collect();
    let seen = gateway.post("/v1/images/generations", body, &Answer::stream(pieces));
    assert_eq!(seen.text(), stream);
    assert_eq!(gateway.span().get("gen_ai.usage.output_tokens"), "4160");
}

#[test]
fn what_is_spoken_is_restored_though_its_transcript_comes_in_pieces() {
    let gateway = gateway("");
    let request = r#"{"model":"gpt-4o-audio","stream":true,"messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let delta = |audio: &str| format!(r#"data: {{"choices":[{{"index":0,"delta":{{"audio":{{{audio}}}}}}}]}}"#);
    let end = r#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    for pieces in [[r#""transcript":"Mail [EM""#, r#""transcript":"AIL_1].""#], [r#""transcript":"See [EM""#, ""]] {
        let stream = format!("{}\n\n{}\n\n{end}\n\n", delta(pieces[0]), delta(pieces[1]));
        let seen = gateway.post(OPENAI, request, &Answer::stream(vec![stream.into_bytes()]));
        let spoken: String = seen
            .text()
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line.strip_prefix("data: ")?).ok())
            .filter_map(|event| Some(event["choices"][0]["delta"]["audio"]["transcript"].as_str()?.to_owned()))
            .collect();
        let expected = if pieces[1].is_empty() { "See [EM" } else { "Mail ada@example.com." };
        assert_eq!(spoken, expected);
    }
}

#[test]
fn usage_is_asked_for_where_the_client_did_not_and_its_event_is_kept_from_the_client() {
    let mut gateway = gateway(r#","redaction":{"detect":[]}"#);
    let stream = fixture("openai_chat/stream.sse");
    let usage_event = "data: {\"id\":\"chatcmpl-fixture1\"";
    let of_usage = stream.split_inclusive("\n\n").find(|event| event.contains("\"choices\":[]")).unwrap();
    assert!(of_usage.starts_with(usage_event));
    let without = stream.replace(of_usage, "");
    let body = |options: &str| format!(r#"{{"model":"gpt-4o-mini","stream":true{options},"messages":[]}}"#);
    let cases = [
        ("", r#"{"stream_options":{"include_usage":true},"model":"gpt-4o-mini","stream":true,"messages":[]}"#, false),
        (r#","stream_options":null"#, &body(r#","stream_options":{"include_usage":true}"#), false),
        (r#","stream_options":{}"#, &body(r#","stream_options":{"include_usage":true}"#), false),
        (
            r#","stream_options":{"include_usage": false }"#,
            &body(r#","stream_options":{"include_usage": true }"#),
            false,
        ),
        (r#","stream_options":{"x":1}"#, &body(r#","stream_options":{"include_usage":true,"x":1}"#), false),
        (r#","stream_options":{"include_usage":true}"#, &body(r#","stream_options":{"include_usage":true}"#), true),
    ];
    for (options, expected, asked) in cases {
        for size in [1, 17, 1 << 20] {
            let pieces = stream.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
            let seen = gateway.post(OPENAI, &body(options), &Answer::stream(pieces));
            assert_eq!(seen.sent(), expected);
            assert_eq!(seen.text(), if asked { &stream } else { &without });
            assert_eq!(gateway.span().get("gen_ai.usage.input_tokens"), "1200");
        }
    }
}

#[test]
fn usage_is_not_asked_for_in_a_version_of_azures_api_that_would_refuse_it() {
    let gateway = Gateway::new(&settings_for_all(""));
    let body = r#"{"stream":true,"messages":[]}"#;
    for (version, asks) in [
        ("?api-version=2023-05-15", false),
        ("?x=1&api-version=2024-08-01-preview", false),
        ("?api-version=2024-09-01-preview", true),
        ("?api-version=2024-10-21", true),
        ("?api-version=preview", true),
        ("", true),
    ] {
        let path = format!("/openai/deployments/d/chat/completions{version}");
        let key = format!("Bearer {KEY}");
        let headers = [("authorization", key.as_str()), (":authority", "azure_openai.example")];
        let seen = gateway.call("POST", &path, &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.sent().contains("include_usage"), asks, "{version}");
    }
}

#[test]
fn usage_is_not_asked_of_those_who_tell_it_anyway_and_may_refuse_to_be_asked() {
    let gateway = Gateway::new(&settings_for_all(""));
    let body = r#"{"model":"m","stream":true,"messages":[]}"#;
    let key = format!("Bearer {KEY}");
    for (host, asks) in
        [("databricks.example", false), ("api.mistral.ai", false), ("api.perplexity.ai", false), ("api.x.ai", true)]
    {
        let headers = [("authorization", key.as_str()), (":authority", host)];
        let seen = gateway.call("POST", OPENAI, &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.sent().contains("include_usage"), asks, "{host}");
    }
    let mistral = "/v1/projects/p/locations/l/publishers/mistralai/models/mistral-small:streamRawPredict";
    let headers = [("authorization", key.as_str()), (":authority", "aiplatform.googleapis.com")];
    let seen = gateway.call("POST", mistral, &headers, &[body.as_bytes()], &Answer::json("{}"));
    assert_eq!(seen.sent(), body);
}

#[test]
fn an_event_of_a_stream_goes_on_as_soon_as_it_is_whole() {
    let gateway = gateway("");
    for (path, name) in [(OPENAI, "openai_chat"), (ANTHROPIC, "anthropic_messages")] {
        let request = streaming(name);
        let stream = fixture(&format!("{name}/stream.sse"));
        let events: Vec<Vec<u8>> = stream.split_inclusive("\n\n").map(|event| event.as_bytes().to_vec()).collect();
        let seen = gateway.post(path, &request, &Answer::stream(events.clone()));
        for (event, piece) in events.iter().zip(&seen.pieces) {
            let hidden = event.windows(12).any(|part| part == b"\"choices\":[]");
            assert_eq!(piece.is_empty(), hidden, "{}", String::from_utf8_lossy(event));
        }
    }
}

#[test]
fn what_looked_like_a_placeholder_s_beginning_to_the_end_is_not_lost() {
    let gateway = gateway("");
    let request = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let chunk = |delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"c1\",\"created\":5,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    let text = |stream: &str| joined(stream, &["choices", "0", "delta", "content"]);
    let begun = chunk(r#"{"content":"see [EMAIL_"}"#, "null");
    // The text ends with an event of its own, within its last event, or with the stream.
    for rest in [chunk("{}", "\"stop\"") + "data: [DONE]\n\n", "data: [DONE]\n\n".to_owned(), String::new()] {
        let stream = begun.clone() + &rest;
        let seen = gateway.post(OPENAI, request, &Answer::stream(vec![stream.into_bytes()]));
        assert_eq!(text(seen.text()), "see [EMAIL_");
        let written = seen.text().split("\n\n").nth(1).unwrap();
        assert_eq!(
            written,
            r#"data: {"id":"c1","model":"m","object":"chat.completion.chunk","created":5,"choices":[{"index":0,"delta":{"content":"[EMAIL_"},"finish_reason":null}]}"#
        );
    }
    let last = chunk(r#"{"content":"see [EMAIL_"}"#, "\"length\"");
    let seen = gateway.post(OPENAI, request, &Answer::stream(vec![last.clone().into_bytes()]));
    assert_eq!(seen.text(), last);

    let request = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let stream = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"a [\"}}\n\n\
                  event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}\n\n";
    let seen = gateway.post(ANTHROPIC, request, &Answer::stream(vec![stream.as_bytes().to_vec()]));
    let expected = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"a \"}}\n\n\
                    event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"[\"}}\n\n\
                    event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}\n\n";
    assert_eq!(seen.text(), expected);
}

#[test]
fn what_is_put_back_into_arguments_is_escaped_for_both_documents_it_lies_in() {
    let gateway = gateway("");
    // A quoted local part has quotes of its own.
    let request = r#"{"model":"m","messages":[{"role":"user","content":"key -----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}]}"#;
    let answer = r#"{"choices":[{"message":{"content":"[API_KEY_1]","tool_calls":[{"function":{"name":"f","arguments":"{\"k\":\"[API_KEY_1]\"}"}}]},"finish_reason":"stop"}]}"#;
    let seen = gateway.post(OPENAI, request, &Answer::json(answer));
    assert!(!seen.sent().contains("AAAA"), "{}", seen.sent());
    let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    let message = &answer["choices"][0]["message"];
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    assert_eq!(message["content"], key);
    let arguments = message["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    let arguments: serde_json::Value = serde_json::from_str(arguments).unwrap();
    assert_eq!(arguments["k"], key);
}

#[test]
fn a_text_that_looks_like_a_placeholder_already_stays_what_it_is() {
    let gateway = gateway("");
    let request = r#"{"model":"m","messages":[{"role":"user","content":"[EMAIL_1] is not ada@example.com"}]}"#;
    let answer = r#"{"choices":[{"message":{"content":"[EMAIL_1] [EMAIL_2]"}}]}"#;
    let seen = gateway.post(OPENAI, request, &Answer::json(answer));
    assert!(seen.sent().contains("[EMAIL_1] is not [EMAIL_2]"));
    assert!(seen.text().contains("[EMAIL_1] ada@example.com"));
}

#[test]
fn one_call_s_placeholders_are_unknown_to_the_next() {
    let gateway = gateway("");
    let request = r#"{"model":"m","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    gateway.post(OPENAI, request, &Answer::json("{}"));
    let answer = r#"{"choices":[{"message":{"content":"[EMAIL_1]"}}]}"#;
    let seen = gateway.post(OPENAI, &plain(OPENAI), &Answer::json(answer));
    assert_eq!(seen.text(), answer);
}

#[test]
fn a_call_that_was_cut_is_recorded_with_what_was_seen_and_why() {
    let mut gateway = gateway("");
    let stream = fixture("openai_chat/stream.sse");
    let half = stream.as_bytes()[..stream.len() / 2].to_vec();
    let request = r#"{"model":"gpt-4o-mini","stream":true,"messages":[]}"#;
    for (cut, outcome, error) in [
        (Some(Ending::CutByClient), "cut_by_client", "client_disconnected"),
        (
            Some(Ending::CutByProvider("upstream_reset_after_response_started".to_owned())),
            "cut_by_provider",
            "upstream_reset_after_response_started",
        ),
        // The connection was closed in order, the stream was not.
        (None, "cut_by_provider", "stream_truncated"),
    ] {
        let answer = Answer { cut, ..Answer::stream(vec![half.clone()]) };
        gateway.post(OPENAI, request, &answer);
        let span = gateway.span();
        assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), (outcome, error));
        assert_eq!(span.get("gen_ai.response.id"), "chatcmpl-fixture1");
        assert_eq!(span.get("gen_ai.response.finish_reasons"), "error");
        assert!(span.error);
    }
    let answer = fixture("openai_chat/answer.json");
    let half = answer.as_bytes()[..answer.len() / 2].to_vec();
    let answer = Answer { cut: Some(Ending::CutByClient), ..Answer::of("application/json", vec![half]) };
    gateway.post(OPENAI, &plain(OPENAI), &answer);
    assert_eq!(gateway.span().get("gen_ai.response.model"), "gpt-4o-mini-2024-07-18");
}

#[test]
fn an_answer_that_cannot_be_read_passes_and_is_recorded_as_such() {
    let mut gateway = gateway(r#","limits":{"response_body":"1KiB","stream_event":"1KiB"}"#);
    let long = format!(r#"{{"choices":[],"x":"{}"}}"#, "y".repeat(3000));
    let encoded = Answer { headers: vec![("content-encoding", "br")], ..Answer::json("\u{1f}\u{8b}") };
    let html = Answer { status: 502, ..Answer::of("text/html", vec![b"<h1>Bad gateway</h1>".to_vec()]) };
    let event = Answer::stream(vec![format!("data: {long}\n\ndata: [DONE]\n\n").into_bytes()]);
    let cases = [
        (encoded, "response_encoding", "answered"),
        (html, "response_content_type", "failed"),
        (Answer::json("not json"), "response_unreadable", "answered"),
        (Answer::json(&long), "response_too_large", "answered"),
        (event, "stream_event_too_large", "answered"),
        (Answer::stream(vec![b"data: {oops\n\ndata: [DONE]\n\n".to_vec()]), "stream_event_unreadable", "answered"),
    ];
    for (answer, note, outcome) in cases {
        let sent: Vec<u8> = answer.pieces.concat();
        for text in ["hi", "ada@example.com"] {
            let request = format!(r#"{{"model":"gpt-4o","messages":[{{"role":"user","content":"{text}"}}]}}"#);
            let seen = gateway.post(OPENAI, &request, &answer);
            assert_eq!(seen.body, sent);
            let span = gateway.span();
            assert_eq!((span.get("tollgate.notes"), span.get("tollgate.outcome")), (note, outcome));
            assert_eq!(span.get("gen_ai.usage.input_tokens"), "", "unknown is not zero");
            assert_eq!(span.get("tollgate.cost.total"), "");
        }
    }
}

#[test]
fn a_provider_s_error_is_the_client_s_and_its_type_is_recorded() {
    let mut gateway = gateway("");
    let body =
        r#"{"error":{"message":"No, [EMAIL_1]","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    let answer = Answer { status: 429, ..Answer::json(body) };
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let seen = gateway.post(OPENAI, request, &answer);
    assert_eq!((seen.status, seen.text().contains("No, ada@example.com")), (429, true));
    let span = gateway.span();
    assert_eq!((span.get("error.type"), span.get("tollgate.outcome")), ("insufficient_quota", "failed"));

    let stream = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":9}}}\n\n\
                  event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let request = r#"{"model":"claude-sonnet-4-5","stream":true,"messages":[]}"#;
    gateway.post(ANTHROPIC, request, &Answer::stream(vec![stream.as_bytes().to_vec()]));
    let span = gateway.span();
    assert_eq!((span.get("error.type"), span.get("tollgate.outcome")), ("overloaded_error", "failed"));
    assert_eq!(span.get("gen_ai.usage.input_tokens"), "9");
}

#[test]
fn trailers_in_place_of_a_last_piece_lose_nothing() {
    let mut gateway = gateway("");
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let answer = r#"{"choices":[{"index":0,"message":{"content":"[EMAIL_1]"},"finish_reason":"stop"}]}"#;
    let answer = Answer { trailers: true, ..Answer::json(answer) };
    let seen = gateway.post(OPENAI, request, &answer);
    assert!(seen.text().contains("ada@example.com"));
    assert_eq!(gateway.span().get("tollgate.outcome"), "answered");
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

#[test]
fn a_client_that_leaves_at_the_end_of_a_stream_has_not_cut_it() {
    let mut gateway = gateway("");
    let request = r#"{"model":"gpt-4o-mini","stream":true,"messages":[]}"#;
    let stream = fixture("openai_chat/stream.sse").into_bytes();
    let answer = Answer { cut: Some(Ending::CutByClient), ..Answer::stream(vec![stream]) };
    gateway.post(OPENAI, request, &answer);
    let span = gateway.span();
    assert_eq!((span.get("tollgate.outcome"), span.get("error.type"), span.error), ("answered", "", false));
}

#[test]
fn usage_told_before_a_cut_is_marked_as_incomplete() {
    let mut gateway = gateway("");
    let request = r#"{"model":"claude-sonnet-4-5","stream":true,"messages":[]}"#;
    let stream = fixture("anthropic_messages/stream.sse");
    let begun = stream.split("event: message_delta").next().unwrap().as_bytes().to_vec();
    for cut in [Some(Ending::CutByClient), None] {
        let answer = Answer { cut, ..Answer::stream(vec![begun.clone()]) };
        gateway.post(ANTHROPIC, request, &answer);
        let span = gateway.span();
        assert_eq!(span.get("gen_ai.usage.output_tokens"), "1");
        assert!(span.get("tollgate.notes").contains("usage_incomplete"), "{span:?}");
    }
    gateway.post(ANTHROPIC, request, &Answer::stream(vec![stream.into_bytes()]));
    assert_eq!(gateway.span().get("tollgate.notes"), "");
}

/// Sums of tokens over spans counted a future call twice, and a fetched answer as often as it was fetched.
#[test]
fn what_is_counted_of_another_call_is_in_no_sum_and_costs_nothing() {
    let export = r#","telemetry":{"otlp":{"cluster":"otel"},"estimate_usage":true}"#;
    let mut gateway = Gateway::new(&settings(export));
    let usage = r#"{"input_tokens":1200,"input_tokens_details":{"cached_tokens":1000},"output_tokens":30}"#;
    let answer = format!(r#"{{"id":"resp_1","object":"response","status":"completed","output":[],"usage":{usage}}}"#);
    let key = format!("Bearer {KEY}");
    gateway.call("GET", "/v1/responses/resp_1", &[("authorization", &key)], &[], &Answer::json(&answer));
    let fetched = gateway.span();
    let asked = r#"{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"How long is this?"}]}"#;
    gateway.post("/v1/messages/count_tokens", asked, &Answer::json(r#"{"input_tokens":14}"#));
    let counted = gateway.span();
    gateway.post("/v1/messages/count_tokens", asked, &Answer::json("{}"));
    let uncounted = gateway.span();
    assert_eq!(fetched.get("tollgate.counted.input_tokens"), "1200");
    assert_eq!(fetched.get("tollgate.counted.cache_read.input_tokens"), "1000");
    assert_eq!(fetched.get("tollgate.counted.output_tokens"), "30");
    assert_eq!(counted.get("tollgate.counted.input_tokens"), "14");
    for span in [fetched, counted, uncounted] {
        let has = |prefix: &str| span.of.keys().any(|name| name.starts_with(prefix));
        assert!(!has("gen_ai.usage.") && !has("tollgate.usage.") && !has("tollgate.cost."), "{:?}", span.of);
    }
}
