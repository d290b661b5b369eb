//! Calls whose target speaks another dialect than the client: translated there and back, with redaction, at the gateway's
//! own attempt and at upstream instances'.

use super::router::{CHAT, Provider, Router, Sent};
use super::support::Answer;
use serde_json::{Value, json};
use tollgate::filter::{Host, Side};

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

/// One target that speaks the client's dialect between two that do not.
fn strict_chain(on_loss: &str) -> Value {
    json!([{"name": "fast", "targets": [
        {"provider": "anthropic", "model": "claude-sonnet-4-5", "on_loss": on_loss},
        {"provider": "openai", "model": "gpt-4o", "on_loss": on_loss},
        {"provider": "gemini", "model": "gemini-2.5-flash", "on_loss": on_loss},
        {"provider": "local", "model": "qwen", "on_loss": on_loss},
    ]}])
}

const SEEDED: &str = r#"{"model":"fast","seed":7,"logit_bias":{"50256":-100},"messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;

fn chat() -> Provider {
    Provider::Answers(Answer::json(
        r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"To [EMAIL_1]"},"finish_reason":"stop"}]}"#,
    ))
}

#[test]
fn a_target_that_would_lose_something_is_passed_over_where_the_settings_say_so() {
    let mut router = Router::new(&strict_chain("refuse"));
    let outcome = router.post(SEEDED, vec![error(500, "{}"), chat()]);
    assert_eq!(outcome.targets(), ["openai", "local"]);
    assert_eq!(body(&outcome.sent[0])["logit_bias"], json!({"50256": -100}));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "translation_loss,translation_loss,status 500,answered");
    assert_eq!((span.get("gen_ai.provider.name"), span.get("tollgate.redacted.email")), ("vllm", "1"));
    let lost = span.get("tollgate.attempts.lost");
    assert!(lost.starts_with("logit_bias.50256, seed,logit_bias.50256") && lost.ends_with(",,"), "{lost}");
    assert_eq!(span.get("tollgate.lost.request"), "");
    // What loses nothing goes to the first.
    let plain = SEEDED.replace(r#""seed":7,"logit_bias":{"50256":-100},"#, "");
    let outcome = router.post(&plain, vec![Provider::Answers(Answer::json(MESSAGE))]);
    assert_eq!(outcome.targets(), ["anthropic"]);
    let router = Router::new(&strict_chain("drop"));
    assert_eq!(router.post(SEEDED, vec![Provider::Answers(Answer::json(MESSAGE))]).targets(), ["anthropic"]);
}

#[test]
fn a_request_that_every_target_would_cut_is_refused_with_the_names_of_what_is_lost() {
    let targets = |on_loss: &Value| {
        json!([{"name": "fast", "targets": [
            {"provider": "anthropic", "model": "claude-sonnet-4-5", "on_loss": on_loss},
            {"provider": "gemini", "model": "gemini-2.5-flash"},
        ]}])
    };
    let refused = |router: &mut Router, path: &str, text: &str| {
        assert!(router.call_of(path, "application/json", text, Vec::new()).is_none());
        let reply = router.host.0.borrow_mut().reply.take().expect("no reply");
        let span = router.span();
        assert_eq!((span.get("error.type"), span.get("tollgate.outcome")), ("translation_loss", "refused"));
        (reply.status, String::from_utf8(reply.body).unwrap())
    };
    let mut router = Router::strict(&targets(&Value::Null));
    let (status, text) = refused(&mut router, CHAT, SEEDED);
    let error: Value = serde_json::from_str(&text).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert_eq!((status, error["error"]["type"].as_str()), (400, Some("invalid_request_error")));
    assert!(message.contains("logit_bias") && message.contains("seed"), "{message}");
    assert!(!message.contains("100") && !message.contains("ada@"), "{message}");
    // In the client's dialect.
    let anthropic =
        r#"{"model":"fast","max_tokens":9,"inference_geo":"us","messages":[{"role":"user","content":"Hi"}]}"#;
    let mut router = Router::strict(&json!([{"name": "fast", "targets": [
        {"provider": "openai", "model": "gpt-4o"}, {"provider": "gemini", "model": "gemini-2.5-flash"}]}]));
    let (status, text) = refused(&mut router, "/v1/messages", anthropic);
    let error: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &error["type"]), (400, &json!("error")), "{text}");
    assert!(text.contains("inference_geo"), "{text}");
    // A target may allow it: the one that is left needs no upstream instance.
    let router = Router::strict(&targets(&json!("drop")));
    assert!(router.call_of(CHAT, "application/json", SEEDED, Vec::new()).is_none());
    assert_eq!(router.host.headers(Side::Request).text("x-tollgate-provider"), Some("anthropic"));
}

/// Requests that no other API can say: they go to the target that speaks the client's.
#[test]
fn a_request_that_one_target_cannot_be_told_goes_to_the_next() {
    let responses = json!([{"name": "fast",
        "targets": [
            {"provider": "gemini", "model": "gemini-2.5-flash"},
            {"provider": "openai", "model": "gpt-4o"},
            {"provider": "anthropic", "model": "claude-sonnet-4-5"},
            {"provider": "local", "model": "qwen"},
        ],
        "on_context_length": [{"provider": "gemini", "model": "gemini-2.5-pro"}],
    }]);
    let failed = || error(500, "{}");
    let answer =
        || Provider::Answers(Answer::json(r#"{"id":"r","object":"response","status":"completed","output":[]}"#));
    let mut router = Router::new(&responses);
    let stored = r#"{"model":"fast","previous_response_id":"resp_1","input":"And then?"}"#;
    let outcome = router.call("/v1/responses", stored, vec![failed(), answer()]);
    assert_eq!((outcome.status, outcome.targets()), (200, vec!["openai", "local"]));
    assert_eq!(router.span().get("tollgate.attempts.ends"), "untranslatable,untranslatable,status 500,answered");
    // With none left, the reason is the client's.
    let router = Router::new(&json!([{"name": "fast", "targets": [
        {"provider": "gemini", "model": "g"}, {"provider": "anthropic", "model": "c"}]}]));
    assert!(router.call_of("/v1/responses", "application/json", stored, Vec::new()).is_none());
    let reply = router.host.0.borrow_mut().reply.take().unwrap();
    let text = String::from_utf8(reply.body).unwrap();
    assert!(reply.status == 400 && text.contains("state that another provider keeps"), "{text}");
}

#[test]
fn the_span_names_what_request_and_answer_have_lost_and_no_personal_data() {
    let mut router = Router::new(&chain());
    let prompt = SEEDED.replace("fast", "claude").replace("50256", "ada@example.com");
    let cited = r#"{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Yes","citations":[{"type":"char_location","cited_text":"secret words","document_index":0,"start_char_index":0,"end_char_index":2}]}],"stop_reason":"stop_sequence","stop_sequence":"secret words","usage":{"input_tokens":5,"output_tokens":2}}"#;
    router.post(&prompt, vec![Provider::Answers(Answer::json(cited))]);
    let span = router.span();
    assert_eq!(span.get("tollgate.lost.request"), "logit_bias.[EMAIL_1],seed");
    let answer = span.get("tollgate.lost.answer");
    assert!(answer.contains("content[].citations") && answer.contains("StopSequence"), "{answer}");
    assert!(!format!("{span:?}").contains("secret words") && !format!("{span:?}").contains("ada@"));
    assert_eq!(span.get("tollgate.attempts.lost"), "", "one attempt");
    // Of a stream too, each once.
    let event = |data: Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap()).into_bytes();
    let citation = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation":
        {"type": "char_location", "cited_text": "secret words", "document_index": 0}}});
    let stream = vec![
        event(
            json!({"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "model": "m",
            "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}),
        ),
        event(json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
        event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Yes"}})),
        event(citation.clone()),
        event(citation),
        event(json!({"type": "content_block_stop", "index": 0})),
        event(json!({"type": "content_block_start", "index": 1, "content_block":
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}})),
        event(json!({"type": "content_block_stop", "index": 1})),
        event(
            json!({"type": "message_delta", "delta": {"stop_reason": "stop_sequence", "stop_sequence": "secret words"},
            "usage": {"output_tokens": 2}}),
        ),
        event(json!({"type": "message_stop"})),
    ];
    let prompt = PROMPT.replace("fast", "claude").replacen('{', "{\"stream\":true,", 1);
    router.post(&prompt, vec![Provider::Answers(Answer::stream(stream))]);
    let span = router.span();
    let answer: Vec<&str> = span.get("tollgate.lost.answer").split(',').collect();
    assert_eq!(answer, ["content_block", "delta.citation", "member StopSequence"]);
    assert!(!format!("{span:?}").contains("secret words"));
    // A translation that loses nothing names nothing.
    router.post(&prompt, vec![message_stream()]);
    let span = router.span();
    assert_eq!((span.get("tollgate.lost.request"), span.get("tollgate.lost.answer")), ("", ""));
}

/// Streams that a client with room for one choice, or none for what a provider's own tools do, gets in part.
#[test]
fn choices_and_tools_without_a_place_in_a_stream_are_named() {
    let chunks = [
        r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"A"},"logprobs":{"content":[{"token":"A","logprob":-1,"bytes":null,"top_logprobs":[]}]}}]}"#,
        r#"{"id":"c","model":"m","choices":[{"index":1,"delta":{"role":"assistant","content":"B"}}]}"#,
        r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        r#"{"id":"c","model":"m","choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}"#,
        "[DONE]",
    ];
    let stream = || {
        Provider::Answers(Answer::stream(chunks.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect()))
    };
    for (path, prompt, expected) in [
        (
            "/v1/messages",
            r#"{"model":"fast","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"#,
            "choices[].logprobs,parameter Choices",
        ),
        (
            "/v1beta/models/fast:streamGenerateContent?alt=sse",
            r#"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#,
            "choices[].logprobs",
        ),
    ] {
        let mut router = Router::new(&json!([{"name": "fast", "targets": [
            {"provider": "azure", "model": "m"}, {"provider": "local", "model": "m"}]}]));
        router.call(path, prompt, vec![error(500, "{}"), stream()]);
        assert_eq!(router.span().get("tollgate.lost.answer"), expected, "{path}");
    }
}
