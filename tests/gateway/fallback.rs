//! Fallback without Envoy: each attempt's request, the answers that the client gets, and the record.

use super::router::{CHAT, Provider, Router, Sent};
use super::support::{ANTHROPIC_KEY, Answer, KEY, OPENAI_KEY};
use serde_json::{Value, json};
use tollgate::attempt::Headers;
use tollgate::call::Ending;
use tollgate::filter::{Action, FilterState, Host, Root, Side};

const PROMPT: &str = r#"{"model":"fast","messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;
const STREAMED: &str =
    r#"{"model":"fast","stream":true,"messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;

fn chain() -> Value {
    json!([{"name": "fast", "targets": [
        {"provider": "openai", "model": "gpt-4o", "headers": [{"name": "openai-project", "value": "proj"}]},
        {"provider": "azure", "model": "my-gpt"},
        {"provider": "local", "model": "qwen", "defaults": {"temperature": 0}},
    ]}])
}

fn error(status: u16) -> Provider {
    let body = r#"{"error":{"message":"No.","type":"requests","code":"rate_limit_exceeded"}}"#;
    Provider::Answers(Answer { status, ..Answer::json(body) })
}

fn good() -> Provider {
    let body = r#"{"id":"c","model":"qwen","choices":[{"index":0,"message":{"role":"assistant","content":"To [EMAIL_1]"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#;
    Provider::Answers(Answer::json(body))
}

fn stream(events: &[&str]) -> Vec<Vec<u8>> {
    events.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect()
}

const CHUNKS: [&str; 4] = [
    r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
    r#"{"id":"c","choices":[{"index":0,"delta":{"content":"To [EMAIL_1]"}}]}"#,
    r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    "[DONE]",
];
const ERROR_EVENT: &str = r#"{"error":{"message":"Overloaded.","type":"server_error","code":null}}"#;

fn good_stream() -> Provider {
    Provider::Answers(Answer::stream(stream(&CHUNKS)))
}

fn body(sent: &Sent) -> Value {
    serde_json::from_slice(&sent.body).unwrap()
}

#[test]
fn each_attempt_is_written_for_its_target_from_the_client_s_own_request() {
    let mut router = Router::new(&chain());
    let outcome = router.post(PROMPT, vec![error(429), error(503), good()]);
    assert_eq!((outcome.status, outcome.targets()), (200, vec!["openai", "azure", "local"]));
    assert!(outcome.text().contains("To ada@example.com"), "{}", outcome.text());
    let expected = [
        ("gpt-4o", CHAT, "api.openai.com", "authorization"),
        ("my-gpt", "/openai/v1/chat/completions", "acme.openai.azure.com", "api-key"),
        ("qwen", CHAT, "vllm.mesh:8000", ""),
    ];
    for (sent, (model, path, host, credential)) in outcome.sent.iter().zip(expected) {
        assert_eq!(body(sent)["model"], model);
        assert_eq!((sent.headers.text(":path"), sent.headers.text(":authority")), (Some(path), Some(host)));
        let credentials: Vec<&str> =
            ["authorization", "api-key"].into_iter().filter(|name| sent.headers.first(name).is_some()).collect();
        let expected: Vec<&str> = [credential].into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(credentials, expected, "{model}");
        assert_eq!(sent.headers.content_length(), Some(sent.body.len()));
        assert_eq!(sent.headers.text("x-own"), Some("kept"));
        assert_eq!(sent.headers.first("openai-project").is_some(), model == "gpt-4o");
        assert_eq!(body(sent).get("temperature").is_some(), model == "qwen");
        assert!(!String::from_utf8_lossy(&sent.body).contains("ada@example.com"));
    }
    let keys = |sent: &Sent| format!("{:?}", sent.headers);
    assert!(keys(&outcome.sent[0]).contains(OPENAI_KEY) && !keys(&outcome.sent[0]).contains(ANTHROPIC_KEY));
    assert!(keys(&outcome.sent[1]).contains(ANTHROPIC_KEY) && !keys(&outcome.sent[1]).contains(OPENAI_KEY));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.providers"), "openai,azure.ai.openai,vllm");
    assert_eq!(span.get("tollgate.attempts.models"), "gpt-4o,my-gpt,qwen");
    assert_eq!(span.get("tollgate.attempts.ends"), "status 429,status 503,answered");
    assert_eq!((span.get("gen_ai.usage.input_tokens"), span.get("tollgate.redacted.email")), ("5", "1"));
    assert_eq!((span.get("gen_ai.request.model"), span.get("gen_ai.provider.name")), ("fast", "vllm"));
}

#[test]
fn a_stream_is_tried_again_up_to_its_first_event_and_restored() {
    let mut router = Router::new(&chain());
    let error_event = Provider::Answers(Answer::stream(vec![
        b": waiting\n\ndata: {\"error\":{\"mess".to_vec(),
        b"age\":\"Overloaded.\",\"type\":\"server_error\"}}\n\n".to_vec(),
        b"data: [DONE]\n\n".to_vec(),
    ]));
    let outcome = router.post(STREAMED, vec![error_event, Provider::Hangs, good_stream()]);
    assert_eq!((outcome.status, outcome.sent.len()), (200, 3));
    assert!(outcome.text().contains("To ada@example.com") && outcome.text().ends_with("data: [DONE]\n\n"));
    assert_eq!(outcome.headers.first("x-tollgate-retry"), None);
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "error_event,timed_out,answered");
    assert_eq!(span.get("tollgate.notes"), "attempt_usage_unknown");
}

#[test]
fn however_a_stream_is_cut_the_first_event_decides() {
    let whole = format!("data: {ERROR_EVENT}\n\n").into_bytes();
    for at in 1..whole.len() {
        let (first, second) = whole.split_at(at);
        let router = Router::new(&chain());
        let pieces = vec![first.to_vec(), second.to_vec(), b"data: [DONE]\n\n".to_vec()];
        let outcome = router.post(STREAMED, vec![Provider::Answers(Answer::stream(pieces)), good_stream()]);
        assert_eq!(outcome.targets(), ["openai", "azure"], "cut at {at}");
    }
}

#[test]
fn the_last_error_is_the_client_s_and_says_nothing_of_a_retry() {
    let mut router = Router::new(&chain());
    let outcome = router.post(PROMPT, vec![error(500), Provider::Unreachable, error(429)]);
    assert_eq!((outcome.status, outcome.headers.first("x-tollgate-retry")), (429, None));
    assert!(outcome.text().contains("rate_limit_exceeded"));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "status 500,not_reached,status 429");
    assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), ("failed", "rate_limit_exceeded"));
    let last = Provider::Answers(Answer::stream(stream(&[ERROR_EVENT])));
    let outcome = router.post(STREAMED, vec![error(500), error(500), last]);
    assert_eq!((outcome.status, outcome.text()), (200, format!("data: {ERROR_EVENT}\n\n").as_str()));
}

#[test]
fn no_answer_from_anybody_is_one_call_that_was_cut_by_providers() {
    let mut router = Router::new(&chain());
    let outcome = router.post(PROMPT, vec![Provider::Unreachable, Provider::Unreachable, Provider::Unreachable]);
    assert_eq!((outcome.status, outcome.sent.len()), (503, 3));
    let error: Value = serde_json::from_str(outcome.text()).unwrap();
    assert_eq!(error["error"]["code"], "provider_unreachable");
    assert_eq!(outcome.headers.content_length(), Some(outcome.body.len()));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "not_reached,not_reached,not_reached");
    assert_eq!(span.get("tollgate.outcome"), "cut_by_provider");
    assert_eq!(span.get("tollgate.cost.unknown"), "usage");
}

#[test]
fn an_answer_that_envoy_does_not_try_again_is_the_client_s() {
    let mut router = Router::new(&chain());
    let answer = Answer { status: 429, ..Answer::json(r#"{"error":{"message":"No.","code":"slow_down"}}"#) };
    let outcome = router.post(PROMPT, vec![Provider::AnswersLast(answer)]);
    assert_eq!((outcome.status, outcome.headers.first("x-tollgate-retry")), (429, None));
    let span = router.span();
    assert_eq!((span.get("tollgate.attempts.ends"), span.get("error.type")), ("status 429", "slow_down"));
}

#[test]
fn a_stream_that_ends_early_ends_with_an_error() {
    let mut router = Router::new(&chain());
    let outcome = router.post(STREAMED, vec![Provider::Answers(Answer::stream(stream(&CHUNKS[..2])))]);
    let last = outcome.text().trim_end().rsplit("\n\n").next().unwrap();
    let event: Value = serde_json::from_str(last.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(event["error"]["code"], "stream_cut");
    assert!(outcome.text().contains("To ada@example.com"));
    let span = router.span();
    assert_eq!((span.get("tollgate.outcome"), span.get("tollgate.notes")), ("cut_by_provider", "stream_truncated"));
}

#[test]
fn a_target_rests_for_the_time_that_it_asks_for_and_is_tried_last() {
    let router = Router::new(&chain());
    let mut tired = Answer { status: 429, ..Answer::json("{}") };
    tired.headers = vec![("retry-after", "30")];
    let outcome = router.post(PROMPT, vec![Provider::Answers(tired), good()]);
    assert_eq!(outcome.targets(), ["openai", "azure"]);
    assert_eq!(router.post(PROMPT, vec![good()]).targets(), ["azure"]);
    assert_eq!(router.post(PROMPT, vec![error(500), error(500), good()]).targets(), ["azure", "local", "openai"]);
    // It has answered well, so that its rest is over.
    assert_eq!(router.post(PROMPT, vec![good()]).targets(), ["openai"]);
    assert_eq!(router.post(PROMPT, vec![error(503), good()]).targets(), ["openai", "azure"]);
    assert_eq!(router.post(PROMPT, vec![good()]).targets(), ["azure"]);
    router.host.0.borrow_mut().now += 11_000_000_000;
    assert_eq!(router.post(PROMPT, vec![good()]).targets(), ["openai"]);
}

#[test]
fn a_target_without_a_host_ends_the_call_once_and_rests() {
    let mut router = Router::new(&chain());
    let outcome = router.post(PROMPT, vec![error(500), Provider::NoHost]);
    assert_eq!((outcome.status, outcome.targets()), (503, vec!["openai"]));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "status 500,no_host");
    assert_eq!(span.get("tollgate.outcome"), "cut_by_provider");
    assert_eq!(router.post(PROMPT, vec![error(500), good()]).targets(), ["openai", "local"]);
    // It is not tried after the others either: the client would lose their last error.
    let outcome = router.post(PROMPT, vec![error(500), error(429)]);
    assert_eq!((outcome.status, outcome.targets()), (429, vec!["openai", "local"]));
    let outcome = router.post(PROMPT, vec![Provider::NoHost]);
    assert_eq!((outcome.status, outcome.sent.len()), (503, 0));
    // One target that is left needs no upstream instance.
    let left = router.call_of(CHAT, "application/json", PROMPT, Vec::new());
    assert!(left.is_none());
    assert_eq!(router.host.headers(Side::Request).text("x-tollgate-provider"), Some("local"));
    router.host.0.borrow_mut().now += 11_000_000_000;
    assert_eq!(router.post(PROMPT, vec![good()]).targets(), ["openai"]);
}

#[test]
fn a_request_that_is_too_long_or_not_allowed_goes_to_targets_of_its_own() {
    let mut router = Router::new(&json!([{"name": "fast",
        "targets": [{"provider": "openai", "model": "small"}, {"provider": "azure", "model": "other"}],
        "on_context_length": [{"provider": "openai", "model": "large"}],
        "on_content_policy": [{"provider": "local", "model": "open"}],
    }]));
    let turned_down = |code: &str| {
        let body = json!({"error": {"message": "No.", "type": "invalid_request_error", "code": code}}).to_string();
        let pieces = body.as_bytes().chunks(9).map(<[u8]>::to_vec).collect();
        Provider::Answers(Answer { status: 400, ..Answer::of("application/json", pieces) })
    };
    let outcome = router.post(PROMPT, vec![turned_down("context_length_exceeded"), good()]);
    assert_eq!(
        (outcome.targets(), body(&outcome.sent[1])["model"].as_str()),
        (vec!["openai", "openai"], Some("large"))
    );
    assert_eq!(router.span().get("tollgate.attempts.ends"), "context_length,answered");
    let outcome = router.post(STREAMED, vec![error(429), turned_down("content_filter"), good_stream()]);
    assert_eq!(outcome.targets(), ["openai", "azure", "local"]);
    assert_eq!(router.span().get("tollgate.attempts.ends"), "status 429,content_policy,answered");
    // Any other error is the client's, whole.
    router.host.0.borrow_mut().now += 60_000_000_000;
    let outcome = router.post(PROMPT, vec![turned_down("invalid_value")]);
    assert_eq!((outcome.status, outcome.targets()), (400, vec!["openai"]));
    assert!(outcome.text().ends_with("}}") && outcome.text().contains("invalid_value"));
}

#[test]
fn a_client_that_leaves_leaves_one_record_with_its_attempts() {
    let mut router = Router::new(&chain());
    let mut cut = Answer::stream(stream(&CHUNKS[..2]));
    cut.cut = Some(Ending::CutByClient);
    router.post(STREAMED, vec![error(429), Provider::Answers(cut)]);
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "status 429,cut_by_client");
    assert_eq!((span.get("tollgate.outcome"), span.get("http.response.status_code")), ("cut_by_client", "200"));
}

#[test]
fn a_provider_that_is_no_target_of_the_call_gets_no_request() {
    let router = Router::new(&json!([{"name": "fast", "targets": [
        {"provider": "openai", "model": "a"}, {"provider": "azure", "model": "b"},
    ]}]));
    let mut stream = router.gateway.stream();
    let bearer = format!("Bearer {KEY}");
    let length = PROMPT.len().to_string();
    let request = [
        (":method", "POST"),
        (":path", CHAT),
        (":authority", "gateway.local"),
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("content-length", length.as_str()),
    ];
    {
        let mut world = router.host.0.borrow_mut();
        world.headers = [request.into_iter().collect(), Headers::default()];
        world.buffer[0] = PROMPT.as_bytes().to_vec();
        world.upstream = Some("local".to_owned());
    }
    stream.on_request_headers(false);
    assert_eq!(stream.on_request_body(PROMPT.len(), true), Action::Continue);
    let mut attempt = router.upstream.upstream().unwrap();
    assert_eq!(attempt.on_request_headers(false), Action::Pause);
    assert_eq!(router.host.0.borrow().reply.as_ref().map(|reply| reply.status), Some(500));
    // Where a cluster stands for several providers, the one that Envoy has chosen gets what is meant for it.
    router.host.0.borrow_mut().upstream = Some("azure".to_owned());
    let mut attempt = router.upstream.upstream().unwrap();
    attempt.on_request_headers(false);
    let length = router.host.0.borrow().buffer[0].len();
    attempt.on_request_body(length, true);
    assert_eq!(router.host.headers(Side::Request).text(":authority"), Some("acme.openai.azure.com"));
    assert_eq!(router.host.state(FilterState::Target).as_deref(), Some("openai"));
}

#[test]
fn a_request_that_the_gateway_has_written_passes_as_it_is() {
    let router = Router::new(&chain());
    let mut attempt = router.upstream.upstream().unwrap();
    assert_eq!(attempt.on_request_headers(false), Action::Continue);
    assert_eq!(attempt.on_request_body(3, true), Action::Continue);
    assert_eq!(attempt.on_response_headers(false), Action::Continue);
    assert_eq!(attempt.on_response_body(3, true), Action::Continue);
    attempt.on_done();
}

#[test]
fn an_attempt_in_another_vm_than_its_call_s_is_refused_and_says_what_to_do() {
    let router = Router::new(&chain());
    router.host.0.borrow_mut().states.insert(FilterState::Call.name(), "77".to_owned());
    let mut attempt = router.upstream.upstream().unwrap();
    assert_eq!(attempt.on_request_headers(false), Action::Pause);
    assert_eq!(attempt.on_request_body(3, true), Action::Pause);
    let world = router.host.0.borrow();
    assert_eq!(world.reply.as_ref().map(|reply| reply.status), Some(500));
    assert!(world.log.iter().any(|(_, line)| line.contains("vm_config")), "{:?}", world.log);
}

#[test]
fn only_the_configuration_of_an_attempt_makes_an_upstream_instance() {
    let router = Router::new(&chain());
    assert!(router.gateway.upstream().is_none());
    for other in
        [r#"{"role":"gateway"}"#, r#"{"role":"attempt","providers":[]}"#, r#"["role"]"#, r#"{"role":"attempt""#]
    {
        let mut root = Root::new(router.host.clone());
        assert!(!root.configure(other.as_bytes()), "{other}");
        assert!(root.upstream().is_none());
    }
}

#[test]
fn a_provider_cannot_ask_for_another_attempt() {
    let router = Router::new(&chain());
    let mut answer = Answer::json("{}");
    answer.headers = vec![("x-tollgate-retry", "1")];
    let outcome = router.post(PROMPT, vec![Provider::Answers(answer)]);
    assert_eq!((outcome.status, outcome.headers.first("x-tollgate-retry")), (200, None));
}

/// A chain of two providers that speak Anthropic's dialect and Google's, and an error event of each dialect.
#[test]
fn other_dialects_fall_back_and_end_in_their_own_words() {
    let models = json!([
        {"name": "claude", "targets": [
            {"provider": "anthropic", "model": "claude-sonnet-4-6"}, {"provider": "claude-too", "model": "claude-x"},
        ]},
        {"name": "gemini", "targets": [
            {"provider": "gemini", "model": "gemini-2.5-pro"}, {"provider": "gemini-too", "model": "gemini-2.5-flash"},
        ]},
    ]);
    let mut router = Router::new(&models);
    let event = |name: &str, data: &str| format!("event: {name}\ndata: {data}\n\n").into_bytes();
    let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let first = Answer::stream(vec![event("ping", r#"{"type":"ping"}"#), event("error", overloaded)]);
    let start = r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude-x","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}"#;
    let second = Answer::stream(vec![event("message_start", start)]);
    let body = r#"{"model":"claude","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hello"}]}"#;
    let outcome = router.call("/v1/messages", body, vec![Provider::Answers(first), Provider::Answers(second)]);
    assert_eq!(outcome.targets(), ["anthropic", "claude-too"]);
    assert!(outcome.sent.iter().all(|sent| sent.headers.text(":path") == Some("/v1/messages")));
    let (_, last) = outcome.text().rsplit_once("event: error\ndata: ").unwrap();
    let error: Value = serde_json::from_str(last.trim()).unwrap();
    assert_eq!((error["type"].as_str(), error["error"]["type"].as_str()), (Some("error"), Some("api_error")));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "error_event,cut_by_provider");
    assert_eq!(span.get("tollgate.provider.error.type"), "", "that of an attempt before is not the call's");

    let path = "/v1beta/models/gemini:streamGenerateContent?alt=sse";
    let body = r#"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#;
    let google = r#"{"error":{"code":503,"message":"Overloaded.","status":"UNAVAILABLE"}}"#;
    let chunk = r#"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hi"}]}}]}"#;
    let first = Answer { status: 503, ..Answer::json(google) };
    let second = Answer::stream(stream(&[chunk]));
    let outcome = router.call(path, body, vec![Provider::Answers(first), Provider::Answers(second)]);
    let paths: Vec<_> = outcome.sent.iter().filter_map(|sent| sent.headers.text(":path")).collect();
    let of = |model: &str| format!("/v1beta/models/{model}:streamGenerateContent?alt=sse");
    assert_eq!(paths, [of("gemini-2.5-pro"), of("gemini-2.5-flash")]);
    assert!(outcome.text().contains(r#""status":"UNAVAILABLE""#) || outcome.text().contains(r#""status":"INTERNAL""#));
    assert_eq!(router.span().get("tollgate.attempts.models"), "gemini-2.5-pro,gemini-2.5-flash");
}
