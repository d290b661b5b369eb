//! Answers of Amazon Bedrock, whole and streamed, for clients of chat completions and of messages.

use serde_json::{Value, json};
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource, chunk};
use tollgate::document::{Document, Edits};
use tollgate::endpoint::Route;
use tollgate::framing::Framing;
use tollgate::model::{AnswerContext, Losses};
use tollgate::settings::Limits;

const CONVERSE: &str = "/model/m/converse-stream";
const INVOKE: &str = "/model/anthropic.claude/invoke-with-response-stream";

fn context() -> AnswerContext {
    AnswerContext { now: 1_790_000_000, id: "id".to_owned(), stream_usage: true, ..AnswerContext::default() }
}

/// Translates a stream that comes in pieces of a length.
fn translated(path: &str, from: Dialect, stream: &[u8], piece: usize, to: Dialect, context: AnswerContext) -> String {
    let mut translator = to.translate_stream(from, to.stream(), context).unwrap();
    let headers = [(":status", "200"), ("content-type", "application/vnd.amazon.eventstream")];
    let headers: Headers = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let mut decoder = AnswerDecoder::new(&Route::of("POST", path, &[]), true, &headers, Limits::default());
    let mut out = Vec::new();
    let pieces = stream.chunks(piece).count();
    for (at, bytes) in stream.chunks(piece).enumerate() {
        decoder.push(bytes, at + 1 == pieces, &mut |decoded| {
            if let Decoded::Frame { frame, said: Some(said), .. } = &decoded {
                if frame.is_exception {
                    translator.name_failure(&frame.name);
                }
                translator.push(said.events, said.document, &Edits::default(), &mut out);
            }
        });
    }
    translator.finish(&mut out);
    String::from_utf8(out).unwrap()
}

fn frames(events: &[(&str, Value)]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (name, data) in events {
        Framing::AwsEventStream.write(name, data.to_string().as_bytes(), &mut stream);
    }
    stream
}

fn converse(events: &[(&str, Value)], to: Dialect) -> String {
    translated(CONVERSE, Dialect::BedrockConverse, &frames(events), usize::MAX, to, context())
}

/// Data of server-sent events, the end mark left out.
fn events(stream: &str) -> Vec<Value> {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

fn delta(index: u32, delta: &Value) -> (&'static str, Value) {
    ("contentBlockDelta", json!({"contentBlockIndex": index, "delta": delta}))
}

fn tool(index: u32, id: &str) -> (&'static str, Value) {
    ("contentBlockStart", json!({"contentBlockIndex": index, "start": {"toolUse": {"toolUseId": id, "name": "f"}}}))
}

fn stop(index: u32) -> (&'static str, Value) {
    ("contentBlockStop", json!({"contentBlockIndex": index}))
}

/// Reasoning, text, and two calls at once.
fn everything() -> Vec<(&'static str, Value)> {
    vec![
        ("messageStart", json!({"role": "assistant"})),
        delta(0, &json!({"reasoningContent": {"text": "hm"}})),
        delta(0, &json!({"reasoningContent": {"signature": "c2ln"}})),
        stop(0),
        delta(1, &json!({"text": "I \"look\" "})),
        delta(1, &json!({"text": "up"})),
        stop(1),
        tool(2, "tooluse_a"),
        delta(2, &json!({"toolUse": {"input": "{\"n\":"}})),
        delta(2, &json!({"toolUse": {"input": "1}"}})),
        stop(2),
        tool(3, "tooluse_b"),
        delta(3, &json!({"toolUse": {"input": ""}})),
        stop(3),
        ("messageStop", json!({"stopReason": "tool_use"})),
        (
            "metadata",
            json!({"usage": {"inputTokens": 3, "outputTokens": 121, "totalTokens": 2072, "cacheReadInputTokens": 1712,
                "cacheWriteInputTokens": 236}, "metrics": {"latencyMs": 1}}),
        ),
    ]
}

#[test]
fn blocks_of_a_stream_follow_each_other_and_usage_comes_after_the_stop() {
    let all = events(&converse(&everything(), Dialect::AnthropicMessages));
    let kinds: Vec<&str> = all.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let mut open = 0;
    for kind in &kinds {
        open += i32::from(*kind == "content_block_start") - i32::from(*kind == "content_block_stop");
        assert!((0..=1).contains(&open), "{kinds:?}");
    }
    let starts: Vec<&Value> = all.iter().filter(|event| event["type"] == "content_block_start").collect();
    let blocks: Vec<&str> = starts.iter().map(|event| event["content_block"]["type"].as_str().unwrap()).collect();
    assert_eq!(blocks, ["thinking", "text", "tool_use", "tool_use"]);
    let signed = all.iter().find(|event| event["delta"]["type"] == "signature_delta").unwrap();
    assert_eq!(signed["delta"]["signature"], "c2ln");
    let [.., end, stop] = all.as_slice() else { panic!("{kinds:?}") };
    assert_eq!((&end["delta"]["stop_reason"], &stop["type"]), (&json!("tool_use"), &json!("message_stop")));
    assert_eq!(
        end["usage"],
        json!({"input_tokens": 3, "output_tokens": 121, "cache_read_input_tokens": 1712, "cache_creation_input_tokens": 236})
    );
}

#[test]
fn calls_of_a_stream_are_counted_from_zero_and_keep_their_names() {
    let all = events(&converse(&everything(), Dialect::OpenAiChat));
    let calls: Vec<&Value> = all.iter().filter_map(|event| event.pointer("/choices/0/delta/tool_calls/0")).collect();
    let named: Vec<(u64, &str)> =
        calls.iter().filter_map(|call| Some((call["index"].as_u64()?, call["function"]["name"].as_str()?))).collect();
    assert_eq!(named, [(0, "f"), (1, "f")]);
    assert!(calls[0]["id"].as_str().unwrap().starts_with("tooluse_a_dGcx"), "the signature travels in the id");
    assert_eq!(calls.iter().rfind(|call| call.get("id").is_some()).unwrap()["id"], "tooluse_b");
    let arguments: String = calls
        .iter()
        .filter(|call| call["index"] == 0)
        .filter_map(|call| call.pointer("/function/arguments")?.as_str())
        .collect();
    assert_eq!(arguments, "{\"n\":1}");
    let finishes: Vec<&Value> = all
        .iter()
        .filter_map(|event| event.pointer("/choices/0/finish_reason"))
        .filter(|word| !word.is_null())
        .collect();
    assert_eq!(finishes, ["tool_calls"]);
    let usage = &all.last().unwrap()["usage"];
    assert_eq!((&usage["prompt_tokens"], &usage["total_tokens"]), (&json!(1951), &json!(2072)));
}

#[test]
fn a_stream_cut_anywhere_gives_the_same_bytes() {
    let stream = frames(&everything());
    for to in [Dialect::OpenAiChat, Dialect::AnthropicMessages] {
        let whole = translated(CONVERSE, Dialect::BedrockConverse, &stream, usize::MAX, to, context());
        for piece in [1, 2, 3, 7, 64, 1000] {
            let cut = translated(CONVERSE, Dialect::BedrockConverse, &stream, piece, to, context());
            assert_eq!(cut, whole, "{to:?} in pieces of {piece}");
        }
    }
}

#[test]
fn streams_are_written_as_reviewed() {
    for (to, name) in [(Dialect::OpenAiChat, "openai_chat"), (Dialect::AnthropicMessages, "anthropic_messages")] {
        let shown = converse(&everything(), to);
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = root.join(format!("tests/translation/golden/bedrock_converse_stream_as_{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &shown).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), shown, "{}", file.display());
    }
}

/// Frame of an exception.
fn exception(kind: &str, message: &str) -> Vec<u8> {
    let mut headers = Vec::new();
    for (name, value) in
        [(":exception-type", kind), (":content-type", "application/json"), (":message-type", "exception")]
    {
        headers.push(u8::try_from(name.len()).unwrap());
        headers.extend(name.as_bytes());
        headers.push(7);
        headers.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let data = json!({"message": message}).to_string();
    let length = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    let mut frame = [length(16 + headers.len() + data.len()), length(headers.len())].concat();
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend([headers.as_slice(), data.as_bytes()].concat());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}

#[test]
fn an_exception_in_a_stream_is_the_client_s_error_and_nothing_follows() {
    let start = frames(&everything().into_iter().take(5).collect::<Vec<_>>());
    for (kind, chat, messages) in [
        ("throttlingException", "rate_limit_error", "rate_limit_error"),
        ("serviceUnavailableException", "server_error", "overloaded_error"),
        ("modelStreamErrorException", "server_error", "api_error"),
        ("validationException", "invalid_request_error", "invalid_request_error"),
    ] {
        let stream = [start.clone(), exception(kind, "Too many \"tokens\"."), frames(&everything())].concat();
        let to = |to| translated(CONVERSE, Dialect::BedrockConverse, &stream, 7, to, context());
        let written = to(Dialect::OpenAiChat);
        let last = events(&written).pop().unwrap();
        assert_eq!(last["error"]["message"], "Too many \"tokens\".", "{written}");
        assert!(last["error"]["type"].as_str().unwrap().contains(chat.trim_end_matches("_error")), "{last}");
        assert!(!written.contains("[DONE]") && !written.contains("\"finish_reason\":\""), "{written}");
        let written = to(Dialect::AnthropicMessages);
        assert_eq!(events(&written).pop().unwrap()["error"]["type"], messages);
        assert!(!written.contains("message_stop"), "{written}");
    }
}

#[test]
fn a_stream_that_breaks_off_ends_with_an_error() {
    let start: Vec<_> = everything().into_iter().take(6).collect();
    let written = converse(&start, Dialect::AnthropicMessages);
    assert_eq!(events(&written).pop().unwrap()["type"], "error");
    let written = converse(&start, Dialect::OpenAiChat);
    assert!(events(&written).pop().unwrap().get("error").is_some() && !written.contains("[DONE]"), "{written}");
}

#[test]
fn what_a_forced_tool_says_is_the_text_and_the_end_an_end() {
    let context = AnswerContext { schema_tool: Some("f".to_owned()), ..context() };
    let all: Vec<_> = everything().into_iter().filter(|(_, data)| data["contentBlockIndex"] != 3).collect();
    let to = |to| translated(CONVERSE, Dialect::BedrockConverse, &frames(&all), usize::MAX, to, context.clone());
    let chat = events(&to(Dialect::OpenAiChat));
    let text: String = chat.iter().filter_map(|event| event.pointer("/choices/0/delta/content")?.as_str()).collect();
    assert_eq!(text, "I \"look\" up{\"n\":1}");
    assert!(chat.iter().any(|event| event.pointer("/choices/0/finish_reason") == Some(&json!("stop"))));
    let messages = events(&to(Dialect::AnthropicMessages));
    assert!(messages.iter().any(|event| event["delta"]["stop_reason"] == "end_turn"));
}

#[test]
fn counts_of_the_last_chunk_reach_the_client_and_are_not_added() {
    let usage = json!({"input_tokens": 3, "output_tokens": 1});
    let events_within = [
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 3, "outputTokenCount": 9,
            "cacheReadInputTokenCount": 100, "cacheWriteInputTokenCount": 20, "invocationLatency": 1}}),
    ];
    let mut stream = Vec::new();
    for event in &events_within {
        Framing::AwsEventStream.write("chunk", &chunk(event.to_string().as_bytes()), &mut stream);
    }
    let to = |to| translated(INVOKE, Dialect::AnthropicMessages, &stream, 5, to, context());
    let chat = events(&to(Dialect::OpenAiChat));
    let usage = &chat.last().unwrap()["usage"];
    assert_eq!((&usage["prompt_tokens"], &usage["completion_tokens"]), (&json!(123), &json!(9)));
    let messages = events(&to(Dialect::AnthropicMessages));
    let end = messages.iter().find(|event| event["type"] == "message_delta").unwrap();
    assert_eq!((&end["usage"]["input_tokens"], &end["usage"]["cache_read_input_tokens"]), (&json!(3), &json!(100)));
}

/// Reads a whole answer and writes it, or the error in it.
fn whole(body: &Value, status: Option<u16>, to: Dialect) -> (Value, Losses) {
    let body = body.to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    let from = Dialect::BedrockConverse;
    from.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: events.as_slice() };
    let mut losses = Losses::default();
    let written =
        to.write_error(&source, status).unwrap_or_else(|| to.write_answer(&source, &context(), &mut losses).unwrap());
    (serde_json::from_str(&written).unwrap(), losses)
}

#[test]
fn an_error_has_the_client_s_shape_and_the_type_of_its_status() {
    let body = json!({"message": "The provided model identifier is invalid."});
    for (status, kind) in [
        (400, "invalid_request_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (503, "overloaded_error"),
    ] {
        let (messages, _) = whole(&body, Some(status), Dialect::AnthropicMessages);
        assert_eq!(messages, json!({"type": "error", "error": {"type": kind, "message": body["message"]}}));
    }
    let (chat, _) = whole(&body, Some(400), Dialect::OpenAiChat);
    assert_eq!(
        (&chat["error"]["type"], &chat["error"]["message"]),
        (&json!("invalid_request_error"), &body["message"])
    );
}

#[test]
fn reasons_for_the_end_have_the_client_s_words() {
    for (reason, chat, messages) in [
        ("end_turn", "stop", "end_turn"),
        ("stop_sequence", "stop", "end_turn"),
        ("max_tokens", "length", "max_tokens"),
        ("model_context_window_exceeded", "length", "max_tokens"),
        ("guardrail_intervened", "content_filter", "refusal"),
        ("content_filtered", "content_filter", "refusal"),
        ("malformed_model_output", "stop", "end_turn"),
    ] {
        let content = json!([{"text": "hi"}]);
        let body = json!({"output": {"message": {"role": "assistant", "content": content}}, "stopReason": reason});
        assert_eq!(whole(&body, None, Dialect::OpenAiChat).0["choices"][0]["finish_reason"], chat, "{reason}");
        assert_eq!(whole(&body, None, Dialect::AnthropicMessages).0["stop_reason"], messages, "{reason}");
    }
}

#[test]
fn cited_text_is_said_and_its_citations_are_named_as_lost() {
    let cited = json!({"citationsContent": {"content": [{"text": "20 days."}], "citations": [{"title": "policy",
        "sourceContent": [{"text": "Employees get 20 days."}], "location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 9}}}]}});
    let body = json!({"output": {"message": {"role": "assistant", "content": [{"text": "You get "}, cited]}}, "stopReason": "end_turn"});
    let (messages, losses) = whole(&body, None, Dialect::AnthropicMessages);
    assert_eq!(
        messages["content"],
        json!([{"type": "text", "text": "You get "}, {"type": "text", "text": "20 days."}])
    );
    assert_eq!(losses.names().into_iter().collect::<Vec<_>>(), ["output.message.content[].citationsContent.citations"]);
}
