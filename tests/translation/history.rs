//! Calls and results of earlier turns, and the names of functions, for every target.

use crate::law::TARGETS;
use crate::meaning::translate_to;
use serde_json::{Value, json};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{AnswerContext, Loss, Losses, Variant};

const NO_RESULT: &str = "No result of this call was recorded.";

type Target = (Dialect, Variant);

const CHAT: Target = (Dialect::OpenAiChat, Variant::Common);
const MESSAGES: Target = (Dialect::AnthropicMessages, Variant::Common);

fn written(from: Dialect, target: Target, body: &Value) -> (Value, Losses) {
    let mut losses = Losses::default();
    let written = translate_to(from, target, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written.body).unwrap(), losses)
}

fn call(id: &str, name: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}})
}

fn result(id: &str, text: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": text})
}

#[test]
fn a_call_that_was_interrupted_gets_a_result_that_says_so_and_is_named() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "Looking.", "tool_calls": [call("a", "f"), call("b", "g")]},
        result("b", "2"),
        {"role": "user", "content": "Stop, do this."}]});
    let (messages, losses) = written(Dialect::OpenAiChat, MESSAGES, &body);
    assert_eq!(
        messages["messages"][2]["content"],
        json!([{"type": "tool_result", "tool_use_id": "a", "content": NO_RESULT},
            {"type": "tool_result", "tool_use_id": "b", "content": "2"}])
    );
    assert_eq!(messages["messages"][3], json!({"role": "user", "content": "Stop, do this."}));
    assert!(losses.iter().any(|loss| *loss == Loss::Unanswered), "{losses:?}");
    for target in TARGETS {
        let (body, losses) = written(Dialect::OpenAiChat, *target, &body);
        assert_eq!(body.to_string().matches(NO_RESULT).count(), 1, "{target:?}: {body}");
        assert!(losses.iter().any(|loss| *loss == Loss::Unanswered), "{target:?}");
    }
}

#[test]
fn a_call_that_no_message_of_the_user_follows_is_answered_before_the_next_turn() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [call("a", "f")]},
        {"role": "assistant", "content": "I gave up."}, {"role": "user", "content": "why?"}]});
    let (chat, _) = written(Dialect::OpenAiChat, CHAT, &body);
    assert_eq!(chat["messages"][2], result("a", NO_RESULT));
    assert_eq!(chat["messages"].as_array().unwrap().len(), 5);
    let (converse, _) = written(Dialect::OpenAiChat, (Dialect::BedrockConverse, Variant::Common), &body);
    let roles: Vec<&str> =
        converse["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"]);
}

#[test]
fn parallel_calls_in_turns_of_their_own_are_one_turn() {
    let call =
        |id: &str| json!({"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": "f", "input": {}}]});
    let result =
        |id: &str| json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": id}]});
    let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "go"}, call("a"), call("b"), result("a"), result("b")]});
    let (chat, losses) = written(Dialect::AnthropicMessages, CHAT, &body);
    let roles: Vec<&str> =
        chat["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!((roles, losses.is_empty()), (vec!["user", "assistant", "tool", "tool"], true));
    // Without ids they are linked by their order.
    let call = |name: &str| json!({"role": "assistant", "content": "", "tool_calls": [{"function": {"name": name, "arguments": {}}}]});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "go"}, call("f"), call("g"),
        {"role": "tool", "tool_name": "f", "content": "1"}, {"role": "tool", "tool_name": "g", "content": "2"}]});
    let (chat, losses) = written(Dialect::Ollama, CHAT, &body);
    let results: Vec<&Value> = [2, 3].map(|at| &chat["messages"][at]["content"]).into();
    assert_eq!((results, losses.is_empty()), (vec![&json!("1"), &json!("2")], true));
}

#[test]
fn calls_at_the_end_wait_for_their_results() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"}, {"role": "assistant", "content": null, "tool_calls": [call("a", "f")]}]});
    for target in TARGETS {
        let (body, losses) = written(Dialect::OpenAiChat, *target, &body);
        let is_named = losses.iter().any(|loss| *loss == Loss::Unanswered);
        assert!(!body.to_string().contains(NO_RESULT) && !is_named, "{target:?}: {body}");
    }
}

#[test]
fn a_result_that_comes_late_stands_behind_its_call_and_its_place_is_named() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [call("a", "f"), call("b", "g")]},
        result("a", "1"), {"role": "system", "content": "be quick"}, {"role": "user", "content": "well?"}, result("b", "2"),
        {"role": "user", "content": "go on"}]});
    let (chat, losses) = written(Dialect::OpenAiChat, CHAT, &body);
    let said: Vec<&Value> = chat["messages"].as_array().unwrap().iter().map(|message| &message["content"]).collect();
    assert_eq!(
        said,
        [&json!("go"), &json!(null), &json!("1"), &json!("2"), &json!("be quick"), &json!("well?"), &json!("go on")]
    );
    assert!(losses.iter().eq([&Loss::Order]), "{losses:?}");
    // A second result of the same call has no place.
    let body = json!({"model": "m", "messages": [
        {"role": "assistant", "content": null, "tool_calls": [call("a", "f")]},
        result("a", "1"), {"role": "user", "content": "well?"}, result("a", "2")]});
    let (chat, losses) = written(Dialect::OpenAiChat, CHAT, &body);
    assert_eq!(chat["messages"].as_array().unwrap().len(), 3);
    assert_eq!(losses.names().into_iter().collect::<Vec<_>>(), ["messages[]"]);
}

#[test]
fn an_id_that_a_client_uses_again_links_each_result_to_the_call_before_it() {
    let turn = |text| {
        [json!({"role": "assistant", "content": null, "tool_calls": [call("call_0", "f")]}), result("call_0", text)]
    };
    let body = json!({"model": "m", "messages": ([turn("1"), turn("2")].concat())});
    let (chat, losses) = written(Dialect::OpenAiChat, CHAT, &body);
    assert_eq!(chat["messages"], body["messages"]);
    assert!(losses.is_empty());
}

/// Names of functions that protocols beside the providers' APIs have.
const NAMES: [&str; 6] =
    ["github.issues/list", "mcp:files.read", "files_read", "files.read", "2nd tool", "\u{e4}rger_messen"];

fn with_names(long: &str) -> Value {
    let names = NAMES.iter().copied().chain([long]);
    let tools: Vec<Value> =
        names.clone().map(|name| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}})).collect();
    let calls: Vec<Value> = names.clone().enumerate().map(|(at, name)| call(&format!("c{at}"), name)).collect();
    let results: Vec<Value> = (0..calls.len()).map(|at| result(&format!("c{at}"), "ok")).collect();
    let mut messages =
        vec![json!({"role": "user", "content": "go"}), json!({"role": "assistant", "tool_calls": calls})];
    messages.extend(results);
    json!({"model": "m", "messages": messages, "tools": tools,
        "tool_choice": {"type": "function", "function": {"name": NAMES[3]}}})
}

/// Names of the tools of a request, or of the calls of its history, in any dialect.
fn names(body: &Value, found: &mut Vec<String>) {
    match body {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(name) if ["name", "tool_name"].contains(&&**key) => found.push(name.clone()),
                    value => names(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

#[test]
fn a_name_that_the_target_refuses_is_another_there_everywhere_and_the_client_s_own_in_the_answer() {
    let long = "server__".repeat(12) + "tool";
    let body = with_names(&long);
    for target in TARGETS.iter().filter(|(dialect, _)| *dialect != Dialect::Ollama) {
        let is_fit = |name: &str| {
            let (marks, most) = match target.0 {
                Dialect::GeminiGenerate => ("_.:-", 64),
                Dialect::CohereV2 => ("_", 64),
                Dialect::AnthropicMessages => ("_-", 128),
                _ => ("_-", 64),
            };
            let begins = |first: char| first.is_ascii_alphabetic() || first == '_';
            let is_begun = name.starts_with(begins) || !matches!(target.0, Dialect::GeminiGenerate | Dialect::CohereV2);
            is_begun
                && name.len() <= most
                && name.chars().all(|sign| sign.is_ascii_alphanumeric() || marks.contains(sign))
        };
        let mut losses = Losses::default();
        let written = translate_to(Dialect::OpenAiChat, *target, &body.to_string(), &mut losses).unwrap();
        let again = translate_to(Dialect::OpenAiChat, *target, &body.to_string(), &mut losses).unwrap();
        assert_eq!(written, again);
        let mut found = Vec::new();
        names(&serde_json::from_str(&written.body).unwrap(), &mut found);
        assert!(found.iter().all(|name| is_fit(name)), "{target:?}: {found:?}");
        found.sort();
        found.dedup();
        // Every function stays apart from the others; Cohere and Ollama get the one that is chosen alone.
        assert_eq!(found.len(), NAMES.len() + 1, "{target:?}: {found:?}");
        assert!(found.contains(&"files_read".to_owned()));
        for (got, had) in &*written.tool_names {
            assert!(is_fit(got) && !is_fit(had), "{got} {had}");
        }
    }
}

#[test]
fn an_answer_calls_functions_by_the_client_s_names() {
    let body = with_names("long");
    let mut losses = Losses::default();
    let written = translate_to(Dialect::OpenAiChat, MESSAGES, &body.to_string(), &mut losses).unwrap();
    let request: Value = serde_json::from_str(&written.body).unwrap();
    let offered = request["tools"][0]["name"].as_str().unwrap();
    assert!(offered.starts_with("github_issues_list_"), "{offered}");
    let answer = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use",
        "content": [{"type": "tool_use", "id": "t1", "name": offered, "input": {}}], "usage": {"input_tokens": 1, "output_tokens": 1}})
    .to_string();
    let context = AnswerContext { tool_names: written.tool_names, ..AnswerContext::default() };
    let (mut state, mut events) = (AnswerState::default(), Vec::new());
    let document = Document::new(answer.as_bytes()).unwrap();
    Dialect::AnthropicMessages.read_answer(AnswerFrame::whole(document), &mut state, &mut events).unwrap();
    let source =
        TranslationSource { dialect: Dialect::AnthropicMessages, document, edits: &Edits::default(), read: &*events };
    let chat: Value =
        serde_json::from_str(&Dialect::OpenAiChat.write_answer(&source, &context, &mut losses).unwrap()).unwrap();
    assert_eq!(chat["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "github.issues/list");
    let mut stream = Dialect::OpenAiChat
        .translate_stream(Dialect::AnthropicMessages, tollgate::framing::Framing::ServerSentEvents, context)
        .unwrap();
    let (mut state, mut out) = (AnswerState::default(), Vec::new());
    for data in [
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t1", "name": offered, "input": {}}}),
    ] {
        let data = data.to_string();
        let document = Document::new(data.as_bytes()).unwrap();
        let frame = AnswerFrame { is_whole: false, ..AnswerFrame::whole(document) };
        let mut events = Vec::new();
        Dialect::AnthropicMessages.read_answer(frame, &mut state, &mut events).unwrap();
        stream.push(&events, document, &Edits::default(), &mut out);
    }
    assert!(String::from_utf8(out).unwrap().contains(r#""name":"github.issues/list""#));
}

#[test]
fn several_results_of_a_call_are_one() {
    let output = |value: Value| json!({"type": "function_call_output", "call_id": "a", "output": value});
    let body = json!({"model": "m", "input": [{"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
        output(json!("one")), output(json!({"two": 2})), output(json!("three"))]});
    let text = |text: &str| json!({"type": "text", "text": text});
    let mut losses = Losses::default();
    let written = translate_to(Dialect::OpenAiResponses, MESSAGES, &body.to_string(), &mut losses).unwrap();
    let request: Value = serde_json::from_str(&written.body).unwrap();
    let results = request["messages"][1]["content"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{request}");
    assert_eq!(results[0]["content"], json!([text("one"), text("{\"two\":2}"), text("three")]));
    assert!(losses.is_empty(), "{losses:?}");
}
