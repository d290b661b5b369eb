//! Gemini's answers, whole and streamed: what other gateways have got wrong, and the rules of its own.

use crate::meaning::translate;
use serde_json::{Value, json};
use std::path::Path;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::endpoint::Route;
use tollgate::framing::Framing;
use tollgate::model::{AnswerContext, Loss, Losses, Property};
use tollgate::settings::Limits;

fn context() -> AnswerContext {
    AnswerContext {
        now: 1_790_000_000,
        id: "answer-1".to_owned(),
        model: "asked".to_owned(),
        stream_usage: true,
        ..AnswerContext::default()
    }
}

fn whole(from: Dialect, to: Dialect, body: &Value, losses: &mut Losses) -> Value {
    let body = body.to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    from.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: events.as_slice() };
    serde_json::from_str(&to.write_answer(&source, &context(), losses).unwrap()).unwrap()
}

fn to_gemini(from: Dialect, body: &Value) -> (Value, Losses) {
    let mut losses = Losses::default();
    (whole(from, Dialect::GeminiGenerate, body, &mut losses), losses)
}

/// Translates a stream that comes in pieces of a size.
fn streamed(
    from: (Dialect, &str),
    to: (Dialect, Framing),
    bytes: &[u8],
    size: usize,
    context: AnswerContext,
) -> String {
    let route = Route::of("POST", from.1, &[]);
    let kind = if bytes.starts_with(b"[") { "application/json" } else { "text/event-stream" };
    let headers: Headers =
        [(":status", "200"), ("content-type", kind)].iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let mut decoder = AnswerDecoder::new(&route, true, &headers, Limits::default());
    let mut translator = to.0.translate_stream(from.0, to.1, context).unwrap();
    let mut out = Vec::new();
    let mut take = |decoded: Decoded<'_>| {
        if let Decoded::Frame { said: Some(said), .. } | Decoded::Whole { said: Some(said), .. } = decoded {
            translator.push(said.events, said.document, &Edits::default(), &mut out);
        }
    };
    bytes.chunks(size).for_each(|chunk| decoder.push(chunk, false, &mut take));
    decoder.push(&[], true, &mut take);
    translator.finish(&mut out);
    translator.finish(&mut out);
    String::from_utf8(out).unwrap()
}

const CHAT: (Dialect, &str) = (Dialect::OpenAiChat, "/v1/chat/completions");
const MESSAGES: (Dialect, &str) = (Dialect::AnthropicMessages, "/v1/messages");
const GEMINI: (Dialect, &str) = (Dialect::GeminiGenerate, "/v1beta/models/m:streamGenerateContent");
const EVENTS: (Dialect, Framing) = (Dialect::GeminiGenerate, Framing::ServerSentEvents);

/// A stream of Claude's with reasoning, text and two calls.
fn claude() -> String {
    let events = [
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": [], "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Two \"cities"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "\"."}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2lnbg=="}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "I look — "}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "both."}}),
        json!({"type": "content_block_stop", "index": 1}),
        json!({"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{\"city\":\n \"Be"}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "rlin\",\"id\":9007199254740993}"}}),
        json!({"type": "content_block_stop", "index": 2}),
        json!({"type": "content_block_start", "index": 3, "content_block": {"type": "tool_use", "id": "toolu_2", "name": "time", "input": {}}}),
        json!({"type": "content_block_stop", "index": 3}),
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null}, "usage": {"output_tokens": 50}}),
        json!({"type": "message_stop"}),
    ];
    events.iter().map(|event| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())).collect()
}

/// A stream of chat completions whose calls come side by side.
fn openai() -> String {
    let delta = |delta: Value, finish: Value| json!({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
    let call = |index: u32, id: Value, name: Value, arguments: &str| json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}]});
    let chunks = [
        delta(json!({"role": "assistant", "content": ""}), Value::Null),
        delta(json!({"reasoning_content": "hm"}), Value::Null),
        delta(json!({"content": "So"}), Value::Null),
        delta(call(0, json!("a"), json!("f"), ""), Value::Null),
        delta(call(1, json!("b"), json!("g"), "{\"x\":"), Value::Null),
        delta(call(0, Value::Null, Value::Null, "{}"), Value::Null),
        delta(call(1, Value::Null, Value::Null, "1}"), Value::Null),
        delta(json!({}), json!("stop")),
        json!({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12, "completion_tokens_details": {"reasoning_tokens": 2}}}),
    ];
    let lines: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    lines + "data: [DONE]\n\n"
}

#[test]
fn streams_are_written_as_reviewed_however_they_are_cut() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let gemini = std::fs::read_to_string(root.join("fixtures/gemini_generate/stream.sse")).unwrap();
    let events = |dialect| (dialect, Framing::ServerSentEvents);
    for (name, from, to, bytes) in [
        ("anthropic_messages_as_gemini_generate", MESSAGES, EVENTS, claude()),
        ("openai_chat_as_gemini_generate", CHAT, EVENTS, openai()),
        ("openai_chat_as_gemini_generate_array", CHAT, (Dialect::GeminiGenerate, Framing::JsonArray), openai()),
        ("gemini_generate_as_openai_chat", GEMINI, events(Dialect::OpenAiChat), gemini.clone()),
        ("gemini_generate_as_anthropic_messages", GEMINI, events(Dialect::AnthropicMessages), gemini.clone()),
        ("gemini_generate_as_gemini_generate", GEMINI, EVENTS, gemini),
    ] {
        let written = streamed(from, to, bytes.as_bytes(), bytes.len(), context());
        for size in [1, 7, 1000] {
            assert_eq!(streamed(from, to, bytes.as_bytes(), size, context()), written, "{name} in pieces of {size}");
        }
        let file = root.join(format!("translation/golden/{name}.stream.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &written).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), written, "{name}");
    }
}

fn pieces(written: &str) -> Vec<Value> {
    let lines = written.split("\n\n").filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

#[test]
fn calls_come_whole_and_the_end_and_the_usage_with_the_last_piece_alone() {
    let written = pieces(&streamed(MESSAGES, EVENTS, claude().as_bytes(), 50, context()));
    let parts: Vec<&Value> = written.iter().map(|piece| &piece["candidates"][0]["content"]["parts"][0]).collect();
    let calls: Vec<&Value> = parts.iter().filter_map(|part| part.get("functionCall")).collect();
    assert_eq!(
        calls[0],
        &json!({"id": "toolu_1", "name": "weather", "args": {"city": "Berlin", "id": 9_007_199_254_740_993_u64}})
    );
    assert_eq!(calls[1], &json!({"id": "toolu_2", "name": "time", "args": {}}));
    let ends: Vec<bool> = written.iter().map(|piece| piece["candidates"][0].get("finishReason").is_some()).collect();
    assert_eq!(ends.iter().filter(|is_end| **is_end).count(), 1);
    let last = written.last().unwrap();
    assert_eq!(last["candidates"][0]["finishReason"], "STOP");
    assert_eq!(
        last["usageMetadata"],
        json!({"promptTokenCount": 7, "cachedContentTokenCount": 4, "candidatesTokenCount": 50, "totalTokenCount": 57})
    );
    assert!(written.iter().all(|piece| piece["responseId"] == "msg_1" && piece["modelVersion"] == "claude"));
}

#[test]
fn calls_that_come_side_by_side_each_get_their_own_arguments() {
    let written = pieces(&streamed(CHAT, EVENTS, openai().as_bytes(), 50, context()));
    let calls: Vec<Value> = written
        .iter()
        .filter_map(|piece| piece["candidates"][0]["content"]["parts"][0].get("functionCall"))
        .map(|call| call["args"].clone())
        .collect();
    assert_eq!(calls, [json!({}), json!({"x": 1})]);
    let texts: String =
        written.iter().filter_map(|piece| piece["candidates"][0]["content"]["parts"][0]["text"].as_str()).collect();
    assert_eq!(texts, "hmSo");
}

#[test]
fn a_cut_or_failed_stream_ends_with_an_error_in_either_framing() {
    let cut = claude();
    let cut = &cut.as_bytes()[..cut.find("content_block_stop").unwrap()];
    let written = pieces(&streamed(MESSAGES, EVENTS, cut, 50, context()));
    assert_eq!(written.last().unwrap()["error"]["code"], 502);
    assert!(written.iter().all(|piece| piece["candidates"][0].get("finishReason").is_none()));
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let array = streamed(MESSAGES, (Dialect::GeminiGenerate, Framing::JsonArray), error.as_bytes(), 50, context());
    let array: Value = serde_json::from_str(&array).unwrap();
    assert_eq!(array, json!([{"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}]));
    let nothing = streamed(CHAT, (Dialect::GeminiGenerate, Framing::JsonArray), openai().as_bytes(), 50, context());
    assert!(serde_json::from_str::<Vec<Value>>(&nothing).unwrap().len() > 3);
}

#[test]
fn a_function_that_stood_for_a_schema_is_text_again() {
    let context = AnswerContext { schema_tool: Some("weather".to_owned()), ..context() };
    let written = pieces(&streamed(MESSAGES, EVENTS, claude().as_bytes(), 50, context));
    let texts: String = written
        .iter()
        .filter_map(|piece| {
            let part = &piece["candidates"][0]["content"]["parts"][0];
            part["text"].as_str().filter(|_| part.get("thought").is_none())
        })
        .collect();
    assert!(texts.starts_with("I look — both.{\"city\""), "{texts}");
}

#[test]
fn proofs_of_other_makers_travel_in_the_signature_and_come_back() {
    let answer = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "tool_use",
        "content": [{"type": "thinking", "thinking": "a \"plan\"?", "signature": "c2lnbg=="}, {"type": "redacted_thinking", "data": "ZGF0YQ"},
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}], "usage": {"input_tokens": 1, "output_tokens": 2}});
    let (gemini, losses) = to_gemini(Dialect::AnthropicMessages, &answer);
    let content = gemini["candidates"][0]["content"].clone();
    for part in content["parts"].as_array().unwrap().iter().filter_map(|part| part["thoughtSignature"].as_str()) {
        assert!(part.len().is_multiple_of(4) && !part.contains(['-', '_']), "{part}");
    }
    assert!(losses.is_empty(), "{losses:?}");
    let next = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]}, content,
        {"role": "user", "parts": [{"functionResponse": {"id": "toolu_1", "name": "f", "response": {"result": "1"}}}]}]});
    // The SDK writes bytes in the alphabet of addresses.
    let next = next.to_string().replace('+', "-");
    let mut losses = Losses::default();
    let back = translate(Dialect::GeminiGenerate, Dialect::AnthropicMessages, &next, &mut losses).unwrap();
    let back: Value = serde_json::from_str(&back).unwrap();
    assert_eq!(
        back["messages"][1]["content"],
        json!([{"type": "thinking", "thinking": "a \"plan\"?", "signature": "c2lnbg=="}, {"type": "redacted_thinking", "data": "ZGF0YQ"},
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}])
    );
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn a_streamed_proof_has_the_text_that_it_signs() {
    let written = pieces(&streamed(MESSAGES, EVENTS, claude().as_bytes(), 9, context()));
    let parts: Vec<Value> = written.iter().map(|piece| piece["candidates"][0]["content"]["parts"][0].clone()).collect();
    let next = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]}, {"role": "model", "parts": parts}]});
    let back =
        translate(Dialect::GeminiGenerate, Dialect::AnthropicMessages, &next.to_string(), &mut Losses::default())
            .unwrap();
    let back: Value = serde_json::from_str(&back).unwrap();
    let thinking = json!({"type": "thinking", "thinking": "Two \"cities\".", "signature": "c2lnbg=="});
    assert_eq!(back["messages"][1]["content"][0], thinking);
}

#[test]
fn google_s_signature_of_a_call_survives_a_client_of_chat_completions() {
    let answer = json!({"candidates": [{"content": {"role": "model", "parts": [
        {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"}]}, "finishReason": "STOP"}], "responseId": "r"});
    let chat = whole(Dialect::GeminiGenerate, Dialect::OpenAiChat, &answer, &mut Losses::default());
    let message = &chat["choices"][0]["message"];
    let id = &message["tool_calls"][0]["id"];
    let next = json!({"model": "gemini-3-pro", "messages": [{"role": "user", "content": "go"}, message, {"role": "tool", "tool_call_id": id, "content": "1"}]});
    let back =
        translate(Dialect::OpenAiChat, Dialect::GeminiGenerate, &next.to_string(), &mut Losses::default()).unwrap();
    let back: Value = serde_json::from_str(&back).unwrap();
    let (call, result) = (&back["contents"][1]["parts"][0], &back["contents"][2]["parts"][0]);
    assert_eq!(call["thoughtSignature"], "c2ln");
    assert_eq!(call["functionCall"]["id"], result["functionResponse"]["id"]);
}

#[test]
fn finish_reasons_are_words_that_google_s_clients_know() {
    for (word, reason) in [
        ("stop", "STOP"),
        ("length", "MAX_TOKENS"),
        ("content_filter", "SAFETY"),
        ("tool_calls", "STOP"),
        ("insufficient_system_resource", "OTHER"),
    ] {
        let answer = json!({"id": "a", "model": "m", "choices": [{"index": 0, "finish_reason": word, "message": {"role": "assistant", "content": "hi"}}]});
        assert_eq!(to_gemini(Dialect::OpenAiChat, &answer).0["candidates"][0]["finishReason"], reason, "{word}");
    }
    for (word, reason) in
        [("MAX_TOKENS", "length"), ("PROHIBITED_CONTENT", "content_filter"), ("MODEL_ARMOR", "content_filter")]
    {
        let answer = json!({"candidates": [{"content": {"parts": [{"text": "hi"}]}, "finishReason": word}]});
        let chat = whole(Dialect::GeminiGenerate, Dialect::OpenAiChat, &answer, &mut Losses::default());
        assert_eq!(chat["choices"][0]["finish_reason"], reason, "{word}");
    }
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}});
    let messages = whole(Dialect::GeminiGenerate, Dialect::AnthropicMessages, &blocked, &mut Losses::default());
    assert_eq!(messages["stop_reason"], "refusal");
}

#[test]
fn thoughts_are_beside_the_candidates_tokens_and_tool_s_beside_the_prompt() {
    let usage = json!({"promptTokenCount": 32, "toolUsePromptTokenCount": 619, "candidatesTokenCount": 575, "thoughtsTokenCount": 199, "totalTokenCount": 1425});
    let answer = json!({"candidates": [{"content": {"parts": [{"text": "hi"}]}, "finishReason": "STOP"}], "usageMetadata": usage});
    let (same, _) = to_gemini(Dialect::GeminiGenerate, &answer);
    assert_eq!(same["usageMetadata"], usage);
    let chat = whole(Dialect::GeminiGenerate, Dialect::OpenAiChat, &answer, &mut Losses::default());
    assert_eq!(
        (&chat["usage"]["prompt_tokens"], &chat["usage"]["completion_tokens"], &chat["usage"]["total_tokens"]),
        (&json!(651), &json!(774), &json!(1425))
    );
    let (none, _) = to_gemini(Dialect::OpenAiChat, &json!({"id": "a", "model": "m", "choices": []}));
    assert_eq!(none.get("usageMetadata"), None);
}

#[test]
fn probabilities_of_tokens_cross_both_ways() {
    let token = |text, value: f64| json!({"token": text, "logProbability": value});
    let answer = json!({"candidates": [{"content": {"parts": [{"text": "hi"}]}, "finishReason": "STOP", "logprobsResult": {
        "chosenCandidates": [token("hi", -0.5)], "topCandidates": [{"candidates": [token("hi", -0.5), token("ho", -1.5)]}]}}]});
    let mut losses = Losses::default();
    let chat = whole(Dialect::GeminiGenerate, Dialect::OpenAiChat, &answer, &mut losses);
    assert_eq!(
        chat["choices"][0]["logprobs"]["content"][0]["top_logprobs"][1],
        json!({"token": "ho", "bytes": null, "logprob": -1.5})
    );
    assert!(losses.is_empty(), "{losses:?}");
    let (back, losses) = to_gemini(Dialect::OpenAiChat, &chat);
    assert_eq!(back["candidates"][0]["logprobsResult"], answer["candidates"][0]["logprobsResult"]);
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn several_choices_are_candidates_and_a_stop_sequence_is_named_as_lost() {
    let choice = |index, text| json!({"index": index, "finish_reason": "stop", "message": {"role": "assistant", "content": text}});
    let answer = json!({"id": "a", "model": "m", "choices": [choice(0, "one"), choice(1, "two")]});
    let (gemini, losses) = to_gemini(Dialect::OpenAiChat, &answer);
    assert_eq!(gemini["candidates"][1]["content"]["parts"], json!([{"text": "two"}]));
    assert!(losses.is_empty(), "{losses:?}");
    let answer = json!({"id": "a", "type": "message", "model": "m", "content": [{"type": "text", "text": "hi"}], "stop_reason": "stop_sequence", "stop_sequence": "END"});
    let (_, losses) = to_gemini(Dialect::AnthropicMessages, &answer);
    assert!(losses.iter().any(|loss| *loss == Loss::Property(Property::StopSequence)));
}
