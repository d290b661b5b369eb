//! Content on spans: a request's items as parts of messages, by the schemas of the conventions.

use super::support::{Answer, Gateway, settings_for_all};
use serde_json::{Value, json};

fn gateway(content: &str, more: &str) -> Gateway {
    let telemetry = format!(r#","telemetry":{{"otlp":{{"cluster":"otel"}},"content":"{content}"{more}}}"#);
    Gateway::new(&settings_for_all(&telemetry))
}

/// The messages and the instructions on the span of a call.
fn kept(gateway: &mut Gateway, path: &str, request: &Value) -> (Value, Value) {
    gateway.post(path, &request.to_string(), &Answer::json("{}"));
    let span = gateway.span();
    let read = |name: &str| serde_json::from_str(span.get(name)).unwrap_or(Value::Null);
    (read("gen_ai.input.messages"), read("gen_ai.system_instructions"))
}

/// The parts of the only message.
fn parts(content: &str, path: &str, request: &Value) -> Value {
    let (messages, _) = kept(&mut gateway(content, ""), path, request);
    assert_eq!(messages.as_array().map(Vec::len), Some(1), "{messages}");
    messages[0]["parts"].clone()
}

#[test]
fn media_are_named_and_not_copied() {
    let data = "aGVsbG8=";
    let image = json!({"type": "blob", "modality": "image", "mime_type": "image/png", "size": 5});
    let cases = [
        (
            "/v1/chat/completions",
            json!({"model": "m", "messages": [{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{data}")}},
                {"type": "image_url", "image_url": {"url": "https://a.example/1.png"}},
                {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}},
                {"type": "file", "file": {"file_id": "file-1"}},
                {"type": "file", "file": {"file_data": format!("data:application/pdf;base64,{data}")}}]}]}),
            json!([image, {"type": "uri", "modality": "image", "uri": "https://a.example/1.png"},
                {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "size": 5},
                {"type": "file", "modality": "document", "file_id": "file-1"},
                {"type": "blob", "modality": "document", "mime_type": "application/pdf", "size": 5}]),
        ),
        (
            "/v1/messages",
            json!({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
                {"type": "document", "source": {"type": "url", "url": "https://a.example/1.pdf"}},
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a letter"}},
                {"type": "document", "source": {"type": "file", "file_id": "file_1"}}]}]}),
            json!([image, {"type": "uri", "modality": "document", "uri": "https://a.example/1.pdf"},
                {"type": "text", "content": "a letter"},
                {"type": "file", "modality": "document", "file_id": "file_1"}]),
        ),
        (
            "/v1beta/models/m:generateContent",
            json!({"contents": [{"role": "user", "parts": [
                {"inlineData": {"mimeType": "image/png", "data": data}},
                {"fileData": {"mimeType": "video/mp4", "fileUri": "gs://b/1.mp4"}}]}]}),
            json!([image, {"type": "uri", "modality": "video", "mime_type": "video/mp4", "uri": "gs://b/1.mp4"}]),
        ),
        (
            "/v1/responses",
            json!({"model": "m", "input": [{"role": "user", "content": [
                {"type": "input_image", "image_url": format!("data:image/png;base64,{data}")},
                {"type": "input_file", "file_id": "file-1"}]}]}),
            json!([image, {"type": "file", "modality": "document", "file_id": "file-1"}]),
        ),
        (
            "/model/amazon.nova-lite-v1:0/converse",
            json!({"messages": [{"role": "user", "content": [
                {"image": {"format": "png", "source": {"bytes": data}}}]}]}),
            json!([image]),
        ),
    ];
    for (path, request, expected) in cases {
        for content in ["full", "redacted"] {
            assert_eq!(parts(content, path, &request), expected, "{path} {content}");
        }
    }
}

#[test]
fn an_address_is_redacted_and_loses_its_query() {
    let url = "https://a.example/of/ada@example.com.png?signature=c2VjcmV0#x";
    let request = json!({"model": "m", "messages": [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": url}}]}]});
    let path = "/v1/chat/completions";
    assert_eq!(parts("full", path, &request)[0]["uri"], url);
    let redacted = &parts("redacted", path, &request)[0]["uri"];
    assert!(!redacted.to_string().contains('@') && !redacted.to_string().contains("signature"), "{redacted}");
    assert!(redacted.as_str().unwrap().starts_with("https://a.example/of/"), "{redacted}");
}

#[test]
fn a_result_has_its_call_s_id_and_is_json_where_it_is_an_object() {
    let cases = [
        (
            "/v1/chat/completions",
            json!({"model": "m", "messages": [{"role": "tool", "tool_call_id": "call_1", "content": "sunny"}]}),
            json!([{"type": "tool_call_response", "id": "call_1", "response": "sunny"}]),
        ),
        (
            "/v1/messages",
            json!({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "sunny"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}]},
                {"type": "text", "text": "And now?"}]}]}),
            json!([{"type": "tool_call_response", "id": "toolu_1", "response": "sunny"},
                {"type": "blob", "modality": "image", "mime_type": "image/png", "size": 2},
                {"type": "text", "content": "And now?"}]),
        ),
        (
            "/v1beta/models/m:generateContent",
            json!({"contents": [{"role": "user", "parts": [
                {"functionResponse": {"id": "c1", "name": "weather", "response": {"sky": "blue", "degrees": 21}}}]}]}),
            json!([{"type": "tool_call_response", "id": "c1", "response": {"sky": "blue", "degrees": 21}}]),
        ),
        (
            "/v1/responses",
            json!({"model": "m", "input": [{"type": "function_call_output", "call_id": "call_1", "output": "sunny"}]}),
            json!([{"type": "tool_call_response", "id": "call_1", "response": "sunny"}]),
        ),
        (
            "/model/m/converse",
            json!({"messages": [{"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "status": "success",
                "content": [{"json": {"sky": "blue"}}, {"text": "sunny"}]}}]}]}),
            json!([{"type": "tool_call_response", "id": "t1", "response": {"sky": "blue"}},
                {"type": "tool_call_response", "id": "t1", "response": "sunny"}]),
        ),
    ];
    for (path, request, expected) in cases {
        let (messages, _) = kept(&mut gateway("full", ""), path, &request);
        assert_eq!(messages, json!([{"role": "tool", "parts": expected}]), "{path}");
    }
}

#[test]
fn calls_and_reasoning_of_earlier_turns_are_parts_of_their_own() {
    let call = json!({"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"in": "Bonn"}});
    let thought = json!({"type": "reasoning", "content": "Where?"});
    let empty = json!({"type": "tool_call", "id": "c2", "name": "now", "arguments": {}});
    let cases = [
        (
            "/v1/chat/completions",
            json!({"model": "m", "messages": [{"role": "assistant", "reasoning_content": "Where?", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"in\":\"Bonn\"}"}},
                {"id": "c2", "type": "function", "function": {"name": "now", "arguments": "{}"}}]}]}),
        ),
        (
            "/v1/messages",
            json!({"model": "m", "max_tokens": 1, "messages": [{"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Where?", "signature": "c2ln"},
                {"type": "tool_use", "id": "c1", "name": "weather", "input": {"in": "Bonn"}},
                {"type": "tool_use", "id": "c2", "name": "now", "input": {}}]}]}),
        ),
        (
            "/v1beta/models/m:generateContent",
            json!({"contents": [{"role": "model", "parts": [{"text": "Where?", "thought": true},
                {"functionCall": {"id": "c1", "name": "weather", "args": {"in": "Bonn"}}},
                {"functionCall": {"id": "c2", "name": "now", "args": {}}}]}]}),
        ),
    ];
    for (path, request) in cases {
        for content in ["full", "redacted"] {
            let (messages, _) = kept(&mut gateway(content, ""), path, &request);
            let expected = json!([{"role": "assistant", "parts": [thought, call, empty]}]);
            assert_eq!(messages, expected, "{path} {content}");
        }
    }
}

#[test]
fn instructions_beside_the_conversation_stand_apart_and_others_do_not() {
    let text = |text: &str| json!({"type": "text", "content": text});
    let said = json!([{"role": "user", "parts": [text("Hello")]}]);
    for (path, request) in [
        (
            "/v1/messages",
            json!({"model": "m", "max_tokens": 1, "system": "Be kind.",
            "messages": [{"role": "user", "content": "Hello"}]}),
        ),
        ("/v1/responses", json!({"model": "m", "instructions": "Be kind.", "input": "Hello"})),
        (
            "/v1beta/models/m:generateContent",
            json!({"systemInstruction": {"role": "user", "parts": [{"text": "Be kind."}]},
            "contents": [{"parts": [{"text": "Hello"}]}]}),
        ),
    ] {
        let (messages, system) = kept(&mut gateway("full", ""), path, &request);
        assert_eq!((messages, system), (said.clone(), json!([text("Be kind.")])), "{path}");
    }
    let chat = json!({"model": "m", "messages": [{"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello"}, {"role": "assistant", "content": ""}]});
    let (messages, system) = kept(&mut gateway("full", ""), "/v1/chat/completions", &chat);
    assert_eq!(
        (&messages[0]["role"], &messages[0]["parts"][0], &system),
        (&json!("system"), &text("Be kind."), &Value::Null)
    );
}

#[test]
fn a_batch_shows_the_messages_of_all_its_requests() {
    let requests = ["one", "two"].map(|text| {
        json!({"custom_id": text, "params": {"model": "m", "max_tokens": 1, "system": "Be kind.",
            "messages": [{"role": "user", "content": text}]}})
    });
    let batch = json!({"requests": requests});
    let (messages, system) = kept(&mut gateway("full", ""), "/v1/messages/batches", &batch);
    let texts: Vec<_> = messages.as_array().unwrap().iter().map(|message| &message["parts"][0]["content"]).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(system.as_array().unwrap().len(), 2);
}

#[test]
fn content_beyond_the_limit_is_cut_and_stays_json() {
    let long = "é".repeat(400);
    let request = json!({"model": "m", "messages": [{"role": "user", "content": [
        {"type": "text", "text": long},
        {"type": "image_url", "image_url": {"url": format!("https://a.example/{long}")}},
        {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{}", "A".repeat(100_000))}}]},
        {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "f", "arguments": format!("{{\"a\":\"{long}\"}}")}}]}]});
    let mut gateway = gateway("full", r#","content_limit":"512B""#);
    let (messages, _) = kept(&mut gateway, "/v1/chat/completions", &request);
    let parts = &messages[0]["parts"];
    assert_eq!(parts[0]["content"].as_str().unwrap().len(), 512);
    assert_eq!((&parts[1]["uri"], &parts[2]["size"]), (&json!(""), &json!(75_000)));
    assert!(messages.to_string().len() < 1200, "{messages}");
}
