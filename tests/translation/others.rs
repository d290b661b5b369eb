//! Translation of single requests for Cohere, Mistral and Ollama.

use crate::meaning::translate_to;
use serde_json::{Value, json};
use tollgate::dialect::Dialect;
use tollgate::model::{Loss, Losses, Parameter, PartKind, Property, Variant};

const COHERE: (Dialect, Variant) = (Dialect::CohereV2, Variant::Common);
const MISTRAL: (Dialect, Variant) = (Dialect::OpenAiChat, Variant::Mistral);
const OLLAMA: (Dialect, Variant) = (Dialect::Ollama, Variant::Common);

/// Translates a request of chat completions.
fn of_chat(target: (Dialect, Variant), body: &Value) -> (Value, Losses) {
    of(Dialect::OpenAiChat, target, body)
}

/// Translates a request of Anthropic's messages.
fn of_messages(target: (Dialect, Variant), body: &Value) -> (Value, Losses) {
    of(Dialect::AnthropicMessages, target, body)
}

fn of(from: Dialect, target: (Dialect, Variant), body: &Value) -> (Value, Losses) {
    let mut losses = Losses::default();
    let written = translate_to(from, target, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written.body).unwrap(), losses)
}

fn is_lost(losses: &Losses, wanted: &Loss) -> bool {
    losses.iter().any(|loss| loss == wanted)
}

fn hi() -> Value {
    json!([{"role": "user", "content": "hi"}])
}

fn tool(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}})
}

fn call(id: &str, name: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
}

fn chosen(target: (Dialect, Variant), choice: &Value) -> (Value, Losses) {
    of_chat(target, &json!({"model": "m", "messages": hi(), "tools": [tool("f"), tool("g")], "tool_choice": choice}))
}

fn names(written: &Value) -> Vec<&str> {
    let tools = written["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    tools.iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect()
}

#[test]
fn text_before_calls_is_cohere_s_plan_and_comes_back_as_text() {
    let chat = json!({"model": "m", "messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "content": "I look.", "tool_calls": [call("a", "f", "{\"n\":1}")]},
        {"role": "tool", "tool_call_id": "a", "content": "1"}]});
    let (written, losses) = of_chat(COHERE, &chat);
    let assistant = json!({"role": "assistant", "tool_plan": "I look.", "tool_calls": [call("a", "f", "{\"n\":1}")]});
    assert_eq!(written["messages"][1], assistant);
    assert_eq!(written["messages"][2], json!({"role": "tool", "tool_call_id": "a", "content": "1"}));
    assert!(losses.is_empty(), "{losses:?}");
    let (back, losses) = of(Dialect::CohereV2, (Dialect::OpenAiChat, Variant::Common), &written);
    assert_eq!((&back["messages"], losses.is_empty()), (&chat["messages"], true));
}

#[test]
fn reasoning_without_a_proof_goes_back_to_who_takes_it_and_signed_reasoning_does_not() {
    let chat = json!({"model": "m", "messages": [{"role": "assistant", "reasoning_content": "hm", "content": "so"},
        {"role": "user", "content": "go on"}]});
    let thinking = json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "so"}]);
    assert_eq!(of_chat(COHERE, &chat).0["messages"][0]["content"], thinking);
    let thinking =
        json!([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "so"}]);
    assert_eq!(of_chat(MISTRAL, &chat).0["messages"][0]["content"], thinking);
    assert_eq!(
        of_chat(OLLAMA, &chat).0["messages"][0],
        json!({"role": "assistant", "content": "so", "thinking": "hm"})
    );
    let signed = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "c2ln"}, {"type": "text", "text": "so"}]},
        {"role": "user", "content": "go on"}]});
    for target in [COHERE, MISTRAL, OLLAMA] {
        let (written, losses) = of_messages(target, &signed);
        assert!(
            !written.to_string().contains("hm") && is_lost(&losses, &Loss::Part(PartKind::Reasoning)),
            "{target:?}"
        );
    }
}

#[test]
fn reasoning_that_a_message_has_under_two_names_is_sent_once() {
    let chat = json!({"model": "m", "messages": [{"role": "assistant", "content": "so", "reasoning": "hm",
        "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}, {"role": "user", "content": "go on"}]});
    assert_eq!(of_chat(OLLAMA, &chat).0["messages"][0]["thinking"], "hm");
}

#[test]
fn the_choice_among_tools_is_said_in_each_dialect_s_words() {
    let one = json!({"type": "function", "function": {"name": "g"}});
    for (choice, cohere, mistral) in
        [("auto", Value::Null, "auto"), ("required", json!("REQUIRED"), "any"), ("none", json!("NONE"), "none")]
    {
        let (written, losses) = chosen(COHERE, &json!(choice));
        assert_eq!((written["tool_choice"].clone(), names(&written).len(), losses.is_empty()), (cohere, 2, true));
        assert_eq!(chosen(MISTRAL, &json!(choice)).0["tool_choice"], mistral);
    }
    let (written, _) = chosen(COHERE, &one);
    assert_eq!((names(&written), &written["tool_choice"]), (vec!["g"], &json!("REQUIRED")));
    assert_eq!(chosen(MISTRAL, &one).0["tool_choice"], one);
    // Ollama has no choice.
    let (written, losses) = chosen(OLLAMA, &one);
    assert_eq!((names(&written), is_lost(&losses, &Loss::ToolChoice)), (vec!["g"], true));
    let (written, losses) = chosen(OLLAMA, &json!("none"));
    assert_eq!((names(&written), losses.iter().eq([&Loss::Tool])), (vec![], true));
    let (written, losses) = chosen(OLLAMA, &json!("required"));
    assert_eq!((names(&written), is_lost(&losses, &Loss::ToolChoice)), (vec!["f", "g"], true));
}

#[test]
fn a_choice_limited_to_some_tools_leaves_the_others_out() {
    let function = |name: &str| json!({"type": "function", "function": {"name": name}});
    let among = json!({"mode": "required", "tools": [function("f"), function("g")]});
    let body = json!({"model": "m", "messages": hi(), "tools": [tool("f"), tool("g"), tool("h")],
        "tool_choice": {"type": "allowed_tools", "allowed_tools": among}});
    for (target, word) in [(COHERE, json!("REQUIRED")), (MISTRAL, json!("any")), (OLLAMA, Value::Null)] {
        let (written, _) = of_chat(target, &body);
        assert_eq!((names(&written), &written["tool_choice"]), (vec!["f", "g"], &word), "{target:?}");
    }
}

#[test]
fn a_schema_stands_alone_in_cohere_s_format_and_is_a_tool_beside_others() {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema}});
    let mut body = json!({"model": "m", "messages": hi(), "response_format": format});
    let (written, losses) = of_chat(COHERE, &body);
    assert_eq!(written["response_format"], json!({"type": "json_object", "json_schema": schema}));
    assert!(losses.is_empty());
    body["tools"] = json!([tool("json_output")]);
    let written = translate_to(Dialect::OpenAiChat, COHERE, &body.to_string(), &mut Losses::default()).unwrap();
    assert_eq!(written.schema_tool.as_deref(), Some("json_output_"));
    let written: Value = serde_json::from_str(&written.body).unwrap();
    assert_eq!(names(&written), ["json_output", "json_output_"]);
    assert_eq!((&written["tool_choice"], written.get("response_format")), (&json!("REQUIRED"), None));
    assert_eq!(written["tools"][1]["function"]["parameters"], schema);
    // A chosen tool is called in any case.
    body["tool_choice"] = json!({"type": "function", "function": {"name": "json_output"}});
    let (written, losses) = of_chat(COHERE, &body);
    assert_eq!((names(&written), is_lost(&losses, &Loss::OutputFormat)), (vec!["json_output"], true));
    body["tool_choice"] = json!("none");
    let (written, _) = of_chat(COHERE, &body);
    assert_eq!((names(&written).len(), &written["response_format"]["json_schema"]), (0, &schema));
}

#[test]
fn the_form_of_the_output_is_mistral_s_and_ollama_s_own() {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema, "strict": true}});
    let body = json!({"model": "m", "messages": hi(), "response_format": format});
    assert_eq!(of_chat(MISTRAL, &body).0["response_format"], format);
    assert_eq!(of_chat(OLLAMA, &body).0["format"], schema);
    let body = json!({"model": "m", "messages": hi(), "response_format": {"type": "json_object"}});
    assert_eq!(of_chat(OLLAMA, &body).0["format"], "json");
}

#[test]
fn references_of_ollama_s_tools_are_resolved_and_those_of_its_format_stay() {
    let schema = json!({"type": "object", "properties": {"at": {"$ref": "#/$defs/Place"}, "kind": {"const": "x"}},
        "$defs": {"Place": {"type": "string", "description": "a town"}}});
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": schema}});
    let format = json!({"type": "json_schema", "json_schema": {"name": "s", "schema": schema}});
    let body = json!({"model": "m", "messages": hi(), "tools": [tool], "response_format": format});
    let (written, losses) = of_chat(OLLAMA, &body);
    let plain = json!({"at": {"type": "string", "description": "a town"}, "kind": {"enum": ["x"]}});
    assert_eq!(written["tools"][0]["function"]["parameters"]["properties"], plain);
    assert_eq!((&written["format"], losses.is_empty()), (&schema, true));
}

#[test]
fn parameters_are_brought_into_each_provider_s_range() {
    let body = json!({"model": "m", "messages": hi(), "temperature": 1.8, "top_p": 1, "frequency_penalty": -1,
        "seed": 7, "max_tokens": 99, "stop": ["a", "b", "c", "d", "e", "f"], "n": 2, "user": "u"});
    let (written, losses) = of_chat(COHERE, &body);
    let said = ["temperature", "p", "frequency_penalty", "seed", "max_tokens"].map(|name| written[name].clone());
    assert_eq!(said, [json!(1), json!(0.99), Value::Null, json!(7), json!(99)]);
    assert_eq!(written["stop_sequences"], json!(["a", "b", "c", "d", "e"]));
    for loss in [
        Loss::Limit(Parameter::Temperature),
        Loss::Limit(Parameter::TopP),
        Loss::Limit(Parameter::Stop),
        Loss::Parameter(Parameter::Choices),
        Loss::Parameter(Parameter::User),
    ] {
        assert!(is_lost(&losses, &loss), "{loss}");
    }
    let (written, losses) = of_chat(MISTRAL, &body);
    let said = ["temperature", "top_p", "frequency_penalty", "random_seed", "max_tokens", "n"];
    assert_eq!(
        said.map(|name| written[name].clone()),
        [json!(1.5), json!(1), json!(-1), json!(7), json!(99), json!(2)]
    );
    assert!(is_lost(&losses, &Loss::Limit(Parameter::Temperature)) && written.get("user").is_none());
    let (written, losses) = of_chat(OLLAMA, &body);
    let options = &written["options"];
    let said = ["temperature", "top_p", "frequency_penalty", "seed", "num_predict"].map(|name| options[name].clone());
    assert_eq!(said, [json!(1.8), json!(1), json!(-1), json!(7), json!(99)]);
    assert_eq!(options["stop"].as_array().unwrap().len(), 6);
    assert!(is_lost(&losses, &Loss::Parameter(Parameter::Choices)));
}

#[test]
fn ollama_is_always_told_whether_to_stream_and_streams_where_it_is_not_told() {
    for (stream, said) in [(json!(null), false), (json!(true), true), (json!(false), false)] {
        let (written, _) = of_chat(OLLAMA, &json!({"model": "m", "messages": hi(), "stream": stream}));
        assert_eq!(written["stream"], said);
    }
    let (chat, _) =
        of(Dialect::Ollama, (Dialect::OpenAiChat, Variant::Common), &json!({"model": "m", "messages": hi()}));
    assert_eq!((&chat["stream"], &chat["stream_options"]["include_usage"]), (&json!(true), &json!(true)));
}

#[test]
fn reasoning_is_asked_for_by_the_nearest_means() {
    let level = |level: &str| json!({"model": "m", "messages": hi(), "reasoning_effort": level});
    let (written, losses) = of_chat(COHERE, &level("low"));
    assert_eq!(written["thinking"], json!({"type": "enabled", "token_budget": 4096}));
    assert!(is_lost(&losses, &Loss::Parameter(Parameter::ReasoningLevel)));
    assert_eq!(of_chat(COHERE, &level("none")).0["thinking"], json!({"type": "disabled"}));
    assert_eq!(of_chat(MISTRAL, &level("low")).0["reasoning_effort"], "low");
    for (asked, said, is_exact) in
        [("low", json!(true), false), ("xhigh", json!(true), false), ("none", json!(false), true)]
    {
        let (written, losses) = of_chat(OLLAMA, &level(asked));
        assert_eq!((written["think"].clone(), losses.is_empty()), (said, is_exact), "{asked}");
    }
    let budget = json!({"model": "m", "max_tokens": 9000, "messages": hi(), "thinking": {"type": "enabled", "budget_tokens": 4000}});
    assert_eq!(of_messages(COHERE, &budget).0["thinking"], json!({"type": "enabled", "token_budget": 4000}));
    let (written, losses) = of_messages(OLLAMA, &budget);
    assert_eq!(
        (&written["think"], is_lost(&losses, &Loss::Parameter(Parameter::ReasoningBudget))),
        (&json!(true), true)
    );
    let adaptive = json!({"model": "m", "max_tokens": 9, "messages": hi(), "thinking": {"type": "adaptive"}});
    assert_eq!(of_messages(OLLAMA, &adaptive).0["think"], true);
    assert_eq!(of_messages(MISTRAL, &adaptive).0["prompt_mode"], "reasoning");
}

#[test]
fn mistral_s_ids_are_nine_letters_and_digits_and_stay_apart() {
    let ids: Vec<String> = (0..300).map(|at| format!("call_{at}")).chain(["aB3dE5fG7".to_owned()]).collect();
    let calls: Vec<Value> = ids.iter().map(|id| call(id, "f", "{}")).collect();
    let results = ids.iter().map(|id| json!({"role": "tool", "tool_call_id": id, "content": id}));
    let mut messages = vec![json!({"role": "assistant", "tool_calls": calls})];
    messages.extend(results);
    let (written, _) = of_chat(MISTRAL, &json!({"model": "m", "messages": messages}));
    let messages = written["messages"].as_array().unwrap();
    let written_ids: Vec<&str> =
        messages[0]["tool_calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap()).collect();
    assert!(written_ids.iter().all(|id| id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    assert_eq!(written_ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    assert_eq!(written_ids.last(), Some(&"aB3dE5fG7"));
    for ((id, result), written_id) in ids.iter().zip(&messages[1..]).zip(written_ids) {
        assert_eq!(
            (&result["content"], &result["tool_call_id"], &result["name"]),
            (&json!(id), &json!(written_id), &json!("f"))
        );
    }
}

#[test]
fn mistral_s_instructions_come_first_and_the_last_turn_of_the_model_goes_on() {
    let (written, losses) = of_chat(
        MISTRAL,
        &json!({"model": "m", "messages": [{"role": "developer", "content": "one"}, {"role": "user", "name": "ada", "content": "hi"},
        {"role": "system", "content": "two"}, {"role": "assistant", "content": "So"}]}),
    );
    let expected = json!([{"role": "system", "content": "one"}, {"role": "system", "content": "two"},
        {"role": "user", "content": "hi"}, {"role": "assistant", "content": "So", "prefix": true}]);
    assert_eq!(written["messages"], expected);
    for loss in [Loss::Position, Loss::Property(Property::Name)] {
        assert!(is_lost(&losses, &loss), "{loss}");
    }
}

#[test]
fn mistral_takes_media_in_its_own_form_and_in_results() {
    let (written, losses) = of_chat(
        MISTRAL,
        &json!({"model": "m", "messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://a.example/1.png", "detail": "low"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
            {"type": "file", "file": {"file_id": "file-1"}},
            {"type": "input_audio", "input_audio": {"data": "BBBB", "format": "mp3"}}]}]}),
    );
    let content = json!([{"type": "image_url", "image_url": {"url": "https://a.example/1.png", "detail": "low"}},
        {"type": "document_url", "document_url": "data:application/pdf;base64,AAAA", "document_name": "a.pdf"},
        {"type": "input_audio", "input_audio": "BBBB"}]);
    assert_eq!(written["messages"][0]["content"], content);
    assert!(is_lost(&losses, &Loss::Part(PartKind::File)), "another provider's file");
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let (written, _) = of_messages(
        MISTRAL,
        &json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "1"}, image]}]}]}),
    );
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
    assert_eq!(written["messages"][1]["content"], json!([{"type": "text", "text": "1"}, image]));
    assert_eq!(written["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn ollama_has_texts_and_images_beside_each_other() {
    let image = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let text = |text: &str| json!({"type": "text", "text": text});
    let body = |content: Value| json!({"model": "m", "messages": [{"role": "user", "content": content}]});
    let (written, losses) =
        of_chat(OLLAMA, &body(json!([text("one"), text("two"), image("data:image/png;base64,iVBORw0KGgo=")])));
    assert_eq!(written["messages"][0], json!({"role": "user", "content": "one\ntwo", "images": ["iVBORw0KGgo="]}));
    assert!(losses.is_empty());
    let (chat, _) = of(Dialect::Ollama, (Dialect::OpenAiChat, Variant::Common), &written);
    assert_eq!(chat["messages"][0]["content"][1]["image_url"]["url"], "data:image/png;base64,iVBORw0KGgo=");
    let (_, losses) = of_chat(OLLAMA, &body(json!([text("one"), image("data:image/png;base64,AAAA"), text("two")])));
    assert!(is_lost(&losses, &Loss::Position));
    let (written, losses) = of_chat(OLLAMA, &body(json!([text("one"), image("https://a.example/1.png")])));
    assert!(written["messages"][0].get("images").is_none() && is_lost(&losses, &Loss::Part(PartKind::Image)));
}

#[test]
fn ollama_s_calls_have_objects_and_its_results_the_name_of_the_function() {
    let body = json!({"model": "m", "messages": [
        {"role": "assistant", "content": null, "tool_calls": [call("a", "f", "{\"id\":9007199254740993}"), call("b", "g", "no json")]},
        {"role": "tool", "tool_call_id": "b", "content": "2"}, {"role": "tool", "tool_call_id": "a", "content": "1"}]});
    let mut losses = Losses::default();
    let written = translate_to(Dialect::OpenAiChat, OLLAMA, &body.to_string(), &mut losses).unwrap().body;
    assert!(written.contains(r#"{"function":{"name":"f","arguments":{"id":9007199254740993}}}"#), "{written}");
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["messages"][0]["tool_calls"][1]["function"]["arguments"], json!({"arguments": "no json"}));
    assert!(is_lost(&losses, &Loss::Property(Property::Arguments)));
    let results =
        json!([{"role": "tool", "tool_name": "f", "content": "1"}, {"role": "tool", "tool_name": "g", "content": "2"}]);
    assert_eq!(json!(written["messages"].as_array().unwrap()[1..]), results);
    // Two calls of one function are told apart by their order.
    let (chat, _) = of(Dialect::Ollama, (Dialect::OpenAiChat, Variant::Common), &written);
    let ids = |at: usize| chat["messages"][at]["tool_call_id"].as_str().unwrap().to_owned();
    assert_eq!(chat["messages"][0]["tool_calls"][0]["id"], ids(1));
    assert_ne!(ids(1), ids(2));
}

#[test]
fn documents_to_be_cited_stand_beside_the_conversation_for_cohere() {
    let document = |enabled: bool| {
        json!({"type": "document", "title": "Book", "citations": {"enabled": enabled},
        "source": {"type": "text", "media_type": "text/plain", "data": "grass is green"}})
    };
    let body = |enabled| {
        json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
        document(enabled), {"type": "text", "text": "which?"}]}]})
    };
    let (written, losses) = of_messages(COHERE, &body(true));
    assert_eq!(written["documents"], json!([{"data": {"title": "Book", "text": "grass is green"}}]));
    assert_eq!((&written["messages"][0]["content"], is_lost(&losses, &Loss::Position)), (&json!("which?"), true));
    let (written, _) = of_messages(COHERE, &body(false));
    assert_eq!(written["messages"][0]["content"][0], json!({"type": "text", "text": "grass is green"}));
}

#[test]
fn strictness_of_all_tools_is_cohere_s_and_that_of_some_is_named_as_lost() {
    let tool = |strict: bool| json!({"type": "function", "function": {"name": "f", "strict": strict}});
    let body = |tools: Value| json!({"model": "m", "messages": hi(), "tools": tools});
    let (written, losses) = of_chat(COHERE, &body(json!([tool(true)])));
    assert_eq!((&written["strict_tools"], losses.is_empty()), (&json!(true), true));
    assert_eq!(written["tools"][0]["function"]["parameters"], json!({"type": "object", "properties": {}}));
    let (written, losses) = of_chat(COHERE, &body(json!([tool(true), tool(false)])));
    assert!(written.get("strict_tools").is_none() && is_lost(&losses, &Loss::Property(Property::Strict)));
}

#[test]
fn messages_that_say_nothing_are_left_out_where_they_are_refused() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": ""},
        {"role": "user", "content": "hi?"}]});
    for target in [COHERE, MISTRAL, OLLAMA] {
        assert_eq!(of_chat(target, &body).0["messages"].as_array().unwrap().len(), 2, "{target:?}");
    }
}
