//! Requests for models that take less than their API says.

use serde_json::{Value, json};
use tollgate::capability::lookup;
use tollgate::dialect::{Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{Losses, Variant, WriteTarget};

/// A request written for a model: body, names of the losses, and the tool that stands for a schema.
fn written(from: Dialect, to: Dialect, model: &str, body: &Value) -> (Value, Vec<String>, Option<String>) {
    let body = body.to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let request = from.read_request(document).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: &request };
    let target = WriteTarget { model: Some(model), capabilities: lookup(model), ..WriteTarget::default() };
    let mut losses = Losses::default();
    let written = to.write_request(&source, &target, &mut losses).unwrap();
    (serde_json::from_str(&written.body).unwrap(), losses.names().into_iter().collect(), written.schema_tool)
}

fn chat(members: &Value) -> Value {
    let mut body = json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

fn for_claude(model: &str, members: &Value) -> (Value, Vec<String>, Option<String>) {
    written(Dialect::OpenAiChat, Dialect::AnthropicMessages, model, &chat(members))
}

#[test]
fn a_bound_that_the_api_requires_is_the_model_s_own() {
    for (model, bound) in [("claude-3-haiku-20240307", 4096), ("claude-sonnet-4-5", 64_000)] {
        assert_eq!(for_claude(model, &json!({})).0["max_tokens"], bound, "{model}");
    }
    let (body, lost, _) = for_claude("claude-3-haiku-20240307", &json!({"max_tokens": 9000}));
    assert_eq!((&body["max_tokens"], lost.as_slice()), (&json!(4096), &["max_tokens".to_owned()][..]));
}

#[test]
fn a_bound_beyond_the_model_s_own_is_the_model_s_in_every_api_and_named() {
    let claude = json!({"model": "m", "max_tokens": 500_000, "messages": [{"role": "user", "content": "hi"}]});
    for (to, model, member, bound) in [
        (Dialect::OpenAiChat, "gpt-4o", "/max_completion_tokens", 16_384),
        (Dialect::OpenAiResponses, "gpt-4o", "/max_output_tokens", 16_384),
        (Dialect::GeminiGenerate, "gemini-2.5-flash", "/generationConfig/maxOutputTokens", 65_536),
        (Dialect::BedrockConverse, "us.amazon.nova-pro-v1:0", "/inferenceConfig/maxTokens", 10_000),
        (Dialect::CohereV2, "command-r-plus-08-2024", "/max_tokens", 4_096),
        (Dialect::Ollama, "mistral-7b", "/options/num_predict", 8_192),
    ] {
        let (body, lost, _) = written(Dialect::AnthropicMessages, to, model, &claude);
        assert_eq!(
            (body.pointer(member), lost.as_slice()),
            (Some(&json!(bound)), &["max_tokens".to_owned()][..]),
            "{to:?}"
        );
    }
}

#[test]
fn sampling_that_a_model_refuses_is_left_out_at_other_hosts_too() {
    let sampling = chat(&json!({"temperature": 0.5, "top_p": 0.9}));
    for (model, inference, left) in [
        ("us.anthropic.claude-opus-4-7", json!({}), vec!["temperature", "top_p"]),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", json!({"temperature": 0.5}), vec!["top_p"]),
        ("xai.grok-4.6", json!({}), vec!["temperature", "top_p"]),
        ("us.amazon.nova-pro-v1:0", json!({"temperature": 0.5, "topP": 0.9}), vec![]),
    ] {
        let (mut body, lost, _) = written(Dialect::OpenAiChat, Dialect::BedrockConverse, model, &sampling);
        let mut found = body["inferenceConfig"].take();
        found.as_object_mut().map(|found| found.remove("maxTokens"));
        let is_empty = inference == json!({}) && (found.is_null() || found == inference);
        assert!(is_empty || found == inference, "{model}: {found}");
        assert_eq!(lost, left, "{model}");
    }
    let claude = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], "top_k": 3,
        "temperature": 0.5, "top_p": 0.9});
    let (body, lost, _) = written(Dialect::AnthropicMessages, Dialect::OpenAiChat, "claude-sonnet-4-5", &claude);
    assert_eq!((&body["temperature"], body.get("top_p")), (&json!(0.5), None));
    assert_eq!(lost, ["top_k", "top_p"]);
    for to in [Dialect::CohereV2, Dialect::Ollama] {
        let (body, lost, _) = written(Dialect::AnthropicMessages, to, "claude-opus-4-7", &claude);
        assert_eq!((body.get("temperature"), body.pointer("/options/temperature")), (None, None));
        assert_eq!(lost, ["temperature", "top_k", "top_p"], "{to:?}");
    }
}

#[test]
fn a_budget_that_has_to_be_cut_leaves_room_for_the_answer() {
    let level = json!({"reasoning_effort": "high", "max_tokens": 6000});
    assert_eq!(for_claude("claude-3-7-sonnet-20250219", &level).0["thinking"]["budget_tokens"], 3000);
    let level = json!({"reasoning_effort": "high", "max_tokens": 1100});
    assert_eq!(for_claude("claude-3-7-sonnet-20250219", &level).0["thinking"]["budget_tokens"], 1024);
}

#[test]
fn a_list_that_is_asked_for_is_no_function_s_arguments() {
    let format = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "response_format": {"type": "json_schema",
        "json_schema": {"name": "list", "schema": {"type": "array", "items": {"type": "string"}}}}});
    for (to, model) in [
        (Dialect::AnthropicMessages, "claude-3-haiku-20240307"),
        (Dialect::BedrockConverse, "anthropic.claude-3-haiku-20240307-v1:0"),
    ] {
        let (body, lost, tool) = written(Dialect::OpenAiChat, to, model, &format);
        assert_eq!((body.get("tools"), body.get("toolConfig"), tool), (None, None, None));
        assert_eq!(lost, ["response_format.json_schema.name"]);
    }
}

#[test]
fn reasoning_is_asked_of_no_model_that_has_none() {
    let level = chat(&json!({"reasoning_effort": "high"}));
    for (to, member) in [(Dialect::CohereV2, "thinking"), (Dialect::Ollama, "think")] {
        let (body, lost, _) = written(Dialect::OpenAiChat, to, "Kimi-K2-Instruct-0905", &level);
        assert_eq!((body.get(member), lost.as_slice()), (None, &["reasoning_effort".to_owned()][..]), "{to:?}");
        let (body, _, _) = written(Dialect::OpenAiChat, to, "unknown", &level);
        assert!(body.get(member).is_some(), "{to:?}");
    }
    // Levels are for models that have them: others refuse the word.
    let (body, lost, _) = written(Dialect::OpenAiChat, Dialect::Ollama, "gpt-oss:20b", &level);
    assert_eq!((&body["think"], lost.is_empty()), (&json!("high"), true));
    let (body, lost, _) = written(Dialect::OpenAiChat, Dialect::Ollama, "qwen3:8b", &level);
    assert_eq!((&body["think"], lost.as_slice()), (&json!(true), &["reasoning_effort".to_owned()][..]));
    for (model, effort, lost) in [
        ("mistral-large-4", Some("high"), true),
        ("unknown", Some("medium"), false),
        ("Kimi-K2-Instruct-0905", None, true),
    ] {
        let body = chat(&json!({"reasoning_effort": "medium"})).to_string();
        let document = Document::new(body.as_bytes()).unwrap();
        let request = Dialect::OpenAiChat.read_request(document).unwrap();
        let from =
            TranslationSource { dialect: Dialect::OpenAiChat, document, edits: &Edits::default(), read: &request };
        let (variant, capabilities) = (Variant::Mistral, lookup(model));
        let target = WriteTarget { model: Some(model), variant, capabilities, ..WriteTarget::default() };
        let mut losses = Losses::default();
        let body = Dialect::OpenAiChat.write_request(&from, &target, &mut losses).unwrap().body;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((body["reasoning_effort"].as_str(), losses.is_empty()), (effort, !lost), "{model}");
    }
}

#[test]
fn sampling_that_a_model_refuses_is_left_out_and_named() {
    let sampling = json!({"temperature": 0.5, "top_p": 0.9});
    let (body, lost, _) = for_claude("claude-opus-4-7", &sampling);
    assert_eq!((body.get("temperature"), body.get("top_p")), (None, None));
    assert_eq!(lost, ["temperature", "top_p"]);
    let (body, lost, _) = for_claude("claude-sonnet-4-5", &sampling);
    assert_eq!((&body["temperature"], body.get("top_p")), (&json!(0.5), None));
    assert_eq!(lost, ["top_p"]);
    let (body, lost, _) = for_claude("claude-3-5-sonnet-20241022", &sampling);
    assert_eq!((&body["temperature"], &body["top_p"], lost.len()), (&json!(0.5), &json!(0.9), 0));
    let claude =
        json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], "temperature": 0.5});
    let (body, lost, _) = written(Dialect::AnthropicMessages, Dialect::OpenAiChat, "o3-mini", &claude);
    assert_eq!((body.get("temperature"), lost.as_slice()), (None, &["temperature".to_owned()][..]));
}

#[test]
fn reasoning_is_asked_for_in_the_form_that_the_model_takes() {
    let level = json!({"reasoning_effort": "high"});
    let (body, _, _) = for_claude("claude-opus-4-7", &level);
    assert_eq!((&body["thinking"], &body["output_config"]["effort"]), (&json!({"type": "adaptive"}), &json!("high")));
    let (body, _, _) = for_claude("claude-3-7-sonnet-20250219", &level);
    assert_eq!(body["thinking"], json!({"type": "enabled", "budget_tokens": 24_576}));
    assert_eq!(body.get("output_config"), None);
    let (body, lost, _) = for_claude("claude-3-5-haiku-20241022", &level);
    assert_eq!((body.get("thinking"), lost.as_slice()), (None, &["reasoning_effort".to_owned()][..]));
}

#[test]
fn a_level_that_claude_has_not_is_never_sent_to_it_whosever_the_model_s_name_is() {
    let (body, lost, _) = for_claude("gpt-5", &json!({"reasoning_effort": "minimal"}));
    assert_eq!(
        (&body["output_config"]["effort"], lost.as_slice()),
        (&json!("low"), &["reasoning_effort".to_owned()][..])
    );
}

#[test]
fn a_budget_for_a_model_that_takes_none_is_named_as_lost() {
    let claude = json!({"model": "m", "max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 4000},
        "messages": [{"role": "user", "content": "hi"}]});
    let (body, lost, _) = written(Dialect::AnthropicMessages, Dialect::OpenAiChat, "gpt-5", &claude);
    assert_eq!(
        (&body["reasoning_effort"], lost.as_slice()),
        (&json!("low"), &["thinking.budget_tokens".to_owned()][..])
    );
    let (body, lost, _) = written(Dialect::AnthropicMessages, Dialect::OpenAiChat, "gpt-4o", &claude);
    assert_eq!(body.get("reasoning_effort"), None);
    assert!(lost.contains(&"thinking.budget_tokens".to_owned()), "{lost:?}");
}

#[test]
fn a_schema_is_a_forced_tool_for_a_model_without_schemas() {
    let format = json!({"response_format": {"type": "json_schema",
        "json_schema": {"name": "city", "schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}});
    let (body, _, tool) = for_claude("claude-sonnet-4-5", &format);
    assert_eq!((&body["output_config"]["format"]["type"], tool), (&json!("json_schema"), None));
    let (body, lost, tool) = for_claude("claude-3-haiku-20240307", &format);
    assert_eq!(tool.as_deref(), Some("json_output"));
    assert_eq!(body["tool_choice"], json!({"type": "tool", "name": "json_output"}));
    assert_eq!(body["tools"][0]["input_schema"]["properties"]["name"]["type"], "string");
    assert!(lost.is_empty(), "{lost:?}");
    // Beside the client's own tools either is called.
    let mut both = format;
    both["tools"] =
        json!([{"type": "function", "function": {"name": "json_output", "parameters": {"type": "object"}}}]);
    let (body, _, tool) = for_claude("claude-3-haiku-20240307", &both);
    assert_eq!(tool.as_deref(), Some("json_output_"));
    assert_eq!((&body["tool_choice"], body["tools"].as_array().unwrap().len()), (&json!({"type": "any"}), 2));
}
