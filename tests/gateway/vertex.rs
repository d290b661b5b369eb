//! Calls for models at Vertex AI, and between the forms of Anthropic's messages: paths, bodies and betas.

use super::router::{CHAT, Provider, Router};
use super::support::{Answer, EXPORT, KEY, OPENAI_KEY, Seen, provider, sha256};
use serde_json::{Value, json};

fn settings(models: &Value) -> String {
    let mut vertex = provider("vertex", "vertex_ai", None, "OPENAI_API_KEY");
    vertex["project"] = "acme".into();
    vertex["location"] = "us-east5".into();
    let mut global = provider("global", "vertex_ai", None, "OPENAI_API_KEY");
    global["project"] = "acme".into();
    let settings = json!({
        "providers": [
            vertex, global,
            provider("anthropic", "anthropic", None, "ANTHROPIC_API_KEY"),
            provider("bedrock", "bedrock", Some("bedrock-runtime.us-east-1.amazonaws.com"), "OPENAI_API_KEY"),
            provider("openai", "openai", None, "OPENAI_API_KEY"),
        ],
        "keys": [{"id": "test", "sha256": sha256(KEY)}],
        "models": models,
        "redaction": {"detect": ["email"]},
    });
    let text = settings.to_string();
    format!("{}{EXPORT}}}", text.strip_suffix('}').unwrap())
}

fn gateway(provider: &str, model: &str) -> super::support::Gateway {
    let models = json!([{"name": "fast", "targets": [{"provider": provider, "model": model}]}]);
    super::support::Gateway::new(&settings(&models))
}

fn post(provider: &str, model: &str, path: &str, body: &Value, answer: &Answer) -> Seen {
    let key = format!("Bearer {KEY}");
    let headers = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
        ("anthropic-beta", "context-1m-2025-08-07, files-api-2025-04-14"),
        ("anthropic-version", "2023-06-01"),
    ];
    gateway(provider, model).call("POST", path, &headers, &[body.to_string().as_bytes()], answer)
}

fn header<'s>(seen: &'s Seen, name: &str) -> Option<&'s str> {
    seen.upstream.as_ref().unwrap().0.get(name).map(String::as_str)
}

fn sent(seen: &Seen) -> Value {
    serde_json::from_str(seen.sent()).unwrap()
}

const AT_VERTEX: &str = "/v1/projects/acme/locations/us-east5/publishers";
const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"To [EMAIL_1]"}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":2}}"#;
const CANDIDATE: &str = r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"To [EMAIL_1]"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7}}"#;

fn chat(stream: bool) -> Value {
    json!({"model": "fast", "stream": stream, "messages": [{"role": "user", "content": "Write to ada@example.com"}]})
}

fn messages(stream: bool) -> Value {
    json!({"model": "fast", "max_tokens": 9, "stream": stream,
        "messages": [{"role": "user", "content": "Write to ada@example.com"}]})
}

#[test]
fn a_client_of_openai_reaches_both_companies_models_at_vertex_ai() {
    let seen = post("vertex", "gemini-2.5-flash", CHAT, &chat(false), &Answer::json(CANDIDATE));
    assert_eq!(
        (header(&seen, ":path"), header(&seen, ":authority")),
        (
            Some(&*format!("{AT_VERTEX}/google/models/gemini-2.5-flash:generateContent")),
            Some("us-east5-aiplatform.googleapis.com")
        )
    );
    assert_eq!(header(&seen, "authorization"), Some(&*format!("Bearer {OPENAI_KEY}")));
    assert_eq!((header(&seen, "anthropic-beta"), header(&seen, "anthropic-version")), (None, None));
    assert_eq!(sent(&seen)["contents"][0]["parts"][0]["text"], "Write to [EMAIL_1]");
    let answer: Value = serde_json::from_str(seen.text()).unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "To ada@example.com");

    let chunk = format!("data: {CANDIDATE}\r\n\r\n").into_bytes();
    let seen = post("global", "gemini-2.5-flash", CHAT, &chat(true), &Answer::stream(vec![chunk]));
    assert_eq!(
        (header(&seen, ":path"), header(&seen, ":authority")),
        (
            Some(
                "/v1/projects/acme/locations/global/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
            ),
            Some("aiplatform.googleapis.com")
        )
    );
    assert!(seen.text().contains("To ada@example.com") && seen.text().ends_with("data: [DONE]\n\n"), "{}", seen.text());

    let seen = post("vertex", "claude-sonnet-4-5@20250929", CHAT, &chat(false), &Answer::json(MESSAGE));
    let path = format!("{AT_VERTEX}/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict");
    assert_eq!(header(&seen, ":path"), Some(&*path));
    let body = sent(&seen);
    assert_eq!((&body["anthropic_version"], body.get("model")), (&json!("vertex-2023-10-16"), None));
    let answer: Value = serde_json::from_str(seen.text()).unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "To ada@example.com");
}

#[test]
fn a_client_of_messages_has_its_request_spliced_for_vertex_ai_and_keeps_its_betas() {
    for (stream, method) in [(false, "rawPredict"), (true, "streamRawPredict")] {
        let mut body = messages(stream);
        body["new_thing"] = json!({"a": 1});
        let seen = post("vertex", "claude-sonnet-4-5", "/v1/messages?beta=true", &body, &Answer::json(MESSAGE));
        let path = format!("{AT_VERTEX}/anthropic/models/claude-sonnet-4-5:{method}");
        assert_eq!(header(&seen, ":path"), Some(&*path));
        assert_eq!(header(&seen, "anthropic-beta"), Some("context-1m-2025-08-07, files-api-2025-04-14"));
        let sent = sent(&seen);
        assert_eq!((&sent["new_thing"], sent.get("model")), (&json!({"a": 1}), None));
        assert_eq!((&sent["anthropic_version"], &sent["stream"]), (&json!("vertex-2023-10-16"), &json!(stream)));
        assert_eq!(sent["messages"][0]["content"], "Write to [EMAIL_1]");
        assert_eq!(seen.text(), MESSAGE.replace("[EMAIL_1]", "ada@example.com"));
    }
}

#[test]
fn a_client_of_gemini_keeps_its_body_and_its_framing_at_vertex_ai() {
    let body = json!({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}], "newThing": 1});
    for (client, expected) in [
        ("generateContent", "generateContent"),
        ("streamGenerateContent", "streamGenerateContent"),
        ("streamGenerateContent?alt=sse", "streamGenerateContent?alt=sse"),
    ] {
        let path = format!("/v1beta/models/fast:{client}");
        let seen = post("vertex", "gemini-2.5-flash", &path, &body, &Answer::json(CANDIDATE));
        let path = format!("{AT_VERTEX}/google/models/gemini-2.5-flash:{expected}");
        assert_eq!((header(&seen, ":path"), sent(&seen)), (Some(&*path), body.clone()));
    }
    // A client of Vertex AI names its project itself.
    let path = "/v1/projects/mine/locations/europe-west1/publishers/google/models/fast:generateContent";
    let seen = post("vertex", "gemini-2.5-flash", path, &body, &Answer::json(CANDIDATE));
    assert_eq!(header(&seen, ":path"), Some(&*path.replace("fast", "gemini-2.5-flash")));
}

#[test]
fn betas_are_members_of_the_body_at_bedrock_and_a_header_elsewhere() {
    let answer = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn"}"#;
    let model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let seen = post("bedrock", model, "/v1/messages", &messages(false), &Answer::json(answer));
    assert_eq!(
        sent(&seen)["additionalModelRequestFields"]["anthropic_beta"],
        json!(["context-1m-2025-08-07", "files-api-2025-04-14"])
    );
    assert_eq!(header(&seen, "anthropic-beta"), None);
    // Other companies' models have none, and another API's client has none to give.
    let seen = post("bedrock", "amazon.nova-lite-v1:0", "/v1/messages", &messages(false), &Answer::json(answer));
    assert!(!seen.sent().contains("anthropic_beta"), "{}", seen.sent());
    let seen = post("bedrock", model, CHAT, &chat(false), &Answer::json(answer));
    assert!(!seen.sent().contains("anthropic_beta"), "{}", seen.sent());
    // From Bedrock's form and from Vertex AI's to Anthropic itself.
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "anthropic_beta": ["a-1", "b-2"], "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hi"}]});
    let gateway = Router::of(&settings(&json!([{"name": "anthropic.fast", "targets": [
        {"provider": "anthropic", "model": "claude-sonnet-4-5"}]}])));
    assert!(
        gateway.call_of("/model/anthropic.fast/invoke", "application/json", &body.to_string(), Vec::new()).is_none()
    );
    let headers = tollgate::filter::Host::headers(&gateway.host, tollgate::filter::Side::Request);
    assert_eq!((headers.text(":path"), headers.text("anthropic-beta")), (Some("/v1/messages"), Some("a-1,b-2")));
    assert_eq!(headers.text("anthropic-version"), Some("2023-06-01"));
    let written: Value = serde_json::from_slice(&gateway.host.0.borrow().buffer[0]).unwrap();
    assert_eq!(
        written,
        json!({"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]})
    );
    let gateway = Router::of(&settings(&json!([{"name": "anthropic.fast", "targets": [
        {"provider": "vertex", "model": "claude-sonnet-4-5"}]}])));
    assert!(
        gateway.call_of("/model/anthropic.fast/invoke", "application/json", &body.to_string(), Vec::new()).is_none()
    );
    let headers = tollgate::filter::Host::headers(&gateway.host, tollgate::filter::Side::Request);
    assert_eq!(headers.text("anthropic-beta"), Some("a-1,b-2"));
    let written: Value = serde_json::from_slice(&gateway.host.0.borrow().buffer[0]).unwrap();
    assert_eq!((written.get("anthropic_beta"), &written["anthropic_version"]), (None, &json!("vertex-2023-10-16")));
    let body = json!({"anthropic_version": "vertex-2023-10-16", "max_tokens": 9, "stream": true,
        "messages": [{"role": "user", "content": "Hi"}]});
    let path = "/v1/projects/mine/locations/global/publishers/anthropic/models/fast:streamRawPredict";
    let seen = post("anthropic", "claude-sonnet-4-5", path, &body, &Answer::json(MESSAGE));
    assert_eq!((header(&seen, ":path"), sent(&seen).get("anthropic_version")), (Some("/v1/messages"), None));
    assert_eq!(header(&seen, "anthropic-beta"), Some("context-1m-2025-08-07, files-api-2025-04-14"));
    assert_eq!(sent(&seen)["model"], "claude-sonnet-4-5");
}

#[test]
fn a_chain_goes_from_anthropic_to_vertex_ai_to_others_and_each_gets_its_own_form() {
    let mut router = Router::of(
        &settings(&json!([{"name": "fast", "targets": [
            {"provider": "anthropic", "model": "claude-sonnet-4-5"},
            {"provider": "vertex", "model": "claude-sonnet-4-5", "overrides": {"temperature": 0}},
            {"provider": "global", "model": "gemini-2.5-flash"},
        ]}]))
        .replacen('{', r#"{"attempts":{"upstream":true},"#, 1),
    );
    let failed = || Provider::Answers(Answer { status: 500, ..Answer::json("{}") });
    let good = Provider::Answers(Answer::json(CANDIDATE));
    let outcome = router.call("/v1/messages", &messages(false).to_string(), vec![failed(), failed(), good]);
    assert_eq!(outcome.targets(), ["anthropic", "vertex", "global"]);
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!(answer["content"][0]["text"], "To ada@example.com");
    let bodies: Vec<Value> = outcome.sent.iter().map(|sent| serde_json::from_slice(&sent.body).unwrap()).collect();
    assert_eq!((&bodies[0]["model"], bodies[0].get("anthropic_version")), (&json!("claude-sonnet-4-5"), None));
    assert_eq!((bodies[1].get("model"), &bodies[1]["temperature"]), (None, &json!(0)));
    assert_eq!(bodies[1]["anthropic_version"], "vertex-2023-10-16");
    assert_eq!(bodies[2]["contents"][0]["parts"][0]["text"], "Write to [EMAIL_1]");
    assert!(outcome.sent.iter().all(|sent| sent.headers.content_length() == Some(sent.body.len())));
    let span = router.span();
    assert_eq!(span.get("tollgate.attempts.ends"), "status 500,status 500,answered");
    assert_eq!(span.get("tollgate.lost.request"), "");
}

/// Its events are wrapped in AWS's, which nothing writes.
#[test]
fn a_stream_of_invoke_model_is_not_translated() {
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hi"}]});
    for provider in ["openai", "vertex", "anthropic"] {
        let models = json!([{"name": "anthropic.fast", "targets": [{"provider": provider, "model": "claude-x"}]}]);
        let gateway = super::support::Gateway::new(&settings(&models));
        let path = "/model/anthropic.fast/invoke-with-response-stream";
        let seen = gateway.post(path, &body.to_string(), &Answer::json(MESSAGE));
        assert_eq!((seen.status, seen.upstream.is_none()), (400, true), "{provider}");
    }
}
