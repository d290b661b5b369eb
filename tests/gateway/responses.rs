//! Calls of OpenAI's Responses API, of its audio, and of paths without a known dialect, through the whole filter.

use super::support::{Answer, EXPORT, Gateway, KEY, settings, settings_for_all, sha256};
use serde_json::Value;

pub(crate) const PEM: &str =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----";

fn gateway(more: &str) -> Gateway {
    Gateway::new(&settings(&format!("{EXPORT}{more}")))
}

/// A stream of these events.
fn stream(events: &[&str]) -> Answer {
    let of = |event: &&str| {
        let event: Value = serde_json::from_str(event).unwrap();
        format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())
    };
    Answer::stream(vec![events.iter().map(of).collect::<String>().into_bytes()])
}

/// The events of a stream that a client gets.
fn events(body: &str) -> Vec<Value> {
    let data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// Pieces of one text, as a client concatenates them.
fn pieces(events: &[Value], kind: &str) -> String {
    let of = events.iter().filter(|event| event["type"] == kind);
    of.map(|event| event["delta"].as_str().unwrap()).collect()
}

#[test]
fn a_value_comes_back_wherever_a_stream_repeats_it() {
    let gateway = gateway("");
    let request = r#"{"model":"m","stream":true,"input":"Mail ann@home.example."}"#;
    let message = r#"{"id":"i","type":"message","content":[{"type":"output_text","text":"To [EMAIL_1]!"}]}"#;
    let call = r#"{"id":"f","call_id":"c","type":"function_call","name":"n","arguments":"{\"to\":\"[EMAIL_1]\"}"}"#;
    let seen = gateway.post(
        "/v1/responses",
        request,
        &stream(&[
            r#"{"type":"response.created","response":{"id":"r","status":"in_progress","instructions":"[EMAIL_1]"}}"#,
            r#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"i","delta":"To [EMA"}"#,
            r#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"i","delta":"IL_1]!"}"#,
            r#"{"type":"response.output_text.done","output_index":0,"content_index":0,"item_id":"i","text":"To [EMAIL_1]!"}"#,
            r#"{"type":"response.content_part.done","output_index":0,"content_index":0,"item_id":"i",
                "part":{"type":"output_text","text":"To [EMAIL_1]!"}}"#,
            &format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{message}}}"#),
            r#"{"type":"response.function_call_arguments.delta","output_index":1,"item_id":"f","delta":"{\"to\":\"[EMAI"}"#,
            r#"{"type":"response.function_call_arguments.delta","output_index":1,"item_id":"f","delta":"L_1]\"}"}"#,
            r#"{"type":"response.function_call_arguments.done","output_index":1,"item_id":"f",
                "arguments":"{\"to\":\"[EMAIL_1]\"}"}"#,
            &format!(r#"{{"type":"response.output_item.done","output_index":1,"item":{call}}}"#),
            &format!(r#"{{"type":"response.completed","response":{{"id":"r","status":"completed","output":[{message},{call}]}}}}"#),
        ]),
    );
    assert!(!seen.sent().contains("home.example"), "{}", seen.sent());
    assert!(!seen.text().contains("EMA"), "{}", seen.text());
    let events = events(seen.text());
    assert_eq!(pieces(&events, "response.output_text.delta"), "To ann@home.example!");
    assert_eq!(pieces(&events, "response.function_call_arguments.delta"), r#"{"to":"ann@home.example"}"#);
    let last = &events.last().unwrap()["response"]["output"];
    assert_eq!(last[0]["content"][0]["text"], "To ann@home.example!");
    assert_eq!(last[1]["arguments"], r#"{"to":"ann@home.example"}"#);
}

#[test]
fn what_might_have_become_a_placeholder_is_there_before_its_text_is_over() {
    let gateway = gateway("");
    let request = r#"{"model":"m","stream":true,"input":"Mail ann@home.example."}"#;
    let seen = gateway.post(
        "/v1/responses",
        request,
        &stream(&[
            r#"{"type":"response.output_text.delta","output_index":3,"content_index":1,"item_id":"i","delta":"see [EM"}"#,
            r#"{"type":"response.output_text.done","output_index":3,"content_index":1,"item_id":"i","text":"see [EM"}"#,
            r#"{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}"#,
        ]),
    );
    let events = events(seen.text());
    assert_eq!(pieces(&events, "response.output_text.delta"), "see [EM");
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let [delta, done] = ["response.output_text.delta", "response.output_text.done"];
    assert_eq!(kinds, [delta, delta, done, "response.completed"]);
    let added = &events[1];
    assert_eq!(
        (&added["item_id"], &added["output_index"], &added["content_index"]),
        (&"i".into(), &3.into(), &1.into())
    );
}

#[test]
fn a_value_of_several_lines_comes_back_as_it_was_in_code_and_in_json() {
    let gateway = gateway(r#","redaction":{"detect":["api_key"]}"#);
    let request = serde_json::json!({"model": "m", "input": PEM}).to_string();
    let answer = r#"{"id":"r","object":"response","status":"completed","output":[
        {"type":"custom_tool_call","call_id":"a","name":"run","input":"key = '[API_KEY_1]'"},
        {"type":"code_interpreter_call","id":"b","code":"[API_KEY_1]"},
        {"type":"function_call","call_id":"c","name":"f","arguments":"{\"key\":\"[API_KEY_1]\"}"}]}"#;
    let seen = gateway.post("/v1/responses", &request, &Answer::json(answer));
    assert!(seen.sent().contains("[API_KEY_1]"), "{}", seen.sent());
    let output = &serde_json::from_str::<Value>(seen.text()).unwrap()["output"];
    assert_eq!(output[0]["input"], format!("key = '{PEM}'"));
    assert_eq!(output[1]["code"], PEM);
    let arguments: Value = serde_json::from_str(output[2]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments["key"], PEM);
}

#[test]
fn the_span_has_a_tools_input_whether_it_is_json_or_not() {
    let mut gateway = Gateway::new(&settings(r#","telemetry":{"otlp":{"cluster":"otel"},"content":"full"}"#));
    let answer = r#"{"id":"r","object":"response","status":"completed","output":[
        {"type":"custom_tool_call","call_id":"a","name":"run","input":"x = 1"},
        {"type":"function_call","call_id":"c","name":"f","arguments":"{\"y\":2}"}]}"#;
    gateway.post("/v1/responses", r#"{"model":"m","input":"hi"}"#, &Answer::json(answer));
    let messages: Value = serde_json::from_str(gateway.span().get("gen_ai.output.messages")).unwrap();
    let parts = messages[0]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 2, "{messages}");
    assert_eq!((&parts[0]["name"], &parts[0]["arguments"]), (&"run".into(), &"x = 1".into()));
    assert_eq!((&parts[1]["name"], &parts[1]["arguments"]["y"]), (&"f".into(), &2.into()));
}

#[test]
fn a_stored_response_that_is_fetched_costs_nothing_again() {
    let mut gateway = gateway("");
    let key = format!("Bearer {KEY}");
    let answer = Answer::json(
        r#"{"id":"r","object":"response","status":"completed","model":"gpt-4o-mini","output":[],
            "usage":{"input_tokens":1000,"output_tokens":1000,"total_tokens":2000}}"#,
    );
    gateway.call("GET", "/v1/responses/r", &[("authorization", &key)], &[], &answer);
    let fetched = gateway.span();
    assert_eq!((fetched.get("gen_ai.response.id"), fetched.get("tollgate.cost.total")), ("r", ""));
    gateway.post("/v1/responses", r#"{"model":"gpt-4o-mini","input":"hi"}"#, &answer);
    assert_ne!(gateway.span().get("tollgate.cost.total"), "");
}

#[test]
fn speech_is_billed_by_its_characters() {
    let mut gateway = gateway("");
    let request = r#"{"model":"tts-1","input":"J\u00fcrgen, komm!","voice":"alloy"}"#;
    let audio = || Answer::of("audio/mpeg", vec![b"\xff\xf3\xc4".to_vec()]);
    let seen = gateway.post("/v1/audio/speech", request, &audio());
    assert_eq!(seen.body, b"\xff\xf3\xc4");
    assert_eq!(gateway.span().get("tollgate.usage.input_characters"), "13");
    gateway.post("/v1/audio/speech", request, &Answer { status: 500, ..audio() });
    assert_eq!(gateway.span().get("tollgate.usage.input_characters"), "");
}

#[test]
fn what_no_dialect_is_known_for_passes_untouched_and_is_told_of_all_the_same() {
    let mut gateway = gateway(r#","unknown_paths":"pass","operations":{"videos":"pass"}"#);
    let request = " {\"model\" : \"m-1\",\"prompt\":\"ada@home.example\", \"stream\":true}\n";
    let answer = "{ \"id\":\"v-1\", \"model\" : \"m-1-x\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4} }";
    for (path, operation, input) in [("/v1/videos", "videos", ""), ("/v9/oracle", "", "3")] {
        let seen = gateway.post(path, request, &Answer::json(answer));
        assert_eq!((seen.sent(), seen.text()), (request, answer));
        let span = gateway.span();
        assert_eq!(span.get("tollgate.api.operation"), operation);
        assert_eq!((span.get("gen_ai.request.model"), span.get("gen_ai.response.model")), ("m-1", "m-1-x"));
        assert_eq!((span.get("gen_ai.response.id"), span.get("gen_ai.usage.input_tokens")), ("v-1", input));
        assert_eq!(span.get("tollgate.outcome"), "answered");
    }
    let failed = Answer { status: 404, ..Answer::json(r#"{"error":{"type":"t","code":"not_there","message":"m"}}"#) };
    gateway.post("/v1/videos", request, &failed);
    assert_eq!(gateway.span().get("error.type"), "not_there");
}

#[test]
fn a_body_that_is_only_looked_at_is_never_held_for_long_nor_refused() {
    let mut gateway =
        gateway(r#","limits":{"request_body":"1KiB"},"operations":{"vector_stores":"pass","files":"pass"}"#);
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let long = format!("{{\"model\":\"m\",\"x\":\"{}\"}}", "x".repeat(5000));
    for body in [long.as_str(), "not json", "{\"model\":\"a\",\"model\":\"b\"}"] {
        let seen = gateway.call("POST", "/v1/vector_stores", &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.sent(), body);
        assert_eq!(gateway.span().get("tollgate.outcome"), "answered");
    }
    let form = [("authorization", key.as_str()), ("content-type", "multipart/form-data; boundary=b")];
    let seen = gateway.call("POST", "/v1/files", &form, &[b"--b--"], &Answer::json("{}"));
    assert_eq!(seen.sent(), "--b--");
}

#[test]
fn a_key_for_some_models_may_not_name_another_where_the_body_is_only_looked_at() {
    let digest = sha256("tg-limited-key-0123456789");
    let mut written: Value =
        serde_json::from_str(&settings(r#","unknown_paths":"pass","operations":{"vector_stores":"pass"}"#)).unwrap();
    written["keys"] = serde_json::json!([{"id": "limited", "sha256": digest, "models": ["gpt-4o*"]}]);
    let gateway = Gateway::new(&written.to_string());
    let headers = [("authorization", "Bearer tg-limited-key-0123456789"), ("content-type", "application/json")];
    for (model, status) in [("o1", 403), ("gpt-4o-mini", 200)] {
        let body = format!(r#"{{"model":"{model}"}}"#);
        let seen = gateway.call("POST", "/v9/oracle", &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.status, status, "{model}");
    }
    let seen = gateway.call("POST", "/v1/vector_stores", &headers, &[b"{\"name\":\"x\"}"], &Answer::json("{}"));
    assert_eq!(seen.status, 200);
}

#[test]
fn a_call_to_databricks_is_billed_by_the_endpoint_that_was_asked() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let key = format!("Bearer {KEY}");
    let headers =
        [("authorization", key.as_str()), ("content-type", "application/json"), (":authority", "databricks.example")];
    let answer = |model: &str| {
        let usage = r#"{"prompt_tokens":1000,"completion_tokens":1000,"total_tokens":2000}"#;
        Answer::json(&format!(r#"{{"id":"r","model":"{model}","choices":[],"usage":{usage}}}"#))
    };
    let request = br#"{"model":"databricks-claude-sonnet-4-5","messages":[]}"#;
    let path = "/serving-endpoints/chat/completions";
    gateway.call("POST", path, &headers, &[request], &answer("us.anthropic.claude-sonnet-4-5-20250929-v1:0"));
    assert_eq!(gateway.span().get("tollgate.cost.entry"), "databricks/databricks-claude-sonnet-4-5");
    let path = "/serving-endpoints/databricks-claude-sonnet-4-5/invocations";
    gateway.call("POST", path, &headers, &[br#"{"messages":[]}"#], &answer("us.anthropic.claude-sonnet-4-5"));
    assert_eq!(gateway.span().get("tollgate.cost.entry"), "databricks/databricks-claude-sonnet-4-5");
}

#[test]
fn a_call_to_a_gateway_of_many_goes_there_whatever_it_speaks() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let key = format!("Bearer {KEY}");
    let headers =
        [("authorization", key.as_str()), ("content-type", "application/json"), (":authority", "api.cloudflare.com")];
    for (path, body) in [
        ("/v1/acme/gw/anthropic/v1/messages", r#"{"model":"m","max_tokens":5,"messages":[]}"#),
        ("/v1/acme/gw/google-ai-studio/v1beta/models/m:generateContent", r#"{"contents":[]}"#),
    ] {
        let seen = gateway.call("POST", path, &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert!(seen.upstream.is_some(), "{path}");
        assert_eq!(gateway.span().get("gen_ai.provider.name"), "cloudflare", "{path}");
    }
}

#[test]
fn a_sound_goes_to_hugging_face_as_it_is_and_what_is_heard_comes_back() {
    let mut gateway = Gateway::new(&settings_for_all(&format!(r#"{EXPORT},"operations":{{"hf_inference":"pass"}}"#)));
    let key = format!("Bearer {KEY}");
    let (path, sound) = ("/hf-inference/models/acme/ears", &b"fLaC\x00\xff"[..]);
    let post = |gateway: &Gateway, media: &str, body: &[u8]| {
        let headers =
            [("authorization", key.as_str()), ("content-type", media), (":authority", "router.huggingface.co")];
        gateway.call("POST", path, &headers, &[body], &Answer::json(r#"{"text":"Hello"}"#))
    };
    for media in ["audio/x-flac", "image/png"] {
        let seen = post(&gateway, media, sound);
        assert_eq!((seen.status, seen.upstream.is_some()), (200, true), "{media}");
        let span = gateway.span();
        assert_eq!(span.get("gen_ai.request.model"), "acme/ears");
        assert!(span.get("tollgate.notes").contains("request_unread"), "{span:?}");
    }
    // A body of another type may be a text; it passes with the setting too, because it cannot be read.
    let closed = Gateway::new(&settings_for_all(""));
    for media in ["text/plain", "application/octet-stream"] {
        assert_eq!(post(&closed, media, b"I am ada@example.com").status, 415, "{media}");
    }
}
