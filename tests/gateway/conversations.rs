//! Conversations of several turns: values stay out of every turn, and are restored only for their own tenant.

use super::support::{Answer, Gateway, KEY, Seen, sha256};
use serde_json::{Value, json};

/// The key of another team, and one without a team.
pub(super) const OTHER_TEAM: &str = "tg-other-0123456789abcdefghijk";
pub(super) const NO_TEAM: &str = "tg-alone-0123456789abcdefghijk";

/// A gateway to the provider of a kind; `redaction` are members of its settings.
pub(super) fn gateway(kind: &str, redaction: &str) -> Gateway {
    let [search, other, alone] = [KEY, OTHER_TEAM, NO_TEAM].map(sha256);
    Gateway::new(&format!(
        r#"{{"providers":[{{"name":"p","kind":"{kind}","host":"p.example","credential":{{"env":"OPENAI_API_KEY"}}}}],
          "keys":[{{"id":"a","sha256":"{search}","team":"search"}},{{"id":"b","sha256":"{other}","team":"other"}},
            {{"id":"search","sha256":"{alone}"}}],
          "redaction":{{{redaction}}},"telemetry":{{"otlp":{{"cluster":"otel"}},"content":"redacted"}}}}"#
    ))
}

pub(super) const WITH_KEY: &str = r#""placeholder_key":{"env":"PLACEHOLDER_KEY"}"#;
pub(super) const WITHIN_ENVOY: &str =
    r#""placeholder_key":{"env":"PLACEHOLDER_KEY"},"restore_scope":"envoy","shared_slots":64,"shared_lifetime":"1m""#;
pub(super) const WITHIN_CALL: &str = r#""placeholder_key":{"env":"PLACEHOLDER_KEY"},"restore_scope":"call""#;

/// A call with a given key.
pub(super) fn by(gateway: &Gateway, key: &str, method: &str, path: &str, body: &str, answer: &Answer) -> Seen {
    let key = format!("Bearer {key}");
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let body: &[&[u8]] = if body.is_empty() { &[] } else { &[body.as_bytes()] };
    gateway.call(method, path, &headers, body, answer)
}

/// The first placeholder in a text.
pub(super) fn placeholder(text: &str) -> String {
    let token = text.split("[EMAIL_").nth(1).unwrap_or_else(|| panic!("no placeholder in {text}"));
    format!("[EMAIL_{}]", token.split(']').next().unwrap())
}

const MAX: &str = "max.roe@bank.example";

/// One provider's form of thoughts, in answers and in later requests.
struct Api {
    kind: &'static str,
    path: &'static str,
    streamed_path: &'static str,
    /// The first request, with the value in its system prompt.
    first: Value,
    /// A whole answer whose thought is `thought`.
    whole: fn(&str) -> Value,
    /// The same in a stream, in frames.
    stream: fn(&str) -> Vec<Value>,
    /// The second request: messages before the system prompt.
    second: fn(&Value) -> String,
    /// Path of the part of the whole answer that is sent back.
    said: &'static str,
}

/// Members in the order of the official client.
fn ordered(members: &[(&str, &Value)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn apis() -> Vec<Api> {
    vec![
        Api {
            kind: "anthropic",
            path: "/v1/messages",
            streamed_path: "/v1/messages",
            first: json!({"model": "claude-sonnet-4-5", "max_tokens": 9, "system": format!("You serve {MAX}."),
                "messages": [{"role": "user", "content": "Whom?"}]}),
            whole: |thought| {
                json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
                    "stop_reason": "end_turn", "content": [
                        {"type": "thinking", "thinking": format!("It is {thought}."), "signature": "c2ln"},
                        {"type": "text", "text": format!("You serve {thought}.")}]})
            },
            stream: |thought| {
                let (half, rest) = thought.split_at(thought.len() / 2);
                let delta = |index, delta| json!({"type": "content_block_delta", "index": index, "delta": delta});
                vec![
                    json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant",
                        "model": "claude-sonnet-4-5", "content": []}}),
                    json!({"type": "content_block_start", "index": 0, "content_block":
                        {"type": "thinking", "thinking": "", "signature": ""}}),
                    delta(0, json!({"type": "thinking_delta", "thinking": format!("It is {half}")})),
                    delta(0, json!({"type": "thinking_delta", "thinking": format!("{rest}.")})),
                    delta(0, json!({"type": "signature_delta", "signature": "c2ln"})),
                    json!({"type": "content_block_stop", "index": 0}),
                    json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
                    delta(1, json!({"type": "text_delta", "text": format!("You serve {half}")})),
                    delta(1, json!({"type": "text_delta", "text": format!("{rest}.")})),
                    json!({"type": "content_block_stop", "index": 1}),
                    json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
                    json!({"type": "message_stop"}),
                ]
            },
            second: |content| {
                let messages = json!([{"role": "user", "content": "Whom?"},
                    {"role": "assistant", "content": content}, {"role": "user", "content": "And bob@bank.example?"}]);
                ordered(&[
                    ("max_tokens", &json!(9)),
                    ("messages", &messages),
                    ("model", &json!("claude-sonnet-4-5")),
                    ("system", &json!(format!("You serve {MAX}."))),
                ])
            },
            said: "/content",
        },
        Api {
            kind: "bedrock",
            path: "/model/anthropic.claude-sonnet-4-5/converse",
            streamed_path: "",
            first: json!({"system": [{"text": format!("You serve {MAX}.")}],
                "messages": [{"role": "user", "content": [{"text": "Whom?"}]}]}),
            whole: |thought| {
                json!({"output": {"message": {"role": "assistant", "content": [
                    {"reasoningContent": {"reasoningText": {"text": format!("It is {thought}."), "signature": "c2ln"}}},
                    {"text": format!("You serve {thought}.")}]}}, "stopReason": "end_turn"})
            },
            stream: |_| vec![],
            second: |content| {
                let messages = json!([{"role": "user", "content": [{"text": "Whom?"}]},
                    {"role": "assistant", "content": content},
                    {"role": "user", "content": [{"text": "And bob@bank.example?"}]}]);
                ordered(&[("messages", &messages), ("system", &json!([{"text": format!("You serve {MAX}.")}]))])
            },
            said: "/output/message/content",
        },
        Api {
            kind: "gemini",
            path: "/v1beta/models/gemini-3-flash:generateContent",
            streamed_path: "",
            first: json!({"systemInstruction": {"parts": [{"text": format!("You serve {MAX}.")}]},
                "contents": [{"role": "user", "parts": [{"text": "Whom?"}]}]}),
            whole: |thought| {
                json!({"candidates": [{"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": [
                    {"text": format!("It is {thought}."), "thought": true, "thoughtSignature": "c2ln"},
                    {"text": format!("You serve {thought}."), "thoughtSignature": "c2lo"}]}}]})
            },
            stream: |_| vec![],
            second: |parts| {
                let contents = json!([{"role": "user", "parts": [{"text": "Whom?"}]},
                    {"role": "model", "parts": parts}, {"role": "user", "parts": [{"text": "And bob@bank.example?"}]}]);
                let system = json!({"parts": [{"text": format!("You serve {MAX}.")}]});
                ordered(&[("contents", &contents), ("systemInstruction", &system)])
            },
            said: "/candidates/0/content/parts",
        },
        Api {
            kind: "openrouter",
            path: "/v1/chat/completions",
            streamed_path: "/v1/chat/completions",
            first: json!({"model": "anthropic/claude-sonnet-4.5", "messages": [
                {"role": "system", "content": format!("You serve {MAX}.")}, {"role": "user", "content": "Whom?"}]}),
            whole: |thought| {
                json!({"id": "gen-1", "object": "chat.completion", "model": "anthropic/claude-sonnet-4.5", "choices": [
                    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant",
                    "content": format!("You serve {thought}."), "reasoning_details": [{"type": "reasoning.text",
                    "text": format!("It is {thought}."), "format": "anthropic-claude-v1", "signature": "c2ln"}]}}]})
            },
            stream: |thought| {
                let (half, rest) = thought.split_at(thought.len() / 2);
                let chunk = |delta: Value, finish: Value| {
                    json!({"id": "gen-1", "object": "chat.completion.chunk", "model": "anthropic/claude-sonnet-4.5",
                        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
                };
                let detail = |text: String| {
                    json!({"reasoning_details": [{"type": "reasoning.text", "text": text,
                        "format": "anthropic-claude-v1", "index": 0}]})
                };
                vec![
                    chunk(detail(format!("It is {half}")), Value::Null),
                    chunk(detail(format!("{rest}.")), Value::Null),
                    chunk(
                        json!({"reasoning_details": [{"type": "reasoning.text", "signature": "c2ln",
                        "format": "anthropic-claude-v1", "index": 0}]}),
                        Value::Null,
                    ),
                    chunk(json!({"content": format!("You serve {half}")}), Value::Null),
                    chunk(json!({"content": format!("{rest}.")}), json!("stop")),
                ]
            },
            second: |message| {
                ordered(&[
                    (
                        "messages",
                        &json!([message, {"role": "user", "content": "And bob@bank.example?"},
                        {"role": "system", "content": format!("You serve {MAX}.")}]),
                    ),
                    ("model", &json!("anthropic/claude-sonnet-4.5")),
                ])
            },
            said: "/choices/0/message",
        },
        Api {
            kind: "openai",
            path: "/v1/responses",
            streamed_path: "/v1/responses",
            first: json!({"model": "gpt-5", "store": false, "include": ["reasoning.encrypted_content"],
                "instructions": format!("You serve {MAX}."), "input": "Whom?"}),
            whole: |thought| {
                json!({"id": "resp_1", "object": "response", "model": "gpt-5", "status": "completed", "output": [
                    {"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA",
                        "summary": [{"type": "summary_text", "text": format!("It is {thought}.")}]},
                    {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                        "content": [{"type": "output_text", "text": format!("You serve {thought}."),
                            "annotations": []}]}]})
            },
            stream: |thought| {
                let (half, rest) = thought.split_at(thought.len() / 2);
                let summary = |delta: String| {
                    json!({"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0,
                        "summary_index": 0, "delta": delta})
                };
                let text = |delta: String| {
                    json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 1,
                        "content_index": 0, "delta": delta})
                };
                vec![
                    json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning",
                        "id": "rs_1", "summary": []}}),
                    summary(format!("It is {half}")),
                    summary(format!("{rest}.")),
                    json!({"type": "response.reasoning_summary_text.done", "item_id": "rs_1", "output_index": 0,
                        "summary_index": 0, "text": format!("It is {thought}.")}),
                    json!({"type": "response.reasoning_summary_part.done", "item_id": "rs_1", "output_index": 0,
                        "summary_index": 0, "part": {"type": "summary_text", "text": format!("It is {thought}.")}}),
                    json!({"type": "response.output_item.done", "output_index": 0, "item": {"type": "reasoning",
                        "id": "rs_1", "encrypted_content": "gAAA",
                        "summary": [{"type": "summary_text", "text": format!("It is {thought}.")}]}}),
                    text(format!("You serve {half}")),
                    text(format!("{rest}.")),
                ]
            },
            second: |output| {
                let mut input = output.as_array().unwrap().clone();
                input.push(json!({"role": "user", "content": "And bob@bank.example?"}));
                ordered(&[
                    ("input", &Value::Array(input)),
                    ("instructions", &json!(format!("You serve {MAX}."))),
                    ("model", &json!("gpt-5")),
                ])
            },
            said: "/output",
        },
    ]
}

/// The first string with this prefix, at any depth.
pub(super) fn text_with(value: &Value, beginning: &str) -> Option<String> {
    match value {
        Value::String(text) if text.starts_with(beginning) => Some(text.clone()),
        Value::Array(values) => values.iter().find_map(|value| text_with(value, beginning)),
        Value::Object(members) => members.values().find_map(|value| text_with(value, beginning)),
        _ => None,
    }
}

#[test]
fn signed_reasoning_reaches_the_client_and_goes_back_as_it_was_signed() {
    for redaction in ["", WITH_KEY, WITHIN_CALL, WITHIN_ENVOY] {
        for api in apis() {
            let kind = api.kind;
            let mut gateway = gateway(kind, redaction);
            let seen = gateway.post(api.path, &api.first.to_string(), &Answer::json("{}"));
            let known = placeholder(seen.sent());
            assert!(!seen.sent().contains("max.roe"), "{kind}: {}", seen.sent());

            let answer = (api.whole)(&known);
            let seen = gateway.post(api.path, &api.first.to_string(), &Answer::json(&answer.to_string()));
            let read: Value = serde_json::from_str(seen.text()).unwrap();
            let thought = format!("It is {known}.");
            assert_eq!(text_with(&read, "It is"), Some(thought.clone()), "{kind}");
            assert_eq!(text_with(&read, "You serve"), Some(format!("You serve {MAX}.")), "{kind}");

            let second = (api.second)(read.pointer(api.said).unwrap());
            let seen = gateway.post(api.path, &second, &Answer::json(&(api.whole)(&known).to_string()));
            assert!(!seen.sent().contains("max.roe"), "{kind}: {}", seen.sent());
            assert!(!seen.sent().contains("bob@"), "{kind}: {}", seen.sent());
            let sent: Value = serde_json::from_str(seen.sent()).unwrap();
            assert_eq!(text_with(&sent, "It is"), Some(thought), "{kind}: changed what was signed");
            for span in gateway.spans() {
                let shown = format!("{span:?}");
                assert!(!shown.contains("max.roe") && !shown.contains("bob@"), "{kind}: {shown}");
            }
            if !redaction.is_empty() {
                assert_eq!(
                    text_with(&sent, "You serve"),
                    Some(format!("You serve {known}.")),
                    "{kind}: a prompt's prefix"
                );
            }
        }
    }
}

#[test]
fn signed_reasoning_in_a_stream_cut_anywhere_reaches_the_client_as_it_was_signed() {
    for redaction in ["", WITH_KEY] {
        for api in apis().into_iter().filter(|api| !api.streamed_path.is_empty()) {
            let gateway = gateway(api.kind, redaction);
            let mut first = api.first.clone();
            first["stream"] = json!(true);
            let seen = gateway.post(api.streamed_path, &first.to_string(), &Answer::json("{}"));
            let known = placeholder(seen.sent());
            let frames = (api.stream)(&known);
            let stream: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).collect();
            let mut whole = None;
            for size in [1, 2, 3, 10, 4096] {
                let pieces = stream.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
                let seen = gateway.post(api.streamed_path, &first.to_string(), &Answer::stream(pieces));
                let text = seen.text().to_owned();
                let thoughts: Vec<&str> = stream.lines().filter(|line| line.contains("It is")).collect();
                for thought in thoughts {
                    assert!(text.contains(thought), "{}: {thought} is not in {text}", api.kind);
                }
                let said: String = text.lines().filter(|line| !line.contains("It is")).collect();
                assert!(said.contains(MAX), "{}: {said}", api.kind);
                assert_eq!(*whole.get_or_insert_with(|| text.clone()), text, "{}: pieces of {size}", api.kind);
            }
        }
    }
}

#[test]
fn reasoning_that_nobody_signs_is_restored_and_redacted() {
    for (kind, path, answer, request) in [
        (
            "vllm",
            "/v1/chat/completions",
            r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"a","reasoning":"I ask PLACE"}}]}"#,
            r#"{"model":"m","messages":[{"role":"assistant","content":"a","reasoning":"I ask max.roe@bank.example"}]}"#,
        ),
        (
            "openrouter",
            "/v1/chat/completions",
            r#"{"choices":[{"message":{"reasoning_details":[{"type":"reasoning.text","text":"I ask PLACE",
                "format":"unknown"}],"content":"a"}}]}"#,
            r#"{"model":"m","messages":[{"role":"assistant","content":"a","reasoning_details":[
                {"type":"reasoning.text","text":"I ask max.roe@bank.example","format":"unknown"}]}]}"#,
        ),
        (
            "bedrock",
            "/model/deepseek.r1-v1:0/converse",
            r#"{"output":{"message":{"role":"assistant","content":[
                {"reasoningContent":{"reasoningText":{"text":"I ask PLACE"}}}]}},"stopReason":"end_turn"}"#,
            r#"{"messages":[{"role":"assistant","content":[
                {"reasoningContent":{"reasoningText":{"text":"I ask max.roe@bank.example"}}}]}]}"#,
        ),
        (
            "gemini",
            "/v1beta/models/gemini-3-flash:generateContent",
            r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"I ask PLACE","thought":true}]}}]}"#,
            r#"{"contents":[{"role":"model","parts":[{"text":"I ask max.roe@bank.example","thought":true}]}]}"#,
        ),
        (
            "openai",
            "/v1/responses",
            r#"{"object":"response","status":"completed","output":[{"type":"reasoning","id":"rs_1","summary":[
                {"type":"summary_text","text":"I ask PLACE"}]}]}"#,
            r#"{"model":"m","input":[{"type":"reasoning","id":"rs_1","summary":[
                {"type":"summary_text","text":"I ask max.roe@bank.example"}]}]}"#,
        ),
    ] {
        let gateway = gateway(kind, "");
        let seen = gateway.post(path, request, &Answer::json(&answer.replace("PLACE", "[EMAIL_1]")));
        assert!(seen.sent().contains("I ask [EMAIL_1]"), "{kind}: {}", seen.sent());
        assert!(seen.text().contains("I ask max.roe@bank.example"), "{kind}: {}", seen.text());
    }
}

#[test]
fn without_a_key_a_number_in_signed_reasoning_is_not_given_to_another_value() {
    let gateway = gateway("anthropic", "");
    let request = r#"{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"assistant","content":[
        {"type":"thinking","thinking":"It is [EMAIL_1].","signature":"c2ln"},{"type":"text","text":"Yes."}]},
        {"role":"user","content":"And bob@bank.example?"}]}"#;
    let answer = r#"{"type":"message","content":[{"type":"text","text":"[EMAIL_1] knows [EMAIL_2]."}]}"#;
    let seen = gateway.post("/v1/messages", request, &Answer::json(answer));
    assert!(seen.sent().contains("And [EMAIL_2]?"), "{}", seen.sent());
    assert!(seen.text().contains("[EMAIL_1] knows bob@bank.example."), "{}", seen.text());
}
