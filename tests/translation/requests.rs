//! Translation of single requests: what other gateways have got wrong.

use crate::meaning::translate;
use serde_json::{Value, json};
use tollgate::dialect::{Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{Loss, Losses, Parameter, PartKind, Property, WriteTarget};

fn to_messages(body: &Value) -> (Value, Losses) {
    let mut losses = Losses::default();
    let written = translate(Dialect::OpenAiChat, Dialect::AnthropicMessages, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written).unwrap(), losses)
}

fn to_chat(body: &Value) -> (Value, Losses) {
    let mut losses = Losses::default();
    let written = translate(Dialect::AnthropicMessages, Dialect::OpenAiChat, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written).unwrap(), losses)
}

#[test]
fn results_of_parallel_calls_go_in_one_user_turn() {
    let call = |id| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let (written, losses) = to_messages(&json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [call("a"), call("b")]},
        {"role": "tool", "tool_call_id": "a", "content": "1"},
        {"role": "tool", "tool_call_id": "b", "content": "2"},
        {"role": "user", "content": "and now?"}]}));
    assert_eq!(
        written["messages"][2],
        json!({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "a", "content": "1"},
        {"type": "tool_result", "tool_use_id": "b", "content": "2"}]})
    );
    assert_eq!(written["messages"].as_array().unwrap().len(), 4);
    assert!(losses.is_empty());
}

#[test]
fn a_text_before_a_result_stays_behind_it_and_both_stay() {
    let (written, _) = to_chat(&json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"n": 1}}]},
        {"role": "user", "content": [
            {"type": "text", "text": "here"}, {"type": "tool_result", "tool_use_id": "a", "content": "1"}]}]}));
    let roles: Vec<&str> =
        written["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["assistant", "tool", "user"]);
    assert_eq!(written["messages"][0]["tool_calls"][0]["function"]["arguments"], r#"{"n":1}"#);
}

#[test]
fn numbers_of_arguments_stay_as_written() {
    let arguments = r#"{"id":9007199254740993,"ratio":1.0}"#;
    let mut losses = Losses::default();
    let body = json!({"model": "m", "messages": [{"role": "assistant", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}]}]});
    let written = translate(Dialect::OpenAiChat, Dialect::AnthropicMessages, &body.to_string(), &mut losses).unwrap();
    assert!(written.contains(&format!("\"input\":{arguments}")), "{written}");
}

#[test]
fn arguments_that_are_no_object_are_wrapped_and_named() {
    let (written, losses) = to_messages(&json!({"model": "m", "messages": [{"role": "assistant", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "not json"}}]}]}));
    assert_eq!(written["messages"][0]["content"][0]["input"], json!({"arguments": "not json"}));
    assert!(losses.iter().any(|loss| *loss == Loss::Property(Property::Arguments)));
}

#[test]
fn every_system_text_survives_and_its_place_is_named() {
    let (written, losses) = to_messages(&json!({"model": "m", "messages": [
        {"role": "system", "content": "one"}, {"role": "user", "content": "hi"}, {"role": "developer", "content": "two"}]}));
    assert_eq!(written["system"], json!([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]));
    assert!(losses.iter().any(|loss| *loss == Loss::Position));
}

#[test]
fn serial_calls_and_the_choice_of_a_tool_cross_both_ways() {
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}});
    let (written, losses) = to_messages(
        &json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [tool], "parallel_tool_calls": false,
        "tool_choice": {"type": "function", "function": {"name": "f"}}}),
    );
    assert_eq!(written["tool_choice"], json!({"type": "tool", "name": "f", "disable_parallel_tool_use": true}));
    assert!(losses.is_empty());
    let (back, _) = to_chat(&written);
    assert_eq!(back["tool_choice"], json!({"type": "function", "function": {"name": "f"}}));
    assert_eq!(back["parallel_tool_calls"], false);
}

/// A choice among tools in the words of a dialect, written as chat completions.
fn chosen(dialect: Dialect, members: &Value) -> (Option<Value>, Losses) {
    let mut losses = Losses::default();
    let written = translate(dialect, Dialect::OpenAiChat, &members.to_string(), &mut losses).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    (written.get("tool_choice").cloned(), losses)
}

#[test]
fn the_choice_among_tools_is_read_in_the_words_of_each_dialect() {
    let tools = json!([{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]);
    for (word, choice) in [("REQUIRED", "required"), ("NONE", "none")] {
        let body =
            json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": tools, "tool_choice": word});
        let (written, losses) = chosen(Dialect::CohereV2, &body);
        assert_eq!((written, losses.is_empty()), (Some(json!(choice)), true), "{word}");
    }
}

#[test]
fn the_older_choice_of_a_function_is_read() {
    let functions = json!([{"name": "f", "parameters": {"type": "object", "properties": {}}}]);
    for (choice, written) in
        [(json!({"name": "f"}), json!({"type": "tool", "name": "f"})), (json!("none"), json!({"type": "none"}))]
    {
        let (body, losses) = to_messages(&json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
            "functions": functions, "function_call": choice}));
        assert_eq!((&body["tool_choice"], losses.is_empty()), (&written, true));
    }
}

#[test]
fn the_text_of_a_custom_tool_in_the_history_is_the_input_of_a_function() {
    let custom = json!({"id": "a", "type": "custom", "custom": {"name": "sh", "input": "ls \"x\""}});
    let body = json!({"model": "m", "messages": [{"role": "assistant", "tool_calls": [custom]},
        {"role": "tool", "tool_call_id": "a", "content": "1"}]});
    let (written, _) = to_messages(&body);
    assert_eq!(written["messages"][0]["content"][0]["input"], json!({"input": "ls \"x\""}));
}

#[test]
fn tools_that_a_choice_leaves_out_are_named() {
    let function = |name| json!({"type": "function", "function": {"name": name}});
    let among = json!({"mode": "auto", "tools": [function("f")]});
    let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
        "tools": [function("f"), function("g")], "tool_choice": {"type": "allowed_tools", "allowed_tools": among}});
    for to in [Dialect::AnthropicMessages, Dialect::BedrockConverse, Dialect::CohereV2, Dialect::Ollama] {
        let mut losses = Losses::default();
        translate(Dialect::OpenAiChat, to, &chat.to_string(), &mut losses).unwrap();
        assert!(losses.iter().eq([&Loss::Tool]), "{to:?}: {losses:?}");
    }
}

#[test]
fn a_choice_limited_to_some_tools_crosses_and_the_others_are_left_out_where_it_has_no_word() {
    let tools = json!([{"type": "function", "name": "f"}, {"type": "function", "name": "g"}, {"type": "function", "name": "h"}]);
    let body = json!({"model": "m", "input": "hi", "tools": tools,
        "generation_config": {"tool_choice": {"allowed_tools": {"mode": "any", "tools": ["f", "g"]}}}});
    let (written, losses) = chosen(Dialect::GeminiInteractions, &body);
    let function = |name| json!({"type": "function", "function": {"name": name}});
    let among = json!({"mode": "required", "tools": [function("f"), function("g")]});
    assert_eq!(written, Some(json!({"type": "allowed_tools", "allowed_tools": among})));
    assert!(losses.is_empty(), "{losses:?}");
    let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
        "tools": [function("f"), function("g"), function("h")], "tool_choice": {"type": "allowed_tools", "allowed_tools": among}});
    let (written, _) = to_messages(&chat);
    let names: Vec<&str> =
        written["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!((names, &written["tool_choice"]), (vec!["f", "g"], &json!({"type": "any"})));
}

#[test]
fn any_json_is_asked_for_in_the_words_of_each_dialect() {
    let mut losses = Losses::default();
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "format": "json"});
    let written = translate(Dialect::Ollama, Dialect::OpenAiChat, &body.to_string(), &mut losses).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["response_format"], json!({"type": "json_object"}));
    assert!(losses.is_empty());
}

#[test]
fn a_choice_without_tools_is_left_out() {
    let (written, losses) =
        to_messages(&json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tool_choice": "auto"}));
    assert!(written.get("tool_choice").is_none());
    assert!(losses.iter().any(|loss| *loss == Loss::ToolChoice));
}

#[test]
fn images_cross_by_address_and_by_bytes() {
    let image = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let (written, losses) = to_messages(&json!({"model": "m", "messages": [{"role": "user", "content": [
        image("https://a.example/1.png"), image("data:image/jpg;base64,AAAA")]}]}));
    let content = &written["messages"][0]["content"];
    assert_eq!(content[0]["source"], json!({"type": "url", "url": "https://a.example/1.png"}));
    assert_eq!(content[1]["source"], json!({"type": "base64", "media_type": "image/jpeg", "data": "AAAA"}));
    assert!(losses.is_empty());
    let (back, _) = to_chat(&written);
    assert_eq!(back["messages"][0]["content"][1]["image_url"]["url"], "data:image/jpeg;base64,AAAA");
}

#[test]
fn a_document_of_text_stays_text() {
    let (written, _) = to_chat(&json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Dear \"Ada\""}}]}]}));
    assert_eq!(written["messages"][0]["content"], json!([{"type": "text", "text": "Dear \"Ada\""}]));
}

#[test]
fn instructions_beside_the_conversation_come_first_wherever_they_stand() {
    let (written, losses) =
        to_chat(&json!({"messages": [{"role": "user", "content": "hi"}], "system": "be kind", "max_tokens": 9}));
    assert_eq!(written["messages"][0], json!({"role": "system", "content": "be kind"}));
    assert!(losses.is_empty());
}

#[test]
fn blank_texts_are_left_out_where_they_are_refused() {
    let (written, _) = to_messages(&json!({"model": "m", "messages": [{"role": "user", "content": [
        {"type": "text", "text": " \n"}, {"type": "text", "text": "hi"}]}]}));
    assert_eq!(written["messages"][0]["content"], "hi");
}

#[test]
fn unsigned_reasoning_and_audio_are_named_as_lost() {
    let (written, losses) = to_messages(&json!({"model": "m", "seed": 1, "n": 1, "messages": [
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]},
        {"role": "assistant", "reasoning_content": "hm", "content": "so"}]}));
    let named: Vec<&Loss> = losses.iter().collect();
    for loss in [Loss::Parameter(Parameter::Seed), Loss::Part(PartKind::Reasoning), Loss::Part(PartKind::Audio)] {
        assert!(named.contains(&&loss), "{loss}");
    }
    assert!(!named.contains(&&Loss::Parameter(Parameter::Choices)), "one choice is what every API gives");
    assert!(!written.to_string().contains("hm"));
}

#[test]
fn a_member_without_a_word_is_named_by_its_path() {
    let (_, losses) = to_messages(
        &json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "logit_bias": {"50256": -100}}),
    );
    assert!(losses.iter().any(|loss| loss.to_string() == "logit_bias.50256"), "{losses:?}");
}

#[test]
fn a_writer_reads_redacted_text() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"I am ada@example.com"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"to\":\"ada@example.com\"}"}}]}]}"#;
    let document = Document::new(body.as_bytes()).unwrap();
    let request = Dialect::OpenAiChat.read_request(document).unwrap();
    let mut edits = Edits::default();
    body.match_indices("ada@example.com").for_each(|(at, found)| edits.replace(at..at + found.len(), "[EMAIL_1]"));
    let source = TranslationSource { dialect: Dialect::OpenAiChat, document, edits: &edits, read: &request };
    let target = WriteTarget::default();
    let written = Dialect::AnthropicMessages.write_request(&source, &target, &mut Losses::default()).unwrap().body;
    assert!(!written.contains("ada@"), "{written}");
    assert!(written.contains("I am [EMAIL_1]") && written.contains(r#""input":{"to":"[EMAIL_1]"}"#), "{written}");
}

#[test]
fn a_result_of_no_call_is_lost_by_name() {
    let (written, losses) = to_messages(&json!({"model": "m", "messages": [
        {"role": "user", "content": "hi"}, {"role": "tool", "tool_call_id": "gone", "content": "1"}]}));
    assert_eq!(written["messages"], json!([{"role": "user", "content": "hi"}]));
    assert!(losses.iter().any(|loss| *loss == Loss::Part(PartKind::ToolResult)));
}

/// Requests that every dialect has words for are not written twice.
#[test]
fn only_requests_that_a_dialect_may_have_no_words_for_are_doubted() {
    let is_doubted = |dialect: Dialect, body: &str| {
        let document = Document::new(body.as_bytes()).unwrap();
        dialect.read_request(document).unwrap().may_be_untranslatable(document)
    };
    let tool = r#""tools":[{"type":"function","function":{"description":"d","name":"f","parameters":{}}}],"#;
    for (dialect, body) in [
        (Dialect::OpenAiChat, format!(r#"{{{tool}"messages":[{{"role":"user","content":"Hi"}}]}}"#)),
        (
            Dialect::OpenAiChat,
            r#"{"messages":[{"role":"user","content":[{"type":"text","text":"\n\u0020Hi"}]}]}"#.to_owned(),
        ),
        (Dialect::OpenAiResponses, r#"{"input":"Hi","tools":[{"type":"function","name":"f"}]}"#.to_owned()),
        (
            Dialect::AnthropicMessages,
            r#"{"system":"Be kind.","messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f","input_schema":{}}]}"#
                .to_owned(),
        ),
        (
            Dialect::GeminiGenerate,
            r#"{"contents":[{"parts":[{"text":"Hi"}]}],"tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]}]}"#
                .to_owned(),
        ),
    ] {
        assert!(!is_doubted(dialect, &body), "{dialect:?}: {body}");
    }
    for (dialect, body) in [
        (Dialect::OpenAiChat, r#"{"messages":[]}"#),
        (Dialect::OpenAiChat, r#"{"messages":[{"role":"system","content":"Hi"},{"role":"user","content":" \n\t"}]}"#),
        (
            Dialect::OpenAiChat,
            r#"{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":""}}]}"#,
        ),
        (Dialect::OpenAiChat, r#"{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function"}]}"#),
        (Dialect::OpenAiResponses, r#"{"input":"Hi","previous_response_id":"r"}"#),
        (Dialect::OpenAiResponses, r#"{"input":"Hi","prompt":{"id":"p"}}"#),
        (Dialect::AnthropicMessages, r#"{"messages":[{"role":"user","content":"Hi"}],"tools":[{"input_schema":{}}]}"#),
    ] {
        assert!(is_doubted(dialect, body), "{dialect:?}: {body}");
    }
}
