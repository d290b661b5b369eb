//! Requests written for Amazon Bedrock's Converse: what other gateways have got wrong, and what differs by model.

use serde_json::{Value, json};
use tollgate::capability::Capabilities;
use tollgate::dialect::{Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{Loss, Losses, Parameter, PartKind, Property, WriteTarget, WrittenRequest};

/// Writes a request for a model.
fn write(from: Dialect, body: &Value, target: &WriteTarget<'_>) -> (WrittenRequest, Value, Losses) {
    let body = body.to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let request = from.read_request(document).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: &request };
    let mut losses = Losses::default();
    let written = Dialect::BedrockConverse.write_request(&source, target, &mut losses).unwrap();
    let value = serde_json::from_str(&written.body).unwrap();
    (written, value, losses)
}

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OLD_CLAUDE: &str = "anthropic.claude-3-haiku-20240307-v1:0";
const NOVA: &str = "us.amazon.nova-2-lite-v1:0";
const LLAMA: &str = "us.meta.llama3-3-70b-instruct-v1:0";

fn chat(body: &Value, model: &str) -> (Value, Losses) {
    let (_, value, losses) =
        write(Dialect::OpenAiChat, body, &WriteTarget { model: Some(model), ..WriteTarget::default() });
    (value, losses)
}

fn messages(body: &Value, model: &str) -> (Value, Losses) {
    let target = WriteTarget { model: Some(model), ..WriteTarget::default() };
    let (_, value, losses) = write(Dialect::AnthropicMessages, body, &target);
    (value, losses)
}

fn call(id: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{\"n\":9007199254740993}"}})
}

fn tool(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}})
}

fn names(losses: &Losses) -> Vec<String> {
    losses.names().into_iter().collect()
}

#[test]
fn roles_alternate_results_come_first_and_blank_texts_are_left_out() {
    let (written, losses) = chat(
        &json!({"model": "m", "messages": [
            {"role": "system", "content": "be kind"}, {"role": "system", "content": " "}, {"role": "system", "content": "be short"},
            {"role": "user", "content": "one"}, {"role": "user", "content": [{"type": "text", "text": "\n"}, {"type": "text", "text": "two"}]},
            {"role": "assistant", "content": "so", "tool_calls": [call("a"), call("b")]},
            {"role": "tool", "tool_call_id": "b", "content": ""}, {"role": "tool", "tool_call_id": "a", "content": "1"},
            {"role": "user", "content": "and?"}], "tools": [tool("f")]}),
        CLAUDE,
    );
    assert_eq!(written["system"], json!([{"text": "be kind"}, {"text": "be short"}]));
    let number: Value = serde_json::from_str("{\"n\":9007199254740993}").unwrap();
    let used = |id| json!({"toolUse": {"toolUseId": id, "name": "f", "input": number}});
    let result = |id, text| json!({"toolResult": {"toolUseId": id, "content": [{"text": text}]}});
    assert_eq!(
        written["messages"],
        json!([
            {"role": "user", "content": [{"text": "one"}, {"text": "two"}]},
            {"role": "assistant", "content": [{"text": "so"}, used("a"), used("b")]},
            {"role": "user", "content": [result("a", "1"), result("b", "(no output)"), {"text": "and?"}]}])
    );
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn a_conversation_begins_with_the_user_s_turn() {
    let (written, losses) = chat(
        &json!({"model": "m", "messages": [{"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "hi"}]}),
        CLAUDE,
    );
    assert_eq!(written["messages"][0], json!({"role": "user", "content": [{"text": "."}]}));
    assert_eq!((written["messages"].as_array().unwrap().len(), names(&losses)), (3, vec!["messages[]".to_owned()]));
    let (written, losses) = chat(&json!({"model": "m", "messages": [{"role": "system", "content": "Go."}]}), CLAUDE);
    assert_eq!(written, json!({"messages": [{"role": "user", "content": [{"text": "Go."}]}]}));
    assert!(losses.iter().any(|loss| *loss == Loss::Position));
}

#[test]
fn the_text_to_go_on_from_does_not_end_in_white_space() {
    let turns = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "{ \n"}]);
    let (written, _) = messages(&json!({"model": "m", "max_tokens": 9, "messages": turns}), CLAUDE);
    assert_eq!(written["messages"][1]["content"], json!([{"text": "{"}]));
}

#[test]
fn a_history_of_calls_without_tools_gets_stubs_that_are_named() {
    let turns = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": [call("a")]},
        {"role": "tool", "tool_call_id": "a", "content": "1"}]);
    let (written, losses) = chat(&json!({"model": "m", "messages": turns}), CLAUDE);
    let stub = json!({"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object", "properties": {}}}}});
    assert_eq!(written["toolConfig"], json!({"tools": [stub]}));
    assert_eq!(losses.iter().collect::<Vec<_>>(), [&Loss::Tool]);
    // The tools stay where the history needs them, and the choice is lost.
    let body = json!({"model": "m", "messages": turns, "tools": [tool("f")], "tool_choice": "none"});
    let (written, losses) = chat(&body, CLAUDE);
    assert_eq!(
        (written["toolConfig"]["tools"].as_array().unwrap().len(), names(&losses)),
        (1, vec!["tool_choice".to_owned()])
    );
}

#[test]
fn the_choice_among_tools_has_its_own_words_and_none_leaves_the_tools_out() {
    let body = |choice: Value| json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [tool("f"), tool("g")], "tool_choice": choice});
    for (choice, written) in [
        (json!("auto"), json!({"auto": {}})),
        (json!("required"), json!({"any": {}})),
        (json!({"type": "function", "function": {"name": "g"}}), json!({"tool": {"name": "g"}})),
    ] {
        assert_eq!(chat(&body(choice), CLAUDE).0["toolConfig"]["toolChoice"], written);
    }
    let (written, losses) = chat(&body(json!("none")), CLAUDE);
    assert_eq!((written.get("toolConfig"), losses.is_empty()), (None, false));
    let (_, losses) = chat(&json!({"messages": [{"role": "user", "content": "hi"}], "tool_choice": "auto"}), CLAUDE);
    assert!(losses.iter().any(|loss| *loss == Loss::ToolChoice));
}

#[test]
fn markers_stand_behind_what_they_mark_in_tools_system_and_messages() {
    let marker = json!({"type": "ephemeral", "ttl": "1h"});
    let body = json!({"model": "m", "max_tokens": 9,
        "system": [{"type": "text", "text": "be kind", "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "f", "input_schema": {"type": "object"}, "cache_control": marker}, {"name": "g", "input_schema": {"type": "object"}}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": marker}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "1", "cache_control": {"type": "ephemeral"}}]}]});
    let (written, losses) = messages(&body, CLAUDE);
    let (usual, hour) =
        (json!({"cachePoint": {"type": "default"}}), json!({"cachePoint": {"type": "default", "ttl": "1h"}}));
    assert_eq!(written["system"][1], usual);
    assert_eq!(written["toolConfig"]["tools"][1], hour);
    assert_eq!(written["messages"][0]["content"][1], hour);
    assert_eq!(written["messages"][2]["content"][1], usual);
    assert!(losses.is_empty(), "{losses:?}");
    // Nova has none for tools and for an hour, Llama none at all.
    let (written, losses) = messages(&body, NOVA);
    assert_eq!(written["toolConfig"]["tools"].as_array().unwrap().len(), 2);
    assert_eq!(written["messages"][0]["content"][1], usual);
    assert!(losses.iter().any(|loss| *loss == Loss::Property(Property::CacheMarker)));
    assert!(!messages(&body, LLAMA).0.to_string().contains("cachePoint"));
}

#[test]
fn media_are_written_by_their_bytes_and_documents_under_names_of_their_own() {
    let image = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let file = |name: &str| json!({"type": "file", "file": {"filename": name, "file_data": "data:application/pdf;base64,AAAA"}});
    let (written, losses) = chat(
        &json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "look"},
            image("data:image/jpg;base64,_-8"), image("https://a.example/1.png"), file("a_b.pdf"), file("a_b.pdf"),
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]}]}),
        CLAUDE,
    );
    let document = |name: &str| json!({"document": {"format": "pdf", "name": name, "source": {"bytes": "AAAA"}}});
    assert_eq!(
        written["messages"][0]["content"],
        json!([{"text": "look"}, {"image": {"format": "jpeg", "source": {"bytes": "/+8="}}}, document("a-b-pdf"),
            document("a-b-pdf 2"), {"audio": {"format": "wav", "source": {"bytes": "AAAA"}}}])
    );
    let named: Vec<&Loss> = losses.iter().collect();
    assert_eq!(named, [&Loss::Property(Property::FileName), &Loss::Part(PartKind::Image)]);
}

#[test]
fn a_result_keeps_its_error_its_image_and_its_json() {
    let result = json!({"type": "tool_result", "tool_use_id": "a", "is_error": true, "content": [{"type": "text", "text": "no"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}]});
    let turns = json!([{"role": "user", "content": "hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
        {"role": "user", "content": [result]}]);
    let tools = json!([{"name": "f", "input_schema": {"type": "object"}}]);
    let (written, losses) =
        messages(&json!({"model": "m", "max_tokens": 9, "messages": turns, "tools": tools}), CLAUDE);
    assert_eq!(
        written["messages"][2]["content"],
        json!([{"toolResult": {"toolUseId": "a", "status": "error",
            "content": [{"text": "no"}, {"image": {"format": "png", "source": {"bytes": "AAAA"}}}]}}])
    );
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn an_id_beyond_the_limits_is_replaced_alike_in_call_and_result() {
    let id = format!("call|{}", "x".repeat(80));
    let (written, _) = chat(
        &json!({"model": "m", "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": [call(&id)]},
            {"role": "tool", "tool_call_id": id, "content": "1"}], "tools": [tool("f")]}),
        CLAUDE,
    );
    let used = written["messages"][1]["content"][0]["toolUse"]["toolUseId"].as_str().unwrap();
    assert_eq!(used, written["messages"][2]["content"][0]["toolResult"]["toolUseId"]);
    assert!(used.len() <= 64 && used.chars().all(|sign| sign.is_ascii_alphanumeric()), "{used}");
}

#[test]
fn reasoning_returns_with_its_signature_and_another_maker_s_is_named_as_lost() {
    let turns = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "hm", "signature": "c2ln"}, {"type": "redacted_thinking", "data": "AAAA"},
        {"type": "text", "text": "so"}]}, {"role": "user", "content": "go on"}]);
    let body = json!({"model": "m", "max_tokens": 4096, "temperature": 0.5, "messages": turns,
        "thinking": {"type": "enabled", "budget_tokens": 2048}});
    let (written, losses) = messages(&body, CLAUDE);
    assert_eq!(
        written["messages"][1]["content"],
        json!([{"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}},
            {"reasoningContent": {"redactedContent": "AAAA"}}, {"text": "so"}])
    );
    assert_eq!(
        written["additionalModelRequestFields"],
        json!({"thinking": {"type": "enabled", "budget_tokens": 2048}})
    );
    assert_eq!(
        (&written["inferenceConfig"], names(&losses)),
        (&json!({"maxTokens": 4096}), vec!["temperature".to_owned()])
    );
    let (written, losses) = messages(&body, NOVA);
    assert_eq!(written["messages"][1]["content"], json!([{"text": "so"}]));
    assert_eq!(
        written["additionalModelRequestFields"],
        json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}})
    );
    assert!(losses.iter().any(|loss| *loss == Loss::Part(PartKind::Reasoning)));
}

#[test]
fn settings_stand_where_the_family_of_models_has_them() {
    let body = json!({"model": "m", "max_tokens": 99, "temperature": 1, "top_k": 40, "top_p": 0.5, "stop_sequences": ["END", " "],
        "metadata": {"user_id": "u-1"}, "messages": [{"role": "user", "content": "hi"}]});
    let (written, losses) = messages(&body, CLAUDE);
    assert_eq!(
        written["inferenceConfig"],
        json!({"maxTokens": 99, "temperature": 1, "topP": 0.5, "stopSequences": ["END"]})
    );
    assert_eq!(written["additionalModelRequestFields"], json!({"top_k": 40}));
    assert_eq!(written["requestMetadata"], json!({"user_id": "u-1"}));
    assert_eq!(losses.iter().collect::<Vec<_>>(), [&Loss::Limit(Parameter::Stop)]);
    let (written, _) = messages(&body, NOVA);
    assert_eq!(written["additionalModelRequestFields"], json!({"inferenceConfig": {"topK": 40}}));
    let (written, losses) = messages(&body, LLAMA);
    assert_eq!(written.get("additionalModelRequestFields"), None);
    assert!(losses.iter().any(|loss| *loss == Loss::Parameter(Parameter::TopK)));
}

#[test]
fn a_temperature_beyond_the_range_and_metadata_of_other_marks_are_limited_and_named() {
    let (written, losses) = chat(
        &json!({"model": "m", "temperature": 1.7, "seed": 1, "service_tier": "priority", "user": "u",
            "metadata": {"team": "a b", "word": "caf\u{e9}"}, "messages": [{"role": "user", "content": "hi"}]}),
        CLAUDE,
    );
    assert_eq!(written["inferenceConfig"], json!({"temperature": 1}));
    assert_eq!(written["requestMetadata"], json!({"team": "a b", "user_id": "u"}));
    assert_eq!(written["serviceTier"], json!({"type": "priority"}));
    let named: Vec<&Loss> = losses.iter().collect();
    let limits =
        [Loss::Limit(Parameter::Temperature), Loss::Limit(Parameter::Metadata), Loss::Parameter(Parameter::Seed)];
    assert!(limits.iter().all(|loss| named.contains(&loss)) && named.len() == 3, "{named:?}");
}

fn with_schema(tools: &Value) -> Value {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": false});
    json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": tools,
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}}})
}

#[test]
fn a_schema_is_a_string_where_the_model_has_them_and_a_forced_tool_elsewhere() {
    let target = |model| WriteTarget { model: Some(model), ..WriteTarget::default() };
    let body = with_schema(&json!([]));
    let (written, value, losses) = write(Dialect::OpenAiChat, &body, &target(CLAUDE));
    let format = &value["outputConfig"]["textFormat"];
    let schema: Value = serde_json::from_str(format["structure"]["jsonSchema"]["schema"].as_str().unwrap()).unwrap();
    assert_eq!(&schema, body.pointer("/response_format/json_schema/schema").unwrap());
    assert_eq!((&format["type"], written.schema_tool, losses.is_empty()), (&json!("json_schema"), None, true));
    let (written, value, losses) = write(Dialect::OpenAiChat, &body, &target(OLD_CLAUDE));
    assert_eq!(written.schema_tool.as_deref(), Some("json_output"));
    assert_eq!(value["toolConfig"]["toolChoice"], json!({"tool": {"name": "json_output"}}));
    assert_eq!(value["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"], schema);
    assert!(losses.is_empty(), "{losses:?}");
    // Beside real tools any of them may be called.
    let body = with_schema(&json!([tool("json_output"), tool("f")]));
    let (written, value, _) = write(Dialect::OpenAiChat, &body, &target(NOVA));
    assert_eq!(written.schema_tool.as_deref(), Some("json_output_"));
    assert_eq!(value["toolConfig"]["toolChoice"], json!({"any": {}}));
    assert_eq!(value["toolConfig"]["tools"].as_array().unwrap().len(), 3);
}

#[test]
fn without_a_bound_the_model_s_own_is_written_where_it_is_known() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    let capabilities = Capabilities { max_output: Some(64_000), ..Capabilities::UNKNOWN };
    let target = WriteTarget { model: Some(CLAUDE), capabilities, ..WriteTarget::default() };
    let (_, value, _) = write(Dialect::OpenAiChat, &body, &target);
    assert_eq!(value["inferenceConfig"], json!({"maxTokens": 64000}));
    assert_eq!(chat(&body, CLAUDE).0.get("inferenceConfig"), None);
    // A budget needs a larger bound.
    let body = json!({"contents": [{"parts": [{"text": "hi"}]}], "generationConfig": {"thinkingConfig": {"thinkingBudget": 40000}}});
    let (_, value, _) =
        write(Dialect::GeminiGenerate, &body, &WriteTarget { capabilities: Capabilities::UNKNOWN, ..target });
    assert_eq!(value["inferenceConfig"], json!({"maxTokens": 44096}));
}

#[test]
fn a_request_of_converse_is_read_as_what_it_says() {
    let document = json!({"document": {"format": "txt", "name": "policy", "source": {"text": "20 days."}, "context": "Manual",
        "citations": {"enabled": true}}});
    let cited = json!({"citationsContent": {"content": [{"text": "It is 20."}],
        "citations": [{"title": "policy", "sourceContent": [{"text": "20 days."}]}]}});
    let result =
        json!({"toolResult": {"toolUseId": "a", "status": "success", "content": [{"text": "ok"}, {"json": {"n": 1}}]}});
    let body = json!({"system": [], "inferenceConfig": {}, "messages": [
        {"role": "user", "content": [document, {"guardContent": {"text": {"text": "How many?"}}}]},
        {"role": "assistant", "content": [cited, {"toolUse": {"toolUseId": "a", "name": "f", "input": {}}}]},
        {"role": "user", "content": [result]}]})
    .to_string();
    let read = |to: Dialect| {
        let mut losses = Losses::default();
        let written = crate::meaning::translate(Dialect::BedrockConverse, to, &body, &mut losses).unwrap();
        (serde_json::from_str::<Value>(&written).unwrap(), names(&losses))
    };
    let (value, losses) = read(Dialect::AnthropicMessages);
    assert_eq!(value.get("system"), None);
    assert_eq!(
        value["messages"],
        json!([
            {"role": "user", "content": [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "20 days."},
                "title": "policy", "context": "Manual", "citations": {"enabled": true}}, {"type": "text", "text": "How many?"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "It is 20."}, {"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a",
                "content": [{"type": "text", "text": "ok"}, {"type": "text", "text": "{\"n\":1}"}]}]}])
    );
    assert_eq!(losses, ["messages[].content[].citationsContent.citations"]);
    let (value, _) = read(Dialect::OpenAiChat);
    let roles: Vec<&str> =
        value["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "tool"]);
}

#[test]
fn media_in_amazon_s3_stay_at_bedrock() {
    let image = json!({"image": {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/a.png"}}}});
    let body = json!({"messages": [{"role": "user", "content": [image, {"text": "look"}]}]}).to_string();
    for to in [Dialect::OpenAiChat, Dialect::AnthropicMessages, Dialect::BedrockConverse] {
        let mut losses = Losses::default();
        let written = crate::meaning::translate(Dialect::BedrockConverse, to, &body, &mut losses).unwrap();
        assert_eq!(written.contains("s3://"), losses.is_empty(), "{written}");
        assert_eq!(losses.is_empty(), to == Dialect::BedrockConverse);
    }
}
