//! Requests that stay in their dialect, and Anthropic's messages in the form of Amazon Bedrock and of Vertex AI.

use serde_json::{Value, json};
use tollgate::dialect::{Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{Loss, Losses, PartKind, Variant, WriteTarget};

fn written(from: Dialect, to: Dialect, body: &str, target: &WriteTarget<'_>) -> (String, Losses) {
    let document = Document::new(body.as_bytes()).unwrap();
    let request = from.read_request(document).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: &request };
    let mut losses = Losses::default();
    (to.write_request(&source, target, &mut losses).unwrap().body, losses)
}

const MESSAGES: Dialect = Dialect::AnthropicMessages;

#[test]
fn a_request_of_the_same_dialect_is_the_same_bytes_but_for_the_model() {
    let body = r#"{ "model" : "gpt-4o","new_thing":[1.0, 2e3],"messages":[{"role":"user","content":"caf\u00e9"}] }"#;
    let (same, losses) = written(Dialect::OpenAiChat, Dialect::OpenAiChat, body, &WriteTarget::default());
    assert_eq!((same.as_str(), losses.is_empty()), (body, true));
    let target = WriteTarget { model: Some("a\"b"), ..WriteTarget::default() };
    let (other, _) = written(Dialect::OpenAiChat, Dialect::OpenAiChat, body, &target);
    assert_eq!(other, body.replace("\"gpt-4o\"", r#""a\"b""#));
    let body = r#"{"contents":[{"parts":[{"text":"hi"}]}]}"#;
    let (path_names_it, _) = written(Dialect::GeminiGenerate, Dialect::GeminiGenerate, body, &target);
    assert_eq!(path_names_it, body);
}

#[test]
fn anthropic_s_own_request_is_spliced_for_bedrock_and_vertex() {
    let rest = r#""max_tokens":9, "new_thing":{"a":1.0},"messages":[{"role":"user","content":"hi"}]"#;
    let body = format!(r#"{{"model":"claude-sonnet-4-5","stream":true,{rest}}}"#);
    let betas = ["context-1m-2025-08-07"];
    let target =
        WriteTarget { model: Some("eu.x"), variant: Variant::Bedrock, betas: &betas, ..WriteTarget::default() };
    let (bedrock, losses) = written(MESSAGES, MESSAGES, &body, &target);
    let added = r#""anthropic_version":"bedrock-2023-05-31","anthropic_beta":["context-1m-2025-08-07"]"#;
    assert_eq!(bedrock, format!("{{{rest},{added}}}"));
    assert!(losses.is_empty());
    let target = WriteTarget { variant: Variant::Vertex, ..WriteTarget::default() };
    let (vertex, _) = written(MESSAGES, MESSAGES, &body, &target);
    assert_eq!(vertex, format!(r#"{{"stream":true,{rest},"anthropic_version":"vertex-2023-10-16"}}"#));
}

#[test]
fn redacted_text_is_spliced_with_the_rest() {
    let body = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"I am ada@example.com"}]}"#;
    let document = Document::new(body.as_bytes()).unwrap();
    let request = MESSAGES.read_request(document).unwrap();
    let mut edits = Edits::default();
    let at = body.find("ada@example.com").unwrap();
    edits.replace(at..at + 15, "[EMAIL_1]");
    let source = TranslationSource { dialect: MESSAGES, document, edits: &edits, read: &request };
    let target = WriteTarget { variant: Variant::Bedrock, ..WriteTarget::default() };
    let written = MESSAGES.write_request(&source, &target, &mut Losses::default()).unwrap().body;
    let messages = r#""messages":[{"role":"user","content":"I am [EMAIL_1]"}]"#;
    assert_eq!(written, format!(r#"{{"max_tokens":9,{messages},"anthropic_version":"bedrock-2023-05-31"}}"#));
}

#[test]
fn an_image_by_its_address_is_named_as_lost_where_nothing_is_fetched() {
    let image = |source: Value| json!({"type": "image", "source": source});
    let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
        image(json!({"type": "url", "url": "https://a.example/1.png"})),
        image(json!({"type": "base64", "media_type": "image/png", "data": "AAAA"}))]}]});
    for variant in [Variant::Bedrock, Variant::Vertex] {
        let target = WriteTarget { variant, ..WriteTarget::default() };
        let (written, losses) = written(MESSAGES, MESSAGES, &body.to_string(), &target);
        let written: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(written["messages"][0]["content"].as_array().unwrap().len(), 1);
        assert_eq!(losses.iter().collect::<Vec<_>>(), [&Loss::Part(PartKind::Image)]);
    }
}

#[test]
fn another_dialect_s_request_for_bedrock_has_its_version_and_neither_model_nor_stream() {
    let body = r#"{"model":"gpt-4o","stream":true,"service_tier":"auto","messages":[{"role":"user","content":"hi"}]}"#;
    let target = WriteTarget { model: Some("anthropic.claude"), variant: Variant::Bedrock, ..WriteTarget::default() };
    let (bedrock, losses) = written(Dialect::OpenAiChat, MESSAGES, body, &target);
    let bedrock: Value = serde_json::from_str(&bedrock).unwrap();
    assert_eq!(
        bedrock,
        json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 32000, "messages": [{"role": "user", "content": "hi"}]})
    );
    assert_eq!(losses.names().into_iter().collect::<Vec<_>>(), ["service_tier"]);
    let target = WriteTarget { variant: Variant::Vertex, ..target };
    let (vertex, _) = written(Dialect::OpenAiChat, MESSAGES, body, &target);
    let vertex: Value = serde_json::from_str(&vertex).unwrap();
    assert_eq!((&vertex["anthropic_version"], &vertex["stream"]), (&json!("vertex-2023-10-16"), &json!(true)));
    assert_eq!(vertex.get("model"), None);
}

#[test]
fn a_request_in_bedrock_s_form_becomes_anthropic_s_own() {
    let body =
        r#"{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#;
    let target = WriteTarget { model: Some("claude"), client: Variant::Bedrock, ..WriteTarget::default() };
    let (own, _) = written(MESSAGES, MESSAGES, body, &target);
    assert_eq!(own, r#"{"max_tokens":9,"messages":[{"role":"user","content":"hi"}],"model":"claude"}"#);
}

#[test]
fn a_schema_is_a_forced_tool_for_models_at_bedrock_that_have_none() {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}})
    .to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let request = Dialect::OpenAiChat.read_request(document).unwrap();
    let source = TranslationSource { dialect: Dialect::OpenAiChat, document, edits: &Edits::default(), read: &request };
    let write = |model| {
        let target = WriteTarget { model: Some(model), variant: Variant::Bedrock, ..WriteTarget::default() };
        let written = MESSAGES.write_request(&source, &target, &mut Losses::default()).unwrap();
        (serde_json::from_str::<Value>(&written.body).unwrap(), written.schema_tool)
    };
    let (value, name) = write("anthropic.claude-3-haiku-20240307-v1:0");
    assert_eq!(value["tools"], json!([{"name": "json_output", "input_schema": schema}]));
    assert_eq!(value["tool_choice"], json!({"type": "tool", "name": "json_output"}));
    assert_eq!((value.get("output_config"), name.as_deref()), (None, Some("json_output")));
    let (value, name) = write("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    assert_eq!(value["output_config"]["format"]["schema"], schema);
    assert_eq!((value.get("tools"), name), (None, None));
}
