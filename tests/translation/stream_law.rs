//! Streams: what is written says what was read, wherever the bytes are cut; and single faults of others.

use crate::exchanges::exchanges;
use crate::golden::compare;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::Dialect;
use tollgate::document::Edits;
use tollgate::endpoint::Route;
use tollgate::model::{AnswerContext, Carrier, Content, Event, FinishReason, Reply};
use tollgate::settings::Limits;
use tollgate::usage::Usage;

const CLIENTS: &[(Dialect, &str)] =
    &[(Dialect::OpenAiChat, "/v1/chat/completions"), (Dialect::AnthropicMessages, "/v1/messages")];

const PROVIDERS: &[Dialect] = &[Dialect::OpenAiChat, Dialect::AnthropicMessages, Dialect::CohereV2, Dialect::Ollama];

fn context() -> AnswerContext {
    AnswerContext { now: 1_790_000_000, id: "made".to_owned(), stream_usage: true, ..AnswerContext::default() }
}

fn events(kind: &str) -> Headers {
    [(":status", "200"), ("content-type", kind)].iter().map(|(name, value)| (*name, value.as_bytes())).collect()
}

/// Translates a stream whose bytes come in pieces of a length.
fn translate(
    from: &Route,
    headers: &Headers,
    to: Dialect,
    stream: &[u8],
    length: usize,
    context: AnswerContext,
) -> Vec<u8> {
    let mut translator = to.translate_stream(from.dialect.unwrap(), to.stream(), context).unwrap();
    let mut decoder = AnswerDecoder::new(from, true, headers, Limits::default());
    let mut out = Vec::new();
    let mut pieces = stream.chunks(length).peekable();
    while let Some(piece) = pieces.next() {
        decoder.push(piece, pieces.peek().is_none(), &mut |decoded| {
            if let Decoded::Frame { said: Some(said), .. } | Decoded::Whole { said: Some(said), .. } = decoded {
                translator.push(said.events, said.document, &Edits::default(), &mut out);
            }
        });
    }
    translator.finish(&mut out);
    out
}

/// Call of an answer.
#[derive(Clone, Debug, PartialEq)]
struct CallFact {
    part: (u32, u32),
    id: String,
    name: String,
    arguments: String,
}

/// Facts of a streamed answer.
#[derive(Debug, Default, PartialEq)]
struct StreamFacts {
    texts: BTreeMap<(u32, &'static str), String>,
    calls: Vec<(u32, String, String, Value)>,
    finish: BTreeMap<u32, FinishReason>,
    usage: (Option<u64>, Option<u64>, Option<u64>),
    failure: Option<String>,
    is_ended: bool,
}

fn read(route: &Route, headers: &Headers, stream: &[u8]) -> StreamFacts {
    let (mut reply, mut usage, mut facts) = (Reply::default(), None::<Usage>, StreamFacts::default());
    let (mut calls, mut hosted, mut refuses) = (Vec::<CallFact>::new(), Vec::new(), Vec::new());
    let mut decoder = AnswerDecoder::new(route, true, headers, Limits::default());
    decoder.push(stream, true, &mut |decoded| {
        let (Decoded::Frame { said: Some(said), .. } | Decoded::Whole { said: Some(said), .. }) = decoded else {
            return;
        };
        let text = |span| said.document.text(span).into_owned();
        for event in said.events {
            reply.apply(event, said.document);
            match *event {
                Event::Text { channel, text: span } | Event::Missing { channel, text: span } => match channel.content {
                    Content::Arguments | Content::Input => {
                        let part = (channel.choice, channel.part);
                        if let Some(call) = calls.iter_mut().rfind(|call| call.part == part) {
                            call.arguments.push_str(&text(span));
                        }
                    }
                    content => {
                        let is_thought = matches!(content, Content::Reasoning | Content::SignedReasoning);
                        let kind = if is_thought { "thinks" } else { "says" };
                        if content == Content::Refusal {
                            refuses.push(channel.choice);
                        }
                        facts.texts.entry((channel.choice, kind)).or_default().push_str(&text(span));
                    }
                },
                Event::ToolCall { choice, part, builtin: true, .. } | Event::BuiltinCall { choice, part, .. } => {
                    hosted.push((choice, part));
                }
                Event::ToolCall { choice, part, id, name, .. } => {
                    let (id, name) = (id.map(text).unwrap_or_default(), name.map(text).unwrap_or_default());
                    let known = calls.iter().rfind(|call| call.part == (choice, part));
                    let is_known = known.is_some_and(|call| id.is_empty() || call.id == id);
                    if !is_known && !name.is_empty() {
                        calls.push(CallFact { part: (choice, part), id, name, arguments: String::new() });
                    }
                }
                Event::Arguments { choice, part, value } => {
                    let raw = said.document.raw(value);
                    if let Some(call) = calls.iter_mut().rfind(|call| call.part == (choice, part) && raw != "{}") {
                        call.arguments = raw.to_owned();
                    }
                }
                Event::Usage(ref report) => usage = Some(reply.counts.counted().usage(report.convention)),
                Event::Finish { choice, reason } => drop(facts.finish.insert(choice, FinishReason::of(&text(reason)))),
                Event::Failure { message, .. } => facts.failure = Some(message.map(text).unwrap_or_default()),
                Event::End => facts.is_ended = true,
                _ => {}
            }
        }
    });
    for call in calls.into_iter().filter(|call| !hosted.contains(&call.part)) {
        let arguments = serde_json::from_str(&call.arguments).unwrap_or_else(|_| match call.arguments.trim() {
            "" => json!({}),
            other => json!(other),
        });
        let id = Carrier::split(&call.id.into()).0.into_owned();
        facts.calls.push((call.part.0, id, call.name, arguments));
    }
    // OpenAI says that the model stopped.
    for (choice, reason) in &mut facts.finish {
        if refuses.contains(choice) && *reason == FinishReason::Stop {
            *reason = FinishReason::Refusal;
        }
    }
    decoder.finish(&mut reply);
    if let Some(usage) = usage.or(reply.usage) {
        let cached = usage.cache_read_total().filter(|count| *count > 0);
        facts.usage = (usage.input_total(), usage.output_total(), cached);
    }
    facts
}

/// Brings the facts of a provider's stream into the form in which the client's dialect says them.
fn expected(mut facts: StreamFacts, to: Dialect) -> StreamFacts {
    let choices: Vec<u32> = facts.texts.keys().map(|(choice, _)| *choice).chain(facts.finish.keys().copied()).collect();
    for choice in choices.into_iter().chain([0]) {
        let has_calls = facts.calls.iter().any(|call| call.0 == choice);
        let reason = match facts.finish.get(&choice).copied().unwrap_or(FinishReason::Stop) {
            FinishReason::Stop | FinishReason::Error | FinishReason::Other if has_calls => FinishReason::ToolCalls,
            FinishReason::ToolCalls if !has_calls => FinishReason::Stop,
            FinishReason::Error | FinishReason::Other => FinishReason::Stop,
            FinishReason::Refusal => FinishReason::ContentFilter,
            reason => reason,
        };
        facts.finish.insert(choice, reason);
    }
    if to == Dialect::AnthropicMessages {
        facts.texts.retain(|(choice, _), _| *choice == 0);
        facts.calls.retain(|call| call.0 == 0);
        facts.finish.retain(|choice, _| *choice == 0);
    }
    facts.calls.sort_by_key(|call| call.0);
    facts
}

#[test]
fn a_written_stream_says_what_was_read_wherever_its_bytes_are_cut() {
    let (mut translated, mut failures) = (0, Vec::new());
    for exchange in exchanges() {
        let Some(from) = exchange.route.dialect.filter(|dialect| PROVIDERS.contains(dialect)) else { continue };
        if !exchange.is_stream() || exchange.status != 200 {
            continue;
        }
        let headers = exchange.headers(None);
        let source = read(&exchange.route, &headers, &exchange.answer);
        let is_complete = source.is_ended || !source.finish.is_empty();
        for (to, path) in CLIENTS {
            let written = translate(&exchange.route, &headers, *to, &exchange.answer, usize::MAX, context());
            for length in [1, 7] {
                let cut = translate(&exchange.route, &headers, *to, &exchange.answer, length, context());
                assert_eq!(cut, written, "{} to {to:?} in pieces of {length}", exchange.id);
            }
            let mut found = read(&Route::of("POST", path, &[]), &events("text/event-stream"), &written);
            found.calls.sort_by_key(|call| call.0);
            let wanted = expected(read(&exchange.route, &headers, &exchange.answer), *to);
            if !is_complete || wanted.failure.is_some() {
                let text = String::from_utf8_lossy(&written);
                assert!(
                    found.failure.is_some() && !found.is_ended && found.finish.is_empty(),
                    "{}: {text}",
                    exchange.id
                );
                continue;
            }
            let ids = |facts: &StreamFacts| -> Vec<String> { facts.calls.iter().map(|call| call.1.clone()).collect() };
            for (at, id) in ids(&wanted).iter().enumerate().filter(|(_, id)| id.is_empty()) {
                assert!(id.is_empty());
                if let Some(call) = found.calls.get_mut(at) {
                    call.1.clear();
                }
            }
            for reason in found.finish.values_mut().filter(|reason| **reason == FinishReason::Refusal) {
                *reason = FinishReason::ContentFilter;
            }
            let usage =
                |usage: (Option<u64>, Option<u64>, Option<u64>)| (usage.0.unwrap_or(0), usage.1.unwrap_or(0), usage.2);
            let says = [
                (found.texts == wanted.texts, format!("{:?}\n{:?}", wanted.texts, found.texts)),
                (found.calls == wanted.calls, format!("{:?}\n{:?}", wanted.calls, found.calls)),
                (found.finish == wanted.finish, format!("{:?}\n{:?}", wanted.finish, found.finish)),
                (usage(found.usage) == usage(wanted.usage), format!("{:?}\n{:?}", wanted.usage, found.usage)),
                (found.is_ended && found.failure.is_none(), format!("{:?}", found.failure)),
            ];
            failures.extend(
                says.into_iter()
                    .filter(|(is_said, _)| !is_said)
                    .map(|(_, shown)| format!("{} {from:?} to {to:?}: {shown:.1500}", exchange.id)),
            );
            translated += 1;
        }
    }
    println!("{translated} streams");
    let first: Vec<&String> = failures.iter().take(8).collect();
    assert!(failures.is_empty(), "{} of {translated}: {first:#?}", failures.len());
    assert!(translated >= 4, "the fixtures are missing");
}

/// Translates a stream of server-sent events.
fn of_events(from: usize, to: usize, frames: &[Value], length: usize) -> String {
    of_events_for(from, to, frames, length, context())
}

fn of_events_for(from: usize, to: usize, frames: &[Value], length: usize, context: AnswerContext) -> String {
    let (dialect, path) = CLIENTS[from];
    let mut stream = String::new();
    for frame in frames {
        match frame {
            Value::String(end) => stream += &format!("data: {end}\n\n"),
            frame if dialect == Dialect::OpenAiChat => stream += &format!("data: {frame}\n\n"),
            frame => stream += &format!("event: {}\ndata: {frame}\n\n", frame["type"].as_str().unwrap()),
        }
    }
    let route = Route::of("POST", path, &[]);
    let written = translate(&route, &events("text/event-stream"), CLIENTS[to].0, stream.as_bytes(), length, context);
    String::from_utf8(written).unwrap()
}

const CHAT: usize = 0;
const MESSAGES: usize = 1;

fn delta(delta: &Value) -> Value {
    json!({"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn finish(reason: &str) -> Value {
    json!({"id": "c1", "created": 7, "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

fn call(index: u32, id: &str, name: &str) -> Value {
    delta(
        &json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}}]}),
    )
}

fn arguments(index: u32, piece: &str) -> Value {
    delta(&json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}))
}

fn usage() -> Value {
    json!({"id": "c1", "created": 7, "model": "m", "choices": [],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "prompt_tokens_details": {"cached_tokens": 4}}})
}

fn block(index: u32, block: &Value, deltas: &[Value]) -> Vec<Value> {
    let mut frames = vec![json!({"type": "content_block_start", "index": index, "content_block": block})];
    frames.extend(deltas.iter().map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})));
    frames.push(json!({"type": "content_block_stop", "index": index}));
    frames
}

fn message(blocks: Vec<Vec<Value>>, reason: &str) -> Vec<Value> {
    let mut frames =
        vec![json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant",
        "model": "m", "content": [], "stop_reason": null, "stop_sequence": null,
        "usage": {"input_tokens": 6, "cache_read_input_tokens": 4, "output_tokens": 1}}})];
    frames.extend(blocks.into_iter().flatten());
    frames.push(json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}, "usage": {"output_tokens": 5}}));
    frames.push(json!({"type": "message_stop"}));
    frames
}

#[test]
fn streams_are_written_as_reviewed() {
    let chat = [
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"reasoning_content": "Two "})),
        delta(&json!({"reasoning_content": "cities."})),
        delta(&json!({"content": "I look"})),
        delta(&json!({"content": " \"it\" up."})),
        call(0, "call_a", "weather"),
        arguments(0, "{\"city\":"),
        arguments(0, "\"Oslo\"}"),
        call(1, "call_b", "weather"),
        arguments(1, "{\"city\":\"Rome\"}"),
        finish("tool_calls"),
        usage(),
        json!("[DONE]"),
    ];
    let input = |piece: &str| json!({"type": "input_json_delta", "partial_json": piece});
    let tool = |id: &str| json!({"type": "tool_use", "id": id, "name": "weather", "input": {}});
    let messages = message(
        vec![
            block(
                0,
                &json!({"type": "thinking", "thinking": "", "signature": ""}),
                &[
                    json!({"type": "thinking_delta", "thinking": "Two "}),
                    json!({"type": "thinking_delta", "thinking": "cities."}),
                    json!({"type": "signature_delta", "signature": "c2ln"}),
                ],
            ),
            block(
                1,
                &json!({"type": "text", "text": ""}),
                &[json!({"type": "text_delta", "text": "I look \"it\" up."})],
            ),
            block(2, &tool("toolu_a"), &[input(""), input("{\"city\":"), input("\"Oslo\"}")]),
            block(3, &tool("toolu_b"), &[input("")]),
        ],
        "tool_use",
    );
    let failure = json!({"error": {"message": "Slow down.", "type": "rate_limit_error", "param": null, "code": "rate_limit_exceeded"}});
    let overload = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    for (name, from, to, frames) in [
        ("thoughts_text_and_two_calls_of_chat", CHAT, MESSAGES, &chat[..]),
        ("thoughts_text_and_two_calls_of_messages", MESSAGES, CHAT, &messages),
        ("cut_chat", CHAT, MESSAGES, &chat[..5]),
        ("cut_messages", MESSAGES, CHAT, &messages[..4]),
        ("failed_chat", CHAT, MESSAGES, &[failure][..]),
        ("failed_messages", MESSAGES, CHAT, &[overload][..]),
    ] {
        let written = of_events(from, to, frames, usize::MAX);
        assert_eq!(of_events(from, to, frames, 1), written, "{name}");
        compare(&format!("{name}.sse"), &written);
    }
}

/// Data of the frames written.
fn data(written: &str) -> Vec<Value> {
    let data = written.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter_map(|data| serde_json::from_str(data).ok()).collect()
}

#[test]
fn calls_that_come_interleaved_are_written_one_after_the_other() {
    let frames = [
        delta(&json!({"role": "assistant", "content": null})),
        call(0, "a", "f"),
        call(1, "b", "g"),
        arguments(0, "{\"n\""),
        arguments(1, "{\"m\""),
        arguments(0, ":1}"),
        arguments(1, ":2}"),
        call(2, "c", "h"),
        arguments(2, "{}"),
        finish("tool_calls"),
        json!("[DONE]"),
    ];
    let written = of_events(CHAT, MESSAGES, &frames, usize::MAX);
    let mut shown = Vec::new();
    for event in data(&written) {
        match event["type"].as_str().unwrap() {
            "content_block_start" => shown.push(format!("{} {}", event["index"], event["content_block"]["name"])),
            "content_block_delta" => shown.push(event["delta"]["partial_json"].as_str().unwrap().to_owned()),
            "content_block_stop" => shown.push("stop".to_owned()),
            _ => {}
        }
    }
    let expected = ["0 \"f\"", "{\"n\"", ":1}", "stop", "1 \"g\"", "{\"m\"", ":2}", "stop", "2 \"h\"", "{}", "stop"];
    assert_eq!(shown, expected);
}

#[test]
fn text_within_a_call_waits_for_the_call_s_end_and_nothing_follows_an_end() {
    let frames = [
        call(0, "a", "f"),
        arguments(0, "{\"n\":"),
        delta(&json!({"content": "So."})),
        arguments(0, "1}"),
        delta(&json!({"content": " Done."})),
        arguments(0, "\n"),
        finish("stop"),
        json!("[DONE]"),
    ];
    let written = of_events(CHAT, MESSAGES, &frames, usize::MAX);
    let events = data(&written);
    let starts: Vec<&Value> =
        events.iter().map(|event| &event["content_block"]["type"]).filter(|kind| !kind.is_null()).collect();
    assert_eq!(starts, ["tool_use", "text"]);
    let text: String = events.iter().filter_map(|event| event["delta"]["text"].as_str()).collect();
    assert_eq!((text.as_str(), &events[events.len() - 2]["delta"]["stop_reason"]), ("So. Done.", &json!("tool_use")));
}

#[test]
fn a_chunk_with_text_and_a_call_loses_neither() {
    let both = delta(&json!({"content": "Yes", "tool_calls": [{"index": 0, "id": "a", "type": "function",
        "function": {"name": "f", "arguments": "{\"n\":1}"}}]}));
    let written = of_events(CHAT, MESSAGES, &[both, finish("tool_calls"), json!("[DONE]")], usize::MAX);
    let (route, headers) = (Route::of("POST", CLIENTS[MESSAGES].1, &[]), events("text/event-stream"));
    let facts = read(&route, &headers, written.as_bytes());
    assert_eq!(facts.texts[&(0, "says")], "Yes");
    assert_eq!(facts.calls, [(0, "a".to_owned(), "f".to_owned(), json!({"n": 1}))]);
}

#[test]
fn the_tool_that_stands_for_a_schema_is_text_in_a_stream_beside_others() {
    let frames = [
        call(0, "a", "json_output"),
        arguments(0, "{\"n\""),
        arguments(0, ":1}"),
        finish("tool_calls"),
        json!("[DONE]"),
    ];
    let context = AnswerContext { schema_tool: Some("json_output".to_owned()), ..context() };
    for (to, path) in [(MESSAGES, CLIENTS[MESSAGES].1), (CHAT, CLIENTS[CHAT].1)] {
        let written = of_events_for(CHAT, to, &frames, usize::MAX, context.clone());
        let facts = read(&Route::of("POST", path, &[]), &events("text/event-stream"), written.as_bytes());
        assert_eq!((facts.texts[&(0, "says")].as_str(), facts.calls.len()), ("{\"n\":1}", 0));
        assert_eq!(facts.finish[&0], FinishReason::Stop);
    }
}

#[test]
fn a_refusal_that_openai_calls_a_stop_is_one() {
    let frames =
        [delta(&json!({"refusal": "I can"})), delta(&json!({"refusal": "not."})), finish("stop"), json!("[DONE]")];
    let written = of_events(CHAT, MESSAGES, &frames, usize::MAX);
    assert!(written.contains(r#""stop_reason":"refusal""#) && written.contains(r#""text":"I can""#), "{written}");
    let written = of_events(CHAT, CHAT, &frames, usize::MAX);
    assert!(written.contains(r#""finish_reason":"stop""#) && written.contains(r#""refusal":"I can""#), "{written}");
}

#[test]
fn a_stream_that_ends_in_an_error_is_not_complete() {
    let stream = "event: message-start\ndata: {\"id\":\"a\",\"type\":\"message-start\",\"delta\":{\"message\":{\"role\":\"assistant\"}}}\n\n\
        event: tool-plan-delta\ndata: {\"type\":\"tool-plan-delta\",\"delta\":{\"message\":{\"tool_plan\":\"I look.\"}}}\n\n\
        event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"ERROR\",\"usage\":{},\"error\":\"invalid tool\"}}\n\n\
        data: [DONE]\n\n";
    let cohere = Route::of("POST", "/v2/chat", &[]);
    for (to, path) in CLIENTS {
        let written = translate(&cohere, &events("text/event-stream"), *to, stream.as_bytes(), 5, context());
        let facts = read(&Route::of("POST", path, &[]), &events("text/event-stream"), &written);
        assert_eq!((facts.failure.as_deref(), facts.finish.len(), facts.is_ended), (Some("invalid tool"), 0, false));
        assert_eq!(facts.texts[&(0, "says")], "I look.");
    }
}

#[test]
fn ollama_s_calls_get_ids_and_end_the_answer_as_calls() {
    let line = |message: Value, done: bool| {
        let mut counts =
            if done { json!({"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 3}) } else { json!({}) };
        let mut line = json!({"model": "m", "created_at": "2026-11-21T06:00:00.5Z", "message": message, "done": done});
        line.as_object_mut().unwrap().append(counts.as_object_mut().unwrap());
        format!("{line}\n")
    };
    let call = |city: &str| json!({"function": {"name": "weather", "arguments": {"city": city}}});
    let stream = [
        line(json!({"role": "assistant", "content": "", "thinking": "hm"}), false),
        line(json!({"role": "assistant", "content": "", "tool_calls": [call("Oslo")]}), false),
        line(json!({"role": "assistant", "content": "", "tool_calls": [call("Rome")]}), false),
        line(json!({"role": "assistant", "content": ""}), true),
    ]
    .concat();
    let ollama = Route::of("POST", "/api/chat", &[]);
    for (to, path) in CLIENTS {
        let written = translate(&ollama, &events("application/x-ndjson"), *to, stream.as_bytes(), 3, context());
        let facts = read(&Route::of("POST", path, &[]), &events("text/event-stream"), &written);
        let cities: Vec<&Value> = facts.calls.iter().map(|call| &call.3["city"]).collect();
        assert_eq!(cities, ["Oslo", "Rome"]);
        assert!(!facts.calls[0].1.is_empty() && facts.calls[0].1 != facts.calls[1].1, "{:?}", facts.calls);
        assert_eq!(
            (facts.finish[&0], facts.usage, facts.is_ended),
            (FinishReason::ToolCalls, (Some(9), Some(3), None), true)
        );
        assert_eq!(facts.texts[&(0, "thinks")], "hm");
    }
}
