//! Models of the settings: one target per call, the list of models, and calls that they do not concern.

use super::support::{ANTHROPIC_KEY, Answer, EXPORT, Gateway, KEY, OPENAI_KEY, Seen, provider, sha256};
use serde_json::{Value, json};

/// Settings with four providers, a key for some models besides the usual one, and `models`.
fn settings(models: &Value) -> String {
    let digest = |key: &str| sha256(key);
    let settings = json!({
        "providers": [
            provider("openai", "openai", None, "OPENAI_API_KEY"),
            provider("anthropic", "anthropic", None, "ANTHROPIC_API_KEY"),
            provider("azure", "azure_openai", Some("acme.openai.azure.com"), "ANTHROPIC_API_KEY"),
            provider("gemini", "gemini", None, "OPENAI_API_KEY"),
            provider("bedrock", "bedrock", Some("bedrock-runtime.us-east-1.amazonaws.com"), "OPENAI_API_KEY"),
        ],
        "keys": [
            {"id": "test", "sha256": digest(KEY)},
            {"id": "limited", "sha256": digest(LIMITED), "models": ["fast", "claude*"]},
        ],
        "models": models,
        "redaction": {"detect": ["email"]},
    });
    settings.to_string()
}

/// A key that may use some models only.
const LIMITED: &str = "tg-limited-0123456789abcdefg";

fn gateway(models: &Value) -> Gateway {
    let text = settings(models);
    let text = text.strip_suffix('}').unwrap();
    Gateway::new(&format!("{text}{EXPORT}}}"))
}

fn one(name: &str, target: &Value) -> Value {
    json!([{"name": name, "targets": [target]}])
}

fn post(gateway: &Gateway, path: &str, body: &str) -> Seen {
    gateway.post(path, body, &Answer::json("{}"))
}

fn header<'a>(seen: &'a Seen, name: &str) -> Option<&'a str> {
    seen.upstream.as_ref().expect("nothing went upstream").0.get(name).map(String::as_str)
}

#[test]
fn a_model_goes_to_its_target_under_the_target_s_name_and_no_other_byte_changes() {
    let mut gateway = gateway(&one("fast", &json!({"provider": "azure", "model": "my-gpt"})));
    let body = r#"{"stream":false, "model" : "fast","messages":[{"role":"user","content":"model fast"}]}"#;
    let seen = post(&gateway, "/v1/chat/completions", body);
    assert_eq!(seen.sent(), body.replacen("\"fast\"", "\"my-gpt\"", 1));
    assert_eq!(header(&seen, "x-tollgate-provider"), Some("azure"));
    assert_eq!(header(&seen, ":path"), Some("/openai/v1/chat/completions"));
    assert_eq!(header(&seen, ":authority"), Some("acme.openai.azure.com"));
    assert_eq!(header(&seen, "api-key"), Some(ANTHROPIC_KEY));
    assert_eq!(header(&seen, "authorization"), None);
    assert_eq!(header(&seen, "content-length"), Some(seen.sent().len().to_string().as_str()));
    let span = gateway.span();
    assert_eq!((span.get("gen_ai.request.model"), span.get("gen_ai.provider.name")), ("fast", "azure.ai.openai"));
}

#[test]
fn the_model_in_a_path_is_replaced_there_and_encoded() {
    let gateway = gateway(&json!([
        {"name": "fast", "targets": [{"provider": "gemini", "model": "gemini-2.5-flash"}]},
        {"name": "claude", "targets": [{"provider": "bedrock", "model": "us.anthropic.claude-haiku-4-5-v1:0"}]},
    ]));
    let body = r#"{"contents":[{"parts":[{"text":"fast"}]}]}"#;
    let seen = post(&gateway, "/v1beta/models/fast:streamGenerateContent?alt=sse", body);
    assert_eq!(header(&seen, ":path"), Some("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"));
    assert_eq!((seen.sent(), header(&seen, "x-goog-api-key")), (body, Some(OPENAI_KEY)));
    let seen = post(&gateway, "/model/claude/converse", r#"{"messages":[]}"#);
    assert_eq!(header(&seen, ":path"), Some("/model/us.anthropic.claude-haiku-4-5-v1%3A0/converse"));
}

#[test]
fn a_target_whose_name_stands_for_another_api_in_the_path_is_refused() {
    let mut gateway =
        gateway(&one("anthropic.claude", &json!({"provider": "bedrock", "model": "amazon.nova-lite-v1:0"})));
    let seen = post(&gateway, "/model/anthropic.claude/invoke", r#"{"max_tokens":1,"messages":[]}"#);
    assert!(seen.upstream.is_none());
    assert_eq!((seen.status, gateway.span().get("error.type")), (400, "no_target"));
}

#[test]
fn a_target_without_a_model_gets_the_one_asked_for() {
    let gateway = gateway(&json!([
        {"name": "gpt-4o", "targets": [{"provider": "azure", "model": "exact"}]},
        {"name": "gpt-*", "targets": [{"provider": "azure"}]},
        {"name": "*", "targets": [{"provider": "openai", "model": "any"}]},
    ]));
    for (asked, provider, sent) in
        [("gpt-4o", "azure", "exact"), ("gpt-4o-mini", "azure", "gpt-4o-mini"), ("o3", "openai", "any")]
    {
        let seen = post(&gateway, "/v1/chat/completions", &json!({"model": asked, "messages": []}).to_string());
        let body: Value = serde_json::from_str(seen.sent()).unwrap();
        assert_eq!((header(&seen, "x-tollgate-provider"), body["model"].as_str()), (Some(provider), Some(sent)));
    }
}

#[test]
fn defaults_overrides_and_headers_are_the_target_s() {
    let target = json!({
        "provider": "openai", "model": "gpt-4o",
        "defaults": {"temperature": 0, "metadata": {"a": "b"}}, "overrides": {"top_p": 1, "user": "tollgate"},
        "headers": [{"name": "OpenAI-Organization", "value": "org-1"}],
    });
    let gateway = gateway(&one("fast", &target));
    let seen =
        post(&gateway, "/v1/chat/completions", r#"{"model":"fast","user":"ada@example.com","metadata":{"c":"d"}}"#);
    let body: Value = serde_json::from_str(seen.sent()).unwrap();
    let expected = json!({
        "model": "gpt-4o", "user": "tollgate", "metadata": {"a": "b", "c": "d"}, "temperature": 0, "top_p": 1,
    });
    assert_eq!((body, header(&seen, "openai-organization")), (expected, Some("org-1")));
}

#[test]
fn redaction_and_the_target_s_name_go_together() {
    let gateway = gateway(&one("fast", &json!({"provider": "openai", "model": "gpt-4o"})));
    let body = r#"{"messages":[{"role":"user","content":"ada@example.com"}],"model":"fast"}"#;
    let answer = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"[EMAIL_1]"}}]}"#;
    let seen = gateway.post("/v1/chat/completions", body, &Answer::json(answer));
    assert_eq!(seen.sent(), r#"{"messages":[{"role":"user","content":"[EMAIL_1]"}],"model":"gpt-4o"}"#);
    assert!(seen.text().contains("ada@example.com"));
}

#[test]
fn the_model_of_a_form_is_replaced_in_its_part() {
    let gateway = gateway(&one("ears", &json!({"provider": "openai", "model": "whisper-1"})));
    let part =
        |name: &str, value: &str| format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let form = |model: &str| format!("{}{}--B--\r\n", part("model", model), part("language", "en"));
    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=B")];
    let body = form("ears");
    let seen = gateway.call(
        "POST",
        "/v1/audio/transcriptions",
        &headers,
        &[body.as_bytes()],
        &Answer::json("{\"text\":\"\"}"),
    );
    assert_eq!(seen.sent(), form("whisper-1"));
}

#[test]
fn targets_with_weights_share_the_calls() {
    let gateway = gateway(&json!([{"name": "fast", "targets": [
        {"provider": "openai", "weight": 3}, {"provider": "azure", "weight": 1},
    ]}]));
    let mut azure = 0;
    for _ in 0..400 {
        let seen = post(&gateway, "/v1/chat/completions", r#"{"model":"fast","messages":[]}"#);
        azure += usize::from(header(&seen, "x-tollgate-provider") == Some("azure"));
    }
    assert!((60..=140).contains(&azure), "{azure} of 400, where 100 are expected");
}

#[test]
fn a_model_without_a_target_that_speaks_the_api_is_refused() {
    let mut gateway = gateway(&one("fast", &json!({"provider": "openai"})));
    let seen = post(&gateway, "/v1/messages/count_tokens", r#"{"model":"fast","messages":[]}"#);
    assert!(seen.upstream.is_none() && seen.text().contains("\"type\":\"error\""));
    assert_eq!((seen.status, gateway.span().get("error.type")), (400, "no_target"));
}

#[test]
fn a_request_that_the_target_cannot_take_is_a_clear_error() {
    let gateway = gateway(&one("claude", &json!({"provider": "anthropic"})));
    let seen =
        post(&gateway, "/v1/chat/completions", r#"{"model":"claude","messages":[{"role":"user","content":" "}]}"#);
    assert!(seen.upstream.is_none() && seen.text().contains(r#""code":"untranslatable""#), "{}", seen.text());
    assert_eq!(seen.status, 400);
}

#[test]
fn a_lone_filter_translates_for_its_one_target() {
    let gateway = gateway(&one("claude", &json!({"provider": "anthropic", "model": "claude-sonnet-4-5"})));
    let prompt = r#"{"model":"claude","messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;
    let seen = post(&gateway, "/v1/chat/completions", prompt);
    assert_eq!(
        (header(&seen, ":path"), header(&seen, "anthropic-version")),
        (Some("/v1/messages"), Some("2023-06-01"))
    );
    let body = seen.sent();
    assert!(body.contains(r#""model":"claude-sonnet-4-5""#) && body.contains("[EMAIL_1]"), "{body}");
}

#[test]
fn a_key_is_held_to_the_name_that_clients_ask_for() {
    let gateway = gateway(&json!([
        {"name": "fast", "targets": [{"provider": "openai", "model": "gpt-4o"}]},
        {"name": "slow", "targets": [{"provider": "openai", "model": "fast"}]},
    ]));
    let bearer = format!("Bearer {LIMITED}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for (model, status) in [("fast", 200), ("slow", 403), ("gpt-4o", 403)] {
        let body = json!({"model": model, "messages": []}).to_string();
        let seen = gateway.call("POST", "/v1/chat/completions", &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.status, status, "{model}");
    }
}

#[test]
fn other_models_and_named_providers_are_as_without_models() {
    let gateway = gateway(&one("fast", &json!({"provider": "azure", "model": "my-gpt"})));
    let body = r#"{"model":"gpt-4o","messages":[]}"#;
    let seen = post(&gateway, "/v1/chat/completions", body);
    assert_eq!((header(&seen, "x-tollgate-provider"), seen.sent()), (Some("openai"), body));
    let body = r#"{"model":"fast","messages":[]}"#;
    let seen = post(&gateway, "/openai/v1/chat/completions", body);
    assert_eq!((header(&seen, "x-tollgate-provider"), seen.sent()), (Some("openai"), body));
}

fn list(gateway: &Gateway, path: &str, key: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let bearer = format!("Bearer {key}");
    let headers: Vec<_> = [("authorization", bearer.as_str())].into_iter().chain(more.iter().copied()).collect();
    let seen = gateway.call("GET", path, &headers, &[], &Answer::json("\"from a provider\""));
    (seen.status, serde_json::from_str(seen.text()).unwrap())
}

#[test]
fn the_list_of_models_is_the_settings_in_the_client_s_dialect_and_within_the_key() {
    let gateway = gateway(&json!([
        {"name": "fast", "targets": [{"provider": "openai"}]},
        {"name": "gpt-*", "targets": [{"provider": "openai"}]},
        {"name": "claude-x", "targets": [{"provider": "anthropic"}]},
        {"name": "slow", "targets": [{"provider": "openai"}]},
    ]));
    let openai = |name: &str| json!({"id": name, "object": "model", "created": 0, "owned_by": "tollgate"});
    let data = [openai("fast"), openai("claude-x"), openai("slow")];
    assert_eq!(list(&gateway, "/v1/models", KEY, &[]), (200, json!({"object": "list", "data": data})));
    let limited = json!({"object": "list", "data": data[..2]});
    assert_eq!(list(&gateway, "/v1/models?limit=3", LIMITED, &[]), (200, limited));
    let anthropic =
        |name: &str| json!({"type": "model", "id": name, "display_name": name, "created_at": "1970-01-01T00:00:00Z"});
    let expected = json!({
        "data": [anthropic("fast"), anthropic("claude-x")], "has_more": false, "first_id": "fast", "last_id": "claude-x",
    });
    assert_eq!(list(&gateway, "/v1/models", LIMITED, &[("anthropic-version", "2023-06-01")]), (200, expected));
    let gemini = |name: &str| json!({"name": format!("models/{name}"), "displayName": name});
    let expected = json!({"models": [gemini("fast"), gemini("claude-x")]});
    assert_eq!(list(&gateway, "/v1beta/models", LIMITED, &[]), (200, expected));
    let google = [("x-goog-api-client", "google-genai-sdk/3.6.1")];
    assert_eq!(list(&gateway, "/v1/models", LIMITED, &google).1["models"][0]["name"], "models/fast");
    assert_eq!(list(&gateway, "/v1/models/gpt-5", KEY, &[]), (200, openai("gpt-5")));
    assert_eq!(list(&gateway, "/v1/models/slow", LIMITED, &[]).0, 404);
    assert_eq!(list(&gateway, "/v1/models/nobody", KEY, &[]).0, 404);
    assert_eq!(list(&gateway, "/openai/v1/models", KEY, &[]).1, json!("from a provider"));
}

#[test]
fn without_models_the_list_is_the_provider_s() {
    let gateway = gateway(&json!([]));
    assert_eq!(list(&gateway, "/v1/models", KEY, &[]), (200, json!("from a provider")));
}

/// Chat completions of these models take no functions while they reason.
#[test]
fn models_whose_tools_need_the_responses_api_get_it() {
    let answer = r#"{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"To [EMAIL_1]","annotations":[]}]}],"usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}"#;
    let messages =
        r#"{"model":"fast","max_tokens":9,"messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;
    let seen = |model: &str, path: &str, body: &str| {
        let gateway = gateway(&one("fast", &json!({"provider": "openai", "model": model})));
        gateway.post(path, body, &Answer::json(answer))
    };
    for (model, path) in
        [("gpt-5.6", "/v1/responses"), ("gpt-5", "/v1/chat/completions"), ("gpt-4o", "/v1/chat/completions")]
    {
        assert_eq!(header(&seen(model, "/v1/messages", messages), ":path"), Some(path), "{model}");
    }
    let translated = seen("gpt-5.6", "/v1/messages", messages);
    let written: Value = serde_json::from_str(translated.text()).unwrap();
    assert_eq!(written["content"][0]["text"], "To ada@example.com");
    // A client of chat completions gets what it asks for.
    let chat = seen("gpt-5.6", "/v1/chat/completions", r#"{"model":"fast","messages":[]}"#);
    assert_eq!(header(&chat, ":path"), Some("/v1/chat/completions"));
}
