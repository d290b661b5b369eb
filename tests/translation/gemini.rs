//! Gemini's requests, written and read: what other gateways have got wrong, and the rules of its own.

use crate::meaning::translate;
use serde_json::{Value, json};
use tollgate::capability::Capabilities;
use tollgate::dialect::{Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{
    Loss, Losses, Parameter, PartKind, Property, Untranslatable, Variant, WriteTarget, WrittenRequest,
};

const NO_SIGNATURE: &str = "skip_thought_signature_validator";

fn write(
    from: Dialect,
    body: &Value,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let body = body.to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let request = from.read_request(document).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: &request };
    Dialect::GeminiGenerate.write_request(&source, target, losses)
}

fn target(model: &str) -> WriteTarget<'_> {
    WriteTarget { model: Some(model), capabilities: tollgate::capability::lookup(model), ..WriteTarget::default() }
}

/// Writes a request of chat completions for a model of Gemini.
fn to_gemini(body: &Value, model: &str) -> (Value, Losses) {
    let mut losses = Losses::default();
    let to = target(model);
    let written = write(Dialect::OpenAiChat, body, &to, &mut losses).unwrap();
    (serde_json::from_str(&written.body).unwrap(), losses)
}

fn from_gemini(body: &Value, to: Dialect) -> (Value, Losses) {
    let mut losses = Losses::default();
    let written = translate(Dialect::GeminiGenerate, to, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written).unwrap(), losses)
}

fn has(losses: &Losses, loss: &Loss) -> bool {
    losses.iter().any(|known| known == loss)
}

/// A conversation of chat completions with other members.
fn chat(members: Value) -> Value {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    let Value::Object(members) = members else { panic!("{members}") };
    members.into_iter().for_each(|(name, value)| body[name] = value);
    body
}

fn call(id: &str, name: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": "{\"n\":9007199254740993}"}})
}

#[test]
fn a_turn_of_calls_is_followed_by_one_of_all_results_with_their_names() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "both", "tool_calls": [call("a", "f"), call("b", "g")]},
        {"role": "tool", "tool_call_id": "b", "content": "second"},
        {"role": "tool", "tool_call_id": "a", "content": "{\"ratio\": 1.0}"},
        {"role": "user", "content": "and now?"}]});
    let mut losses = Losses::default();
    let to = target("gemini-2.5-flash");
    let written = write(Dialect::OpenAiChat, &body, &to, &mut losses).unwrap().body;
    assert!(written.contains(r#""response":{"ratio": 1.0}"#) && written.contains("9007199254740993"), "{written}");
    let written: Value = serde_json::from_str(&written).unwrap();
    let calls = &written["contents"][1];
    assert_eq!((&calls["role"], &calls["parts"][0]["text"]), (&json!("model"), &json!("both")));
    assert_eq!(calls["parts"][1]["functionCall"]["id"], "a");
    let results = written["contents"][2]["parts"].as_array().unwrap();
    let names: Vec<&Value> = results.iter().map(|part| &part["functionResponse"]["name"]).collect();
    assert_eq!(names, [&json!("f"), &json!("g"), &Value::Null]);
    assert_eq!(results[1]["functionResponse"]["response"], json!({"result": "second"}));
    assert_eq!(results[2], json!({"text": "and now?"}));
    assert_eq!(written["contents"].as_array().unwrap().len(), 3);
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn a_result_is_data_whatever_it_looks_like() {
    let messages = |content: Value| {
        json!({"model": "m", "messages": [{"role": "user", "content": "go"},
            {"role": "assistant", "tool_calls": [call("a", "f")]}, {"role": "tool", "tool_call_id": "a", "content": content}]})
    };
    let schema = r##"{"type":"object","items":{"$ref":"#/x"}}"##;
    for (content, response) in [
        (json!("[1, 2]"), json!({"result": "[1, 2]"})),
        (json!(""), json!({"result": ""})),
        (json!(schema), json!({"result": schema})),
        (json!([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]), json!({"result": "one\ntwo"})),
    ] {
        let (written, _) = to_gemini(&messages(content), "gemini-2.5-flash");
        assert_eq!(written["contents"][2]["parts"][0]["functionResponse"]["response"], response);
    }
}

fn messages_with_result(content: &Value, is_error: bool) -> Value {
    json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": content, "is_error": is_error}]}]})
}

#[test]
fn a_failure_is_said_in_the_response_and_read_there() {
    let mut losses = Losses::default();
    let body = messages_with_result(&json!("{\"no\":\"way\"}"), true);
    let written = write(Dialect::AnthropicMessages, &body, &WriteTarget::default(), &mut losses).unwrap().body;
    let written: Value = serde_json::from_str(&written).unwrap();
    let response = &written["contents"][2]["parts"][0]["functionResponse"];
    assert_eq!(response["response"], json!({"error": "{\"no\":\"way\"}"}));
    let (back, losses) = from_gemini(&written, Dialect::AnthropicMessages);
    assert_eq!(back["messages"][2]["content"][0]["is_error"], true);
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn media_of_a_result_stand_within_it_since_gemini_3_and_behind_it_before() {
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let body = messages_with_result(&json!([{"type": "text", "text": "look"}, image]), false);
    for (model, is_within) in [("gemini-3-pro-preview", true), ("gemini-2.5-pro", false)] {
        let to = target(model);
        let written = write(Dialect::AnthropicMessages, &body, &to, &mut Losses::default()).unwrap().body;
        let written: Value = serde_json::from_str(&written).unwrap();
        let parts = &written["contents"][2]["parts"];
        let data = json!({"inlineData": {"mimeType": "image/png", "data": "AAAA"}});
        let within = &parts[0]["functionResponse"]["parts"][0];
        assert_eq!((within == &data, parts[1] == data), (is_within, !is_within), "{parts}");
    }
}

#[test]
fn google_s_signatures_stay_and_gemini_3_gets_its_word_for_calls_that_have_none() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "tool_calls": [call("a", "f"), call("b", "f")]},
        {"role": "tool", "tool_call_id": "a", "content": "1"}, {"role": "tool", "tool_call_id": "b", "content": "2"}]});
    let signatures = |model| {
        let parts = to_gemini(&body, model).0["contents"][1]["parts"].clone();
        [parts[0]["thoughtSignature"].clone(), parts[1]["thoughtSignature"].clone()]
    };
    assert_eq!(signatures("gemini-3-flash-preview"), [json!(NO_SIGNATURE), Value::Null]);
    assert_eq!(signatures("gemini-2.5-flash"), [Value::Null, Value::Null]);
    let gemini = json!({"contents": [{"parts": [{"text": "go"}]}, {"role": "model", "parts": [
        {"text": "hm", "thought": true, "thoughtSignature": "Z29vZ2xl"},
        {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"}]},
        {"parts": [{"functionResponse": {"name": "f", "response": {"result": "1"}}}]}]});
    let (same, losses) = from_gemini(&gemini, Dialect::GeminiGenerate);
    let parts = &same["contents"][1]["parts"];
    assert_eq!((&parts[0]["thoughtSignature"], &parts[1]["thoughtSignature"]), (&json!("Z29vZ2xl"), &json!("c2ln")));
    assert!(losses.is_empty(), "{losses:?}");
    let (_, losses) = from_gemini(&gemini, Dialect::OpenAiChat);
    let names: Vec<String> = losses.names().into_iter().collect();
    assert_eq!(names, ["contents[].parts[]", "contents[].parts[].thoughtSignature"]);
}

#[test]
fn reasoning_of_another_maker_is_named_as_lost() {
    let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "c2ln"}, {"type": "text", "text": "so"}]}]});
    let mut losses = Losses::default();
    let written = write(Dialect::AnthropicMessages, &body, &WriteTarget::default(), &mut losses).unwrap().body;
    assert!(!written.contains("hm"), "{written}");
    assert!(has(&losses, &Loss::Part(PartKind::Reasoning)));
}

#[test]
fn every_system_text_survives_in_order_and_empty_texts_do_not() {
    let (written, losses) = to_gemini(
        &json!({"model": "m", "messages": [{"role": "system", "content": "one"}, {"role": "developer", "content": "two"},
        {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "text", "text": "hi"}]}, {"role": "user", "content": "you"}]}),
        "gemini-2.5-flash",
    );
    assert_eq!(written["systemInstruction"]["parts"], json!([{"text": "one"}, {"text": "two"}]));
    assert_eq!(written["contents"], json!([{"role": "user", "parts": [{"text": "hi"}, {"text": "you"}]}]));
    assert!(losses.is_empty());
    let body = json!({"model": "m", "messages": [{"role": "user", "content": " "}]});
    let written = write(Dialect::OpenAiChat, &body, &WriteTarget::default(), &mut Losses::default());
    assert_eq!(written, Err(Untranslatable::Empty));
}

#[test]
fn schemas_go_as_json_schema_and_an_object_without_properties_is_left_out() {
    let tool = |name: &str, parameters: Value| json!({"type": "function", "function": {"name": name, "description": "", "parameters": parameters, "strict": true}});
    let reference = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A", "description": "mine"}}, "additionalProperties": false,
        "$defs": {"A": {"type": ["string", "null"], "default": null, "description": "theirs"}}});
    let body = chat(json!({"tools": [tool("f", reference), tool("g", json!({"type": "object", "properties": {}}))]}));
    let (written, losses) = to_gemini(&body, "gemini-2.5-flash");
    let functions = &written["tools"][0]["functionDeclarations"];
    let plain = json!({"type": "object", "properties": {"a": {"type": ["string", "null"], "default": null, "description": "mine"}}, "additionalProperties": false});
    assert_eq!(functions[0], json!({"name": "f", "parametersJsonSchema": plain}));
    assert_eq!(functions[1], json!({"name": "g"}));
    assert_eq!(losses.iter().collect::<Vec<_>>(), [&Loss::Property(Property::Strict)]);
    let nameless = chat(json!({"tools": [{"type": "function", "function": {"name": ""}}]}));
    let written = write(Dialect::OpenAiChat, &nameless, &WriteTarget::default(), &mut Losses::default());
    assert_eq!(written, Err(Untranslatable::ToolWithoutName));
}

#[test]
fn the_choice_among_functions_has_a_mode_and_names() {
    let function = |name| json!({"type": "function", "function": {"name": name}});
    let among = |mode| json!({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [function("f"), function("g")]}});
    for (choice, config) in [
        (json!("auto"), json!({"mode": "AUTO"})),
        (json!("required"), json!({"mode": "ANY"})),
        (json!("none"), json!({"mode": "NONE"})),
        (function("f"), json!({"mode": "ANY", "allowedFunctionNames": ["f"]})),
        (among("required"), json!({"mode": "ANY", "allowedFunctionNames": ["f", "g"]})),
        (among("auto"), json!({"mode": "VALIDATED", "allowedFunctionNames": ["f", "g"]})),
    ] {
        let body = chat(json!({"tools": [function("f"), function("g"), function("h")], "tool_choice": choice}));
        let (written, losses) = to_gemini(&body, "gemini-2.5-flash");
        assert_eq!(written["toolConfig"]["functionCallingConfig"], config, "{choice}");
        assert!(losses.is_empty(), "{losses:?}");
        assert_eq!(from_gemini(&written, Dialect::OpenAiChat).0["tool_choice"], choice);
    }
    let (written, losses) = to_gemini(&chat(json!({"tool_choice": "auto", "parallel_tool_calls": false})), "m");
    assert_eq!(written.get("toolConfig"), None);
    assert!(has(&losses, &Loss::ToolChoice) && has(&losses, &Loss::Parameter(Parameter::ParallelTools)));
}

#[test]
fn settings_stay_within_their_ranges_and_where_they_belong() {
    let (written, losses) = to_gemini(
        &chat(
            json!({"stream": true, "max_tokens": 5, "temperature": 2.5, "top_p": 0.5, "n": 2, "seed": 9_007_199_254_740_993_u64,
            "stop": ["a", "b", "c", "d", "e", "f"], "logprobs": true, "top_logprobs": 3, "presence_penalty": 0.5,
            "service_tier": "flex", "metadata": {"team": "a"}, "user": "u"}),
        ),
        "gemini-2.5-flash",
    );
    assert_eq!(
        written["generationConfig"],
        json!({"maxOutputTokens": 5, "temperature": 2, "topP": 0.5, "candidateCount": 2, "stopSequences": ["a", "b", "c", "d", "e"],
            "responseLogprobs": true, "logprobs": 3, "presencePenalty": 0.5})
    );
    assert_eq!((written.get("model"), written.get("stream"), &written["serviceTier"]), (None, None, &json!("flex")));
    for loss in [
        Loss::Limit(Parameter::Temperature),
        Loss::Limit(Parameter::Stop),
        Loss::Parameter(Parameter::Seed),
        Loss::Parameter(Parameter::Metadata),
        Loss::Parameter(Parameter::User),
    ] {
        assert!(has(&losses, &loss), "{loss}");
    }
    // Labels are Vertex AI's alone.
    let capabilities = Capabilities { max_output: Some(100), ..Capabilities::default() };
    let to = WriteTarget { variant: Variant::Vertex, capabilities, ..WriteTarget::default() };
    let body = chat(json!({"metadata": {"team": "a"}, "max_completion_tokens": 200}));
    let mut losses = Losses::default();
    let written = write(Dialect::OpenAiChat, &body, &to, &mut losses).unwrap().body;
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        (&written["labels"]["team"], &written["generationConfig"]["maxOutputTokens"]),
        (&json!("a"), &json!(100))
    );
    assert!(has(&losses, &Loss::Limit(Parameter::MaxTokens)));
}

#[test]
fn reasoning_is_a_level_or_a_budget_by_the_model() {
    let effort = |word| chat(json!({"reasoning_effort": word}));
    let thinking = |body: &Value, model| to_gemini(body, model);
    for (word, model, config, lost) in [
        ("low", "gemini-3-pro-preview", json!({"thinkingLevel": "low"}), None),
        (
            "none",
            "gemini-3-flash-preview",
            json!({"thinkingLevel": "minimal"}),
            Some(Loss::Limit(Parameter::ReasoningLevel)),
        ),
        (
            "high",
            "gemini-2.5-flash",
            json!({"thinkingBudget": 24_576}),
            Some(Loss::Parameter(Parameter::ReasoningLevel)),
        ),
        ("none", "gemini-2.5-flash", json!({"thinkingBudget": 0}), None),
        ("none", "gemini-2.5-pro", json!({"thinkingBudget": 128}), Some(Loss::Limit(Parameter::ReasoningLevel))),
        ("high", "gemini-2.0-flash", Value::Null, Some(Loss::Parameter(Parameter::ReasoningLevel))),
        ("max", "my-own", json!({"thinkingLevel": "xhigh"}), Some(Loss::Limit(Parameter::ReasoningLevel))),
    ] {
        let (written, losses) = thinking(&effort(word), model);
        assert_eq!(written["generationConfig"]["thinkingConfig"], config, "{word} {model}");
        assert_eq!(losses.iter().next(), lost.as_ref(), "{word} {model}");
    }
    let body = |thinking: Value| json!({"model": "m", "max_tokens": 9000, "thinking": thinking, "messages": [{"role": "user", "content": "hi"}]});
    for (thinking, model, config) in [
        (
            json!({"type": "enabled", "budget_tokens": 2048}),
            "gemini-2.5-pro",
            json!({"thinkingBudget": 2048, "includeThoughts": true}),
        ),
        (
            json!({"type": "enabled", "budget_tokens": 30_000}),
            "gemini-3-pro-preview",
            json!({"thinkingLevel": "high", "includeThoughts": true}),
        ),
        (json!({"type": "adaptive"}), "gemini-2.5-pro", json!({"thinkingBudget": -1, "includeThoughts": true})),
        (json!({"type": "disabled"}), "gemini-2.5-flash", json!({"thinkingBudget": 0})),
    ] {
        let to = target(model);
        let written = write(Dialect::AnthropicMessages, &body(thinking), &to, &mut Losses::default()).unwrap();
        let written: Value = serde_json::from_str(&written.body).unwrap();
        assert_eq!(written["generationConfig"]["thinkingConfig"], config, "{model}");
    }
}

#[test]
fn what_a_model_does_not_take_is_named_as_lost() {
    let (written, losses) =
        to_gemini(&chat(json!({"temperature": 0.5, "top_p": 0.9, "max_tokens": 9})), "gemini-3.6-flash");
    assert_eq!(written["generationConfig"], json!({"maxOutputTokens": 9}));
    assert!(has(&losses, &Loss::Parameter(Parameter::Temperature)) && has(&losses, &Loss::Parameter(Parameter::TopP)));
    let body = json!({"contents": [{"parts": [{"text": "hi"}]}], "cachedContent": "cachedContents/1"});
    let text = body.to_string();
    let document = Document::new(text.as_bytes()).unwrap();
    let request = Dialect::GeminiGenerate.read_request(document).unwrap();
    let (dialect, edits) = (Dialect::GeminiGenerate, Edits::default());
    let source = TranslationSource { dialect, document, edits: &edits, read: &request };
    let to_claude = Dialect::AnthropicMessages.write_request(&source, &WriteTarget::default(), &mut Losses::default());
    assert_eq!(to_claude, Err(Untranslatable::StoredState));
}

#[test]
fn json_is_asked_for_natively_and_before_gemini_3_beside_functions_by_a_function() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    let format = json!({"type": "json_schema", "json_schema": {"name": "f", "schema": schema}});
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let (written, losses) = to_gemini(&chat(json!({"response_format": format})), "gemini-2.5-flash");
    assert_eq!(
        written["generationConfig"],
        json!({"responseMimeType": "application/json", "responseJsonSchema": schema})
    );
    assert!(losses.is_empty());
    let body = chat(json!({"response_format": format, "tools": tools}));
    assert!(to_gemini(&body, "gemini-3-pro-preview").0["generationConfig"]["responseJsonSchema"].is_object());
    let to = target("gemini-2.5-flash");
    let written = write(Dialect::OpenAiChat, &body, &to, &mut Losses::default()).unwrap();
    assert_eq!(written.schema_tool.as_deref(), Some("f_1"));
    let written: Value = serde_json::from_str(&written.body).unwrap();
    assert_eq!(written["tools"][0]["functionDeclarations"][1]["parametersJsonSchema"], schema);
    assert_eq!(written["toolConfig"]["functionCallingConfig"], json!({"mode": "ANY"}));
    assert_eq!(written.get("generationConfig"), None);
    let forced = chat(
        json!({"response_format": format, "tools": tools, "tool_choice": {"type": "function", "function": {"name": "f"}}}),
    );
    assert!(has(&to_gemini(&forced, "gemini-2.5-flash").1, &Loss::OutputFormat));
}

#[test]
fn media_cross_by_address_and_by_bytes_but_no_file_of_another_provider() {
    let image = |url: &str| json!({"type": "image_url", "image_url": {"url": url, "detail": "low"}});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [
        image("https://a.example/1.png?x=1.pdf"), image("https://a.example/2"), image("data:image/jpg;base64,AAAA"),
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, {"type": "file", "file": {"file_id": "file-1"}}]}]});
    let (written, losses) = to_gemini(&body, "gemini-3-flash-preview");
    let parts = &written["contents"][0]["parts"];
    let low = json!({"level": "MEDIA_RESOLUTION_LOW"});
    assert_eq!(
        parts[0],
        json!({"fileData": {"mimeType": "image/png", "fileUri": "https://a.example/1.png?x=1.pdf"}, "mediaResolution": low})
    );
    assert_eq!(parts[1]["fileData"], json!({"fileUri": "https://a.example/2"}));
    assert_eq!(parts[2]["inlineData"], json!({"mimeType": "image/jpeg", "data": "AAAA"}));
    assert_eq!(parts[3]["inlineData"]["mimeType"], "audio/wav");
    assert_eq!(losses.iter().collect::<Vec<_>>(), [&Loss::Part(PartKind::File)]);
    assert!(has(&to_gemini(&body, "gemini-2.5-flash").1, &Loss::Property(Property::Detail)));
}

#[test]
fn files_that_google_alone_reads_are_named_as_lost() {
    let file = |uri: &str| json!({"fileData": {"fileUri": uri, "mimeType": "image/png"}});
    let body = json!({"contents": [{"role": "user", "parts": [{"text": "look"}, file("gs://bucket/1.png"),
        file("https://generativelanguage.googleapis.com/v1beta/files/1"), file("https://a.example/1.png")]}]});
    for to in [Dialect::OpenAiChat, Dialect::OpenAiResponses, Dialect::AnthropicMessages] {
        let (written, losses) = from_gemini(&body, to);
        let written = written.to_string();
        assert!(
            !written.contains("bucket") && !written.contains("files/1") && written.contains("a.example"),
            "{written}"
        );
        assert!(has(&losses, &Loss::Part(PartKind::Image)));
    }
    assert!(from_gemini(&body, Dialect::GeminiGenerate).1.is_empty());
}

#[test]
fn google_s_words_are_read_in_either_case_and_its_schemas_as_json_schema() {
    let body = json!({"model": "models/gemini-2.5-flash",
        "system_instruction": {"role": "user", "parts": [{"text": "be kind"}]},
        "contents": [{"role": "user", "parts": [{"text": "look"}, {"inline_data": {"mime_type": "image/png", "data": "-_8"}}]}],
        "tools": [{"function_declarations": [{"name": "f", "parameters": {"type": "OBJECT", "properties": {"a": {"type": "STRING", "nullable": true}}}}]}, {"google_search": {}}],
        "tool_config": {"function_calling_config": {"mode": "any"}},
        "generation_config": {"max_output_tokens": 9, "top_k": 3.0, "stop_sequences": ["x"], "response_modalities": ["TEXT"],
            "response_mime_type": "application/json", "thinking_config": {"thinking_budget": -1}},
        "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]});
    let (chat, losses) = from_gemini(&body, Dialect::OpenAiChat);
    assert_eq!(chat["model"], "gemini-2.5-flash");
    assert_eq!(chat["messages"][0], json!({"role": "system", "content": "be kind"}));
    assert_eq!(chat["messages"][1]["content"][1]["image_url"]["url"], "data:image/png;base64,+/8=");
    assert_eq!(
        chat["tools"][0]["function"]["parameters"],
        json!({"type": "object", "properties": {"a": {"type": ["string", "null"]}}})
    );
    assert_eq!((&chat["tool_choice"], &chat["response_format"]["type"]), (&json!("required"), &json!("json_object")));
    assert_eq!((&chat["max_completion_tokens"], chat.get("modalities")), (&json!(9), None));
    let names = losses.names();
    for name in ["safety_settings[].threshold", "tools[]", "generation_config.top_k"] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    assert_eq!(from_gemini(&body, Dialect::AnthropicMessages).0["top_k"], 3);
}

#[test]
fn calls_without_ids_are_linked_by_name_and_order() {
    let call = |name| json!({"functionCall": {"name": name, "args": {}}});
    let result = |name, text| json!({"functionResponse": {"name": name, "response": {"output": text}}});
    let body = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [call("f"), call("g"), call("f")]},
        {"role": "function", "parts": [result("g", "2"), result("f", "1"), result("f", "3")]}]});
    let (chat, losses) = from_gemini(&body, Dialect::OpenAiChat);
    let results: Vec<(&Value, &Value)> = chat["messages"]
        .as_array()
        .unwrap()
        .iter()
        .skip(2)
        .map(|turn| (&turn["tool_call_id"], &turn["content"]))
        .collect();
    let ids: Vec<&Value> =
        chat["messages"][1]["tool_calls"].as_array().unwrap().iter().map(|call| &call["id"]).collect();
    let texts = [json!("{\"output\":\"1\"}"), json!("{\"output\":\"2\"}"), json!("{\"output\":\"3\"}")];
    assert_eq!(results, ids.into_iter().zip(&texts).collect::<Vec<_>>());
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn pieces_of_a_stream_that_a_client_kept_as_contents_are_one_turn() {
    let piece = |part: Value| json!({"role": "model", "parts": [part]});
    let body = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]},
        piece(json!({"text": "I "})), piece(json!({"text": "look."})), piece(json!({"functionCall": {"id": "a", "name": "f", "args": {}}})), piece(json!({"text": ""})),
        {"role": "user", "parts": [{"functionResponse": {"id": "a", "name": "f", "response": {}}}]}]});
    let (chat, losses) = from_gemini(&body, Dialect::OpenAiChat);
    let messages = chat["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "tool"]);
    assert_eq!(messages[1]["content"], json!([{"type": "text", "text": "I "}, {"type": "text", "text": "look."}]));
    assert_eq!(messages[1]["tool_calls"][0]["id"], "a");
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn who_asks_claude_to_show_thoughts_switches_them_on() {
    let body = json!({"contents": [{"parts": [{"text": "hi"}]}], "generationConfig": {"thinkingConfig": {"includeThoughts": true}}});
    let (messages, losses) = from_gemini(&body, Dialect::AnthropicMessages);
    assert_eq!(messages["thinking"], json!({"type": "adaptive", "display": "summarized"}));
    assert!(losses.is_empty(), "{losses:?}");
}
