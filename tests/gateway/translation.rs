//! Calls whose target speaks another dialect than the client: translated there and back, with redaction, at the gateway's
//! own attempt and at upstream instances'.

use super::router::{CHAT, Provider, Router, Sent};
use super::support::Answer;
use serde_json::{Value, json};

const PROMPT: &str = r#"{"model":"fast","max_tokens":100,"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Write to ada@example.com"}],"tools":[{"type":"function","function":{"name":"send","parameters":{"type":"object"}}}]}"#;

fn chain() -> Value {
    json!([
        {"name": "fast", "targets": [
            {"provider": "openai", "model": "gpt-4o"},
            {"provider": "anthropic", "model": "claude-sonnet-4-5"},
            {"provider": "gemini", "model": "gemini-2.5-flash"},
            {"provider": "local", "model": "qwen"},
        ]},
        {"name": "claude", "targets": [
            {"provider": "anthropic", "model": "claude-sonnet-4-5"},
            {"provider": "local", "model": "qwen"},
        ]},
    ])
}

fn error(status: u16, body: &str) -> Provider {
    Provider::Answers(Answer { status, ..Answer::json(body) })
}

fn body(sent: &Sent) -> Value {
    serde_json::from_slice(&sent.body).unwrap()
}

const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"To [EMAIL_1]"},{"type":"tool_use","id":"toolu_1","name":"send","input":{"to":"[EMAIL_1]"}}],"stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":2}}"#;

fn message_stream() -> Provider {
    let events = [
        (
            "message_start",
            r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}"#,
        ),
        (
            "content_block_start",
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"To [EMA"}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"IL_1]"}}"#,
        ),
        ("content_block_stop", r#"{"type":"content_block_stop","index":0}"#),
        ("message_delta", r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#),
        ("message_stop", r#"{"type":"message_stop"}"#),
    ];
    let events = events.iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n").into_bytes());
    Provider::Answers(Answer::stream(events.collect()))
}

#[test]
fn a_chain_goes_through_three_dialects_and_nothing_of_one_reaches_the_next() {
    let mut router = Router::new(&chain());
    let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let good = r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"To [EMAIL_1]"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7},"modelVersion":"gemini-2.5-flash","responseId":"r"}"#;
    let answers = vec![error(429, "{}"), error(529, overloaded), Provider::Answers(Answer::json(good))];
    let outcome = router.post(PROMPT, answers);
    assert_eq!(outcome.targets(), ["openai", "anthropic", "gemini"]);
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "To ada@example.com", "{answer}");
    assert_eq!(answer["usage"]["total_tokens"], 7);
    assert_eq!(outcome.headers.text("content-type"), Some("application/json"));
    let [openai, anthropic, gemini] = outcome.sent.as_slice() else { panic!() };
    assert_eq!(openai.headers.text(":path"), Some(CHAT));
    assert_eq!(openai.headers.first("anthropic-version"), None);
    assert_eq!(body(openai)["messages"][1]["content"], "Write to [EMAIL_1]");
    let path = |sent: &Sent| sent.headers.text(":path").unwrap().to_owned();
    assert_eq!(
        (path(anthropic).as_str(), anthropic.headers.text("anthropic-version")),
        ("/v1/messages", Some("2023-06-01"))
    );
    let written = body(anthropic);
    assert_eq!((&written["system"], &written["model"]), (&json!("Be kind."), &json!("claude-sonnet-4-5")));
    assert_eq!(written["messages"], json!([{"role": "user", "content": "Write to [EMAIL_1]"}]));
    assert_eq!(path(gemini), "/v1beta/models/gemini-2.5-flash:generateContent");
    assert_eq!((gemini.headers.first("anthropic-version"), gemini.headers.first("x-api-key")), (None, None));
    assert!(gemini.headers.first("x-goog-api-key").is_some());
    assert_eq!(body(gemini)["contents"][0]["parts"][0]["text"], "Write to [EMAIL_1]");
    for sent in &outcome.sent {
        assert_eq!(sent.headers.content_length(), Some(sent.body.len()));
        assert!(!String::from_utf8_lossy(&sent.body).contains("ada@"), "{}", sent.target);
    }
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "status 429,status 529,answered");
    assert_eq!((span.get("gen_ai.usage.input_tokens"), span.get("gen_ai.provider.name")), ("5", "gcp.gemini"));
}

#[test]
fn a_whole_answer_with_a_call_comes_back_in_the_client_s_dialect() {
    let router = Router::new(&chain());
    let outcome = router.post(&PROMPT.replace("fast", "claude"), vec![Provider::Answers(Answer::json(MESSAGE))]);
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    let choice = &answer["choices"][0];
    assert_eq!(choice["message"]["content"], "To ada@example.com");
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!((&call["id"], &call["function"]["name"]), (&json!("toolu_1"), &json!("send")));
    assert_eq!(call["function"]["arguments"], r#"{"to":"ada@example.com"}"#);
    assert_eq!((&choice["finish_reason"], &answer["usage"]["prompt_tokens"]), (&json!("tool_calls"), &json!(5)));
}

#[test]
fn a_stream_is_translated_and_restored_while_it_comes() {
    let mut router = Router::new(&chain());
    let prompt = PROMPT.replace("fast", "claude").replacen('{', "{\"stream\":true,", 1);
    let outcome = router.post(&prompt, vec![message_stream()]);
    let text = outcome.text();
    assert_eq!(outcome.headers.text("content-type"), Some("text/event-stream"));
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let chunks: Vec<Value> = text
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("data: "))
        .filter(|data| data.starts_with('{'))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let said: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(said, "To ada@example.com");
    assert!(chunks.iter().all(|chunk| chunk["usage"].is_null()), "the client asked for no usage");
    assert_eq!(body(&outcome.sent[0])["stream"], true);
    let span = router.span();
    assert_eq!((span.get("gen_ai.usage.output_tokens"), span.get("tollgate.outcome")), ("2", "answered"));
}

#[test]
fn a_stream_that_breaks_off_ends_with_an_error_of_the_client_s_dialect() {
    let router = Router::new(&chain());
    let cut = Provider::Answers(Answer::stream(vec![
        b"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n".to_vec(),
        b"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"To\"}}\n\n".to_vec(),
    ]));
    let prompt = PROMPT.replace("fast", "claude").replacen('{', "{\"stream\":true,", 1);
    let outcome = router.post(&prompt, vec![cut]);
    let last = outcome.text().trim_end().rsplit("\n\n").next().unwrap();
    let error: Value = serde_json::from_str(last.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "stream_truncated", "{}", outcome.text());
    assert!(!outcome.text().contains("[DONE]") && !outcome.text().contains("\"finish_reason\":\"stop\""));
}

#[test]
fn the_last_error_is_of_the_client_s_dialect_with_the_provider_s_message() {
    let router = Router::new(&chain());
    let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let outcome = router.post(
        &PROMPT.replace("fast", "claude"),
        vec![Provider::AnswersLast(Answer { status: 529, ..Answer::json(overloaded) })],
    );
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!((outcome.status, &answer["error"]["message"]), (503, &json!("Overloaded")));
    // Not even an error of its own API. The first target rests by now.
    let router = Router::new(&chain());
    let html = Provider::AnswersLast(Answer { status: 502, ..Answer::json("<html>bad gateway</html>") });
    let outcome = router.post(&PROMPT.replace("fast", "claude"), vec![html]);
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!((outcome.status, &answer["error"]["type"]), (502, &json!("server_error")));
}

#[test]
fn a_client_of_messages_reaches_openai_and_its_own_headers_stay_here() {
    let router = Router::new(&json!([{"name": "fast", "targets": [
        {"provider": "openai", "model": "gpt-4o"}, {"provider": "local"}]}]));
    let prompt = r#"{"model":"fast","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;
    let chunks = [
        r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
        r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"To [EMAIL_1]"}}]}"#,
        r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        r#"{"id":"c","model":"gpt-4o","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#,
        "[DONE]",
    ];
    let events = chunks.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect();
    let outcome = router.call("/v1/messages", prompt, vec![Provider::Answers(Answer::stream(events))]);
    let text = outcome.text();
    assert!(
        text.starts_with("event: message_start\n") && text.trim_end().ends_with(r#"{"type":"message_stop"}"#),
        "{text}"
    );
    assert!(text.contains("To ada@example.com") && text.contains(r#""output_tokens":2"#), "{text}");
    let sent = &outcome.sent[0];
    assert_eq!(sent.headers.text(":path"), Some(CHAT));
    let written = body(sent);
    assert_eq!(written["stream_options"], json!({"include_usage": true}));
    assert_eq!((&written["model"], &written["max_completion_tokens"]), (&json!("gpt-4o"), &json!(9)));
}
