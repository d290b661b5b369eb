//! Streams from and to OpenAI's responses.

use crate::streams::{data, frames, translate_stream};
use serde_json::{Value, json};
use std::path::Path;
use tollgate::dialect::Dialect;

const CHAT: Dialect = Dialect::OpenAiChat;
const MESSAGES: Dialect = Dialect::AnthropicMessages;
const RESPONSES: Dialect = Dialect::OpenAiResponses;

fn block(index: u32, start: &Value, deltas: &[Value]) -> Vec<Value> {
    let mut events = vec![json!({"type": "content_block_start", "index": index, "content_block": start})];
    events.extend(deltas.iter().map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})));
    events.push(json!({"type": "content_block_stop", "index": index}));
    events
}

/// Reasoning, text and two calls of Claude's.
fn message() -> Vec<Value> {
    let tool = |id: &str| json!({"type": "tool_use", "id": id, "name": "f", "input": {}});
    let input = |text: &str| json!({"type": "input_json_delta", "partial_json": text});
    let mut events = vec![
        json!({"type": "message_start", "message": {"id": "msg_9", "type": "message", "role": "assistant", "model": "claude",
            "content": [], "stop_reason": null, "usage": {"input_tokens": 5, "cache_read_input_tokens": 3, "output_tokens": 1}}}),
        json!({"type": "ping"}),
    ];
    let thought = [
        json!({"type": "thinking_delta", "thinking": "hm "}),
        json!({"type": "thinking_delta", "thinking": "\"so\""}),
        json!({"type": "signature_delta", "signature": "c2ln"}),
    ];
    events.extend(block(0, &json!({"type": "thinking", "thinking": "", "signature": ""}), &thought));
    let said = ["Two ", "calls."].map(|text| json!({"type": "text_delta", "text": text}));
    events.extend(block(1, &json!({"type": "text", "text": ""}), &said));
    events.extend(block(2, &tool("toolu_1"), &[input("{\"n\":"), input("1}")]));
    events.extend(block(3, &tool("toolu_2"), &[]));
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 30}}));
    events.push(json!({"type": "message_stop"}));
    events
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read_to_string(folder.join("stream.sse")).unwrap()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[test]
fn streams_are_written_as_reviewed() {
    let streams = [
        ("anthropic_messages_as_openai_responses", MESSAGES, RESPONSES, frames(&message())),
        ("openai_chat_as_openai_responses", CHAT, RESPONSES, fixture("openai_chat")),
        ("openai_responses_as_openai_chat", RESPONSES, CHAT, fixture("openai_responses")),
        ("openai_responses_as_anthropic_messages", RESPONSES, MESSAGES, fixture("openai_responses")),
    ];
    for (name, from, to, stream) in streams {
        let written = translate_stream(from, to, &stream, 1 << 20);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/translation/golden/stream_{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &written).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), written, "{name}");
    }
}

#[test]
fn a_stream_is_the_same_however_it_is_cut() {
    let sources = [
        (MESSAGES, frames(&message())),
        (MESSAGES, fixture("anthropic_messages")),
        (CHAT, fixture("openai_chat")),
        (RESPONSES, fixture("openai_responses")),
    ];
    for (from, stream) in sources {
        for to in [CHAT, MESSAGES, RESPONSES] {
            let whole = translate_stream(from, to, &stream, 1 << 20);
            for length in [1, 7, 64, 1000] {
                assert_eq!(translate_stream(from, to, &stream, length), whole, "{from:?} to {to:?} by {length}");
            }
        }
    }
}

#[test]
fn items_follow_each_other_and_every_event_has_its_number() {
    let events = data(&translate_stream(MESSAGES, RESPONSES, &frames(&message()), 1 << 20));
    let numbers: Vec<u64> = events.iter().map(|event| event["sequence_number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..events.len() as u64).collect::<Vec<_>>());
    let (mut open, mut next) = (None, 0);
    for event in &events {
        let index = event["output_index"].as_u64();
        match event["type"].as_str().unwrap() {
            "response.output_item.added" => {
                assert_eq!((open, index), (None, Some(next)));
                open = index;
            }
            "response.output_item.done" => {
                assert_eq!(index, open.take());
                next += 1;
            }
            _ => assert_eq!(index, open),
        }
    }
    let last = events.last().unwrap();
    let done: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "response.output_item.done")
        .map(|event| &event["item"])
        .collect();
    assert_eq!(last["response"]["output"].as_array().unwrap().iter().collect::<Vec<_>>(), done);
    assert_eq!((&last["type"], done.len()), (&json!("response.completed"), 4));
    assert_eq!(done[3]["arguments"], "{}");
    assert_eq!(last["response"]["usage"]["input_tokens"], 8);
}

#[test]
fn parallel_calls_keep_their_own_places_in_chat_completions() {
    let responses = translate_stream(MESSAGES, RESPONSES, &frames(&message()), 1 << 20);
    let chunks = data(&translate_stream(RESPONSES, CHAT, &responses, 1 << 20));
    let calls = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"][0].as_object());
    let starts: Vec<(u64, &str)> = calls
        .filter_map(|call| Some((call["index"].as_u64()?, call.get("id")?.as_str()?.split('_').nth(1)?)))
        .collect();
    assert_eq!(starts, [(0, "1"), (1, "2")]);
}

#[test]
fn a_stream_that_is_cut_fails_and_one_at_its_bound_is_incomplete() {
    let mut events = message();
    events.truncate(10);
    let cut = data(&translate_stream(MESSAGES, RESPONSES, &frames(&events), 1 << 20));
    let last = cut.last().unwrap();
    assert_eq!((&last["type"], &last["response"]["status"]), (&json!("response.failed"), &json!("failed")));
    assert_eq!(last["response"]["error"]["code"], "server_error");
    let mut events = message();
    events.drain(7..=16);
    events[7]["delta"]["stop_reason"] = json!("max_tokens");
    let bound = data(&translate_stream(MESSAGES, RESPONSES, &frames(&events), 1 << 20));
    let last = bound.last().unwrap();
    assert_eq!(last["type"], "response.incomplete", "{bound:#?}");
    assert_eq!(last["response"]["incomplete_details"]["reason"], "max_output_tokens");
}

#[test]
fn an_error_before_anything_else_is_one_that_openai_s_sdk_raises() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let events = data(&translate_stream(MESSAGES, RESPONSES, &frames(&[error]), 1 << 20));
    assert_eq!(kinds(&events), ["error"]);
    assert_eq!((&events[0]["message"], &events[0]["code"]), (&json!("Overloaded"), &json!("overloaded_error")));
    assert_eq!(events[0]["error"]["message"], "Overloaded");
}

#[test]
fn an_answer_too_long_to_be_repeated_ends_clearly() {
    let mut events = message();
    let delta = json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "x".repeat(1 << 19)}});
    let long: Vec<Value> = std::iter::repeat_n(delta, 12).collect();
    events.splice(9..9, long);
    let events = data(&translate_stream(MESSAGES, RESPONSES, &frames(&events), 1 << 20));
    let failed = kinds(&events).iter().position(|kind| *kind == "response.failed");
    assert_eq!(failed, Some(events.len() - 1), "{:?}", kinds(&events));
}

#[test]
fn texts_in_a_row_are_parts_of_one_message() {
    let text = |at: u32| {
        block(at, &json!({"type": "text", "text": ""}), &[json!({"type": "text_delta", "text": at.to_string()})])
    };
    let mut events = message();
    events.splice(2.., [text(0), text(1)].concat());
    events.extend([
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
        json!({"type": "message_stop"}),
    ]);
    let events = data(&translate_stream(MESSAGES, RESPONSES, &frames(&events), 1 << 20));
    let output = &events.last().unwrap()["response"]["output"];
    assert_eq!(output.as_array().unwrap().len(), 1);
    assert_eq!((&output[0]["content"][0]["text"], &output[0]["content"][1]["text"]), (&json!("0"), &json!("1")));
}
