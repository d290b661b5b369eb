//! OpenAI's custom tools, which other APIs get as functions with one text, and the requests of the clients that people try
//! first: Codex's and Claude Code's.

use crate::golden::compare;
use crate::meaning::translate_to;
use crate::streams::{data, frames, translate_stream_for};
use serde_json::{Value, json};
use std::path::Path;
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, Edits, KeySet};
use tollgate::model::{AnswerContext, Loss, Losses, Property, Variant, WrittenRequest};

const CHAT: Dialect = Dialect::OpenAiChat;
const MESSAGES: Dialect = Dialect::AnthropicMessages;
const RESPONSES: Dialect = Dialect::OpenAiResponses;
const GEMINI: Dialect = Dialect::GeminiGenerate;

/// Forms whose providers have no custom tools.
const OTHERS: &[(&str, Dialect, Variant)] = &[
    ("openai_compatible", CHAT, Variant::Compatible),
    ("mistral", CHAT, Variant::Mistral),
    ("anthropic_messages", MESSAGES, Variant::Common),
    ("gemini_generate", GEMINI, Variant::Common),
    ("bedrock_converse", Dialect::BedrockConverse, Variant::Common),
    ("cohere_v2", Dialect::CohereV2, Variant::Common),
    ("ollama", Dialect::Ollama, Variant::Common),
];

/// Input with every kind of escape, and signs outside of the basic plane.
const PATCH: &str = "*** Begin Patch\n+\t\"a\\b\" é 😀/\u{1}\n*** End Patch";

fn request_of(client: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translation/clients");
    std::fs::read_to_string(folder.join(client).with_extension("json")).unwrap()
}

fn written(from: Dialect, to: (Dialect, Variant), body: &Value) -> (Value, WrittenRequest, Losses) {
    let mut losses = Losses::default();
    let written = translate_to(from, to, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written.body).unwrap(), written, losses)
}

/// Context of the call whose request offered `apply_patch`.
fn context() -> AnswerContext {
    let mut custom_tools = KeySet::default();
    custom_tools.insert("apply_patch".to_owned());
    let custom_tools = custom_tools.into();
    AnswerContext { now: 1_790_000_000, id: "made".to_owned(), stream_usage: true, custom_tools, ..Default::default() }
}

fn answer(from: Dialect, to: Dialect, body: &Value, context: &AnswerContext) -> (Value, Losses) {
    let (body, mut losses, mut events) = (body.to_string(), Losses::default(), Vec::new());
    let document = Document::new(body.as_bytes()).unwrap();
    from.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: events.as_slice() };
    let written = to.write_answer(&source, context, &mut losses).unwrap();
    (serde_json::from_str(&written).unwrap(), losses)
}

/// Whole answers of each provider that call `apply_patch`.
fn answers(arguments: &Value) -> Vec<(Dialect, Value)> {
    let function = json!({"name": "apply_patch", "arguments": arguments.to_string()});
    let call = json!({"id": "c1", "type": "function", "function": function});
    let object = json!({"name": "apply_patch", "arguments": arguments});
    vec![
        (
            CHAT,
            json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 5, "model": "m", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": null, "tool_calls": [call]}, "finish_reason": "tool_calls"}]}),
        ),
        (
            MESSAGES,
            json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use",
            "content": [{"type": "tool_use", "id": "c1", "name": "apply_patch", "input": arguments}],
            "usage": {"input_tokens": 1, "output_tokens": 1}}),
        ),
        (
            GEMINI,
            json!({"responseId": "r", "modelVersion": "m", "candidates": [{"finishReason": "STOP", "content": {"role": "model",
            "parts": [{"functionCall": {"id": "c1", "name": "apply_patch", "args": arguments}}]}}]}),
        ),
        (
            Dialect::BedrockConverse,
            json!({"stopReason": "tool_use", "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
            "output": {"message": {"role": "assistant", "content": [{"toolUse": {"toolUseId": "c1", "name": "apply_patch", "input": arguments}}]}}}),
        ),
        (
            Dialect::CohereV2,
            json!({"id": "x", "finish_reason": "TOOL_CALL", "message": {"role": "assistant", "tool_calls": [call]}}),
        ),
        (
            Dialect::Ollama,
            json!({"model": "m", "created_at": "2026-11-30T00:00:00Z", "done": true, "done_reason": "stop",
            "message": {"role": "assistant", "content": "", "tool_calls": [{"function": object}]}}),
        ),
    ]
}

#[test]
fn the_requests_of_codex_and_claude_code_are_written_as_reviewed() {
    let native = [("openai_chat", CHAT, Variant::Common), ("openai_responses", RESPONSES, Variant::Common)];
    for (client, from) in [("codex", RESPONSES), ("claude_code", MESSAGES)] {
        let body = request_of(client);
        for (name, to, variant) in OTHERS.iter().chain(&native) {
            // Its own form, which would pass as it is.
            if *to == from {
                continue;
            }
            let mut losses = Losses::default();
            let written = translate_to(from, (*to, *variant), &body, &mut losses).unwrap();
            let value: Value = serde_json::from_str(&written.body).unwrap();
            let lines: String = losses.names().iter().map(|name| format!("lost: {name}\n")).collect();
            let shown = format!("{}\n{lines}", serde_json::to_string_pretty(&value).unwrap());
            compare(&format!("{client}_as_{name}.txt"), &shown);
        }
    }
}

#[test]
fn a_custom_tool_is_a_function_with_one_text_where_there_are_none() {
    let format = json!({"type": "grammar", "syntax": "lark", "definition": "start: \"x\"\n"});
    let body = json!({"model": "m", "input": "hi", "tools": [
        {"type": "custom", "name": "apply_patch", "description": "Patches.", "format": format}, {"type": "custom", "name": "say"}]});
    for (name, to, variant) in OTHERS {
        let (body, written, losses) = written(RESPONSES, (*to, *variant), &body);
        assert!(written.custom_tools.iter().eq(["apply_patch", "say"]), "{name}");
        assert!(losses.iter().eq([&Loss::Property(Property::Format)]), "{name}: {losses:?}");
        assert!(losses.names().iter().eq(["tools[].format"]), "{name}: {losses:?}");
        for said in
            ["Patches.\\n\\nThe input is one plain text", "grammar (lark):\\n\\nstart: \\\"x\\\"\\n", "\"input\""]
        {
            assert!(body.to_string().contains(said), "{name}: {said} in {body}");
        }
    }
}

#[test]
fn openai_s_own_apis_have_each_other_s_custom_tools() {
    let grammar = json!({"syntax": "regex", "definition": "[a-z]+"});
    let flat = json!({"type": "grammar", "syntax": "regex", "definition": "[a-z]+"});
    let call = json!({"id": "c1", "type": "custom", "custom": {"name": "say", "input": PATCH}});
    let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"},
            {"role": "assistant", "content": null, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": "ok"}],
        "tools": [{"type": "custom", "custom": {"name": "say", "description": "Says", "format": {"type": "grammar", "grammar": grammar}}}],
        "tool_choice": {"type": "custom", "custom": {"name": "say"}}});
    let (responses, request, losses) = written(CHAT, (RESPONSES, Variant::Common), &chat);
    assert!(losses.is_empty() && request.custom_tools.is_empty(), "{losses:?}");
    assert_eq!(responses["tools"], json!([{"type": "custom", "name": "say", "description": "Says", "format": flat}]));
    assert_eq!(responses["tool_choice"], json!({"type": "custom", "name": "say"}));
    assert_eq!(
        responses["input"].as_array().unwrap()[1..],
        [
            json!({"type": "custom_tool_call", "call_id": "c1", "name": "say", "input": PATCH}),
            json!({"type": "custom_tool_call_output", "call_id": "c1", "output": "ok"})
        ]
    );
    let (back, _, losses) = written(RESPONSES, (CHAT, Variant::Common), &responses);
    for member in ["messages", "tools", "tool_choice"] {
        assert_eq!(back[member], chat[member], "{losses:?}");
    }
}

#[test]
fn a_choice_of_custom_tools_crosses_in_each_form() {
    let tools = json!([{"type": "custom", "name": "say"}, {"type": "function", "name": "f", "parameters": {"type": "object"}},
        {"type": "function", "name": "g", "parameters": {"type": "object"}}]);
    let among = json!({"type": "allowed_tools", "mode": "required", "tools": [{"type": "custom", "name": "say"}, {"type": "function", "name": "f"}]});
    let body = |choice: &Value| json!({"model": "m", "input": "hi", "tools": tools, "tool_choice": choice});
    let named = body(&json!({"type": "custom", "name": "say"}));
    let choice = |body: &Value, to| written(RESPONSES, (to, Variant::Common), body).0;
    assert_eq!(choice(&named, MESSAGES)["tool_choice"], json!({"type": "tool", "name": "say"}));
    assert_eq!(choice(&named, Dialect::BedrockConverse)["toolConfig"]["toolChoice"], json!({"tool": {"name": "say"}}));
    let chat = choice(&body(&among), CHAT);
    let in_chat = json!({"mode": "required", "tools": [{"type": "custom", "custom": {"name": "say"}}, {"type": "function", "function": {"name": "f"}}]});
    assert_eq!(chat["tool_choice"], json!({"type": "allowed_tools", "allowed_tools": in_chat}));
    assert_eq!(written(CHAT, (RESPONSES, Variant::Common), &chat).0["tool_choice"], among);
    let compatible = written(RESPONSES, (CHAT, Variant::Compatible), &body(&among)).0;
    assert!(!compatible.to_string().contains("custom"), "{compatible}");
    let gemini = choice(&body(&among), GEMINI);
    assert_eq!(gemini["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"], json!(["say", "f"]));
}

#[test]
fn a_call_of_the_function_is_one_of_the_custom_tool() {
    for (from, body) in answers(&json!({"input": PATCH})) {
        let (responses, losses) = answer(from, RESPONSES, &body, &context());
        let item = &responses["output"][0];
        assert_eq!((&item["type"], &item["name"]), (&json!("custom_tool_call"), &json!("apply_patch")), "{from:?}");
        assert_eq!((&item["input"], item.get("arguments")), (&json!(PATCH), None), "{from:?}");
        assert!(item["id"].as_str().unwrap().starts_with("ctc_"), "{item}");
        assert!(losses.is_empty(), "{from:?}: {losses:?}");
        let (chat, _) = answer(from, CHAT, &body, &context());
        let choice = &chat["choices"][0];
        let call = &choice["message"]["tool_calls"][0];
        assert_eq!((&call["type"], call.get("function")), (&json!("custom"), None), "{from:?}");
        assert_eq!(call["custom"], json!({"name": "apply_patch", "input": PATCH}), "{from:?}");
        assert_eq!(choice["finish_reason"], "tool_calls");
        // Without the tool in the request it is a function.
        let (responses, _) = answer(from, RESPONSES, &body, &AnswerContext::default());
        assert_eq!(responses["output"][0]["type"], "function_call", "{from:?}");
    }
}

#[test]
fn arguments_of_another_form_are_the_input_as_they_are() {
    for (arguments, input) in [
        (json!({"patch": "x"}), r#"{"patch":"x"}"#),
        (json!({"input": 1}), r#"{"input":1}"#),
        (json!({"input": null}), r#"{"input":null}"#),
        (json!({}), ""),
    ] {
        for (from, body) in answers(&arguments) {
            let (responses, _) = answer(from, RESPONSES, &body, &context());
            assert_eq!(responses["output"][0]["input"], input, "{from:?}");
        }
    }
}

/// Streams of providers that call `apply_patch`, and `f` after it, with the arguments in pieces of some characters.
fn streams(arguments: &str, length: usize) -> Vec<(Dialect, String)> {
    let signs: Vec<char> = arguments.chars().collect();
    let pieces: Vec<String> = signs.chunks(length).map(|piece| piece.iter().collect()).collect();
    let (mut messages, mut chat) = (Vec::new(), Vec::new());
    messages.push(
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m",
        "content": [], "stop_reason": null, "usage": {"input_tokens": 1, "output_tokens": 1}}}),
    );
    let chunk = |delta: &Value, finish: &Value| {
        json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 5, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
    };
    for (index, (id, name, pieces)) in
        [("c1", "apply_patch", pieces), ("c2", "f", vec!["{\"n\":1}".to_owned()])].into_iter().enumerate()
    {
        let block = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
        messages.push(json!({"type": "content_block_start", "index": index, "content_block": block}));
        let start = json!({"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}});
        chat.push(chunk(&json!({"role": "assistant", "content": null, "tool_calls": [start]}), &Value::Null));
        for piece in pieces {
            messages.push(json!({"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}));
            let call = json!({"index": index, "function": {"arguments": piece}});
            chat.push(chunk(&json!({"tool_calls": [call]}), &Value::Null));
        }
        messages.push(json!({"type": "content_block_stop", "index": index}));
    }
    messages
        .push(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}}));
    messages.push(json!({"type": "message_stop"}));
    chat.push(chunk(&json!({}), &json!("tool_calls")));
    let chat = chat.iter().map(|chunk| format!("data: {chunk}\n\n")).collect::<String>() + "data: [DONE]\n\n";
    vec![(MESSAGES, frames(&messages)), (CHAT, chat)]
}

/// Input of the streamed call for a client of responses, by its pieces; checks that all that follows repeats it.
fn streamed_response(stream: &str) -> String {
    let events = data(stream);
    let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).cloned().collect::<Vec<Value>>();
    let added = of("response.output_item.added");
    assert_eq!((&added[0]["item"]["type"], &added[0]["item"]["input"]), (&json!("custom_tool_call"), &json!("")));
    assert_eq!(added[1]["item"]["type"], "function_call");
    let pieces = of("response.custom_tool_call_input.delta");
    assert!(pieces.iter().all(|piece| piece["item_id"] == added[0]["item"]["id"] && piece["delta"] != ""), "{stream}");
    let input: String = pieces.iter().map(|piece| piece["delta"].as_str().unwrap()).collect();
    assert_eq!(of("response.custom_tool_call_input.done")[0]["input"], input);
    let done = of("response.output_item.done");
    assert_eq!((&done[0]["item"]["input"], &done[0]["item"]["status"]), (&json!(input), &json!("completed")));
    assert_eq!(of("response.completed")[0]["response"]["output"][0], done[0]["item"]);
    assert_eq!(of("response.function_call_arguments.done")[0]["arguments"], "{\"n\":1}");
    input
}

/// The same for a client of chat completions. Its chunks are those of <https://github.com/openai/openai-openapi/issues/576>,
/// read 2026-11-30; the SDK's types lack them.
fn streamed_chat(stream: &str) -> String {
    let chunks = data(stream);
    let calls: Vec<&Value> =
        chunks.iter().flat_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].as_array()).flatten().collect();
    let start = json!({"index": 0, "id": "c1", "type": "custom", "custom": {"name": "apply_patch", "input": ""}});
    assert_eq!(calls[0], &start);
    let of_first = calls.iter().filter(|call| call["index"] == 0);
    of_first.map(|call| call["custom"]["input"].as_str().unwrap()).collect()
}

#[test]
fn the_input_is_streamed_wherever_the_arguments_are_cut() {
    let plain = json!({"input": PATCH}).to_string();
    // As Python's `json.dumps` writes it.
    let ascii: String =
        plain.chars().map(|sign| if sign.is_ascii() { sign.to_string() } else { escape(sign) }).collect();
    for arguments in [plain, ascii] {
        for length in [1, 2, 3, 5, 7, 1000] {
            for (from, stream) in streams(&arguments, length) {
                let responses = translate_stream_for(context(), (from, RESPONSES), &stream, 1 << 20);
                assert_eq!(streamed_response(&responses), PATCH, "{from:?} {length}");
                let chat = translate_stream_for(context(), (from, CHAT), &stream, 1 << 20);
                assert_eq!(streamed_chat(&chat), PATCH, "{from:?} {length}");
            }
        }
    }
}

/// Escape of a sign, as a surrogate pair where it needs one.
fn escape(sign: char) -> String {
    sign.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

#[test]
fn a_stream_with_a_custom_tool_is_the_same_however_its_bytes_are_cut() {
    for (from, stream) in streams(&json!({"input": PATCH}).to_string(), 4) {
        for to in [RESPONSES, CHAT] {
            let whole = translate_stream_for(context(), (from, to), &stream, 1 << 20);
            for length in 1..40 {
                assert_eq!(
                    translate_stream_for(context(), (from, to), &stream, length),
                    whole,
                    "{from:?} {to:?} {length}"
                );
            }
        }
    }
}

#[test]
fn a_stream_of_other_arguments_says_what_the_whole_answer_says() {
    for arguments in
        [r#"{"patch":"x"}"#, r#"{"input":1}"#, "*** Begin", "{}", "", r#"{"input":"a","b":2}"#, r#"{ "input" : "a" } "#]
    {
        let function = json!({"name": "apply_patch", "arguments": arguments});
        let call = json!({"id": "c1", "type": "function", "function": function});
        let body = json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 5, "model": "m", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": null, "tool_calls": [call]}, "finish_reason": "tool_calls"}]});
        let (whole, _) = answer(CHAT, RESPONSES, &body, &context());
        for length in [1, 1000] {
            let (_, stream) = streams(arguments, length).pop().unwrap();
            let written = translate_stream_for(context(), (CHAT, RESPONSES), &stream, 1 << 20);
            assert_eq!(whole["output"][0]["input"], streamed_response_input(&written), "{arguments} {length}");
        }
    }
}

fn streamed_response_input(stream: &str) -> String {
    let is_piece = |event: &&Value| event["type"] == "response.custom_tool_call_input.delta";
    let events = data(stream);
    events.iter().filter(is_piece).map(|piece| piece["delta"].as_str().unwrap()).collect()
}

#[test]
fn openai_s_own_call_of_a_custom_tool_crosses_to_its_other_api() {
    let item = json!({"type": "custom_tool_call", "id": "ctc_1", "status": "completed", "call_id": "c1", "name": "apply_patch", "input": PATCH});
    let response = |status: &str, output: &Value| json!({"id": "resp_1", "object": "response", "created_at": 5, "status": status, "model": "m", "output": output});
    let body = response("completed", &json!([item]));
    let (chat, losses) = answer(RESPONSES, CHAT, &body, &AnswerContext::default());
    let call = json!({"id": "c1", "type": "custom", "custom": {"name": "apply_patch", "input": PATCH}});
    assert_eq!(chat["choices"][0]["message"]["tool_calls"], json!([call]), "{losses:?}");
    assert_eq!(chat["choices"][0]["finish_reason"], "tool_calls");
    assert!(!losses.iter().any(|loss| *loss == Loss::Tool), "{losses:?}");
    let (back, _) = answer(CHAT, RESPONSES, &chat, &AnswerContext::default());
    assert_eq!((&back["output"][0]["type"], &back["output"][0]["input"]), (&item["type"], &item["input"]));
    // A client that cannot have offered it does not get it.
    let (message, losses) = answer(RESPONSES, MESSAGES, &body, &AnswerContext::default());
    assert_eq!(message["content"], json!([]));
    assert!(losses.iter().any(|loss| *loss == Loss::Tool));
    let open = json!({"type": "custom_tool_call", "id": "ctc_1", "status": "in_progress", "call_id": "c1", "name": "apply_patch", "input": ""});
    let mut events = vec![
        json!({"type": "response.created", "response": response("in_progress", &json!([]))}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": open}),
    ];
    let signs: Vec<char> = PATCH.chars().collect();
    events.extend(signs.chunks(3).map(|piece| {
        json!({"type": "response.custom_tool_call_input.delta", "output_index": 0,
        "item_id": "ctc_1", "delta": piece.iter().collect::<String>()})
    }));
    events.push(
        json!({"type": "response.custom_tool_call_input.done", "output_index": 0, "item_id": "ctc_1", "input": PATCH}),
    );
    events.push(json!({"type": "response.output_item.done", "output_index": 0, "item": item}));
    events.push(json!({"type": "response.completed", "response": body}));
    let context = AnswerContext { id: "made".to_owned(), ..AnswerContext::default() };
    let chat = translate_stream_for(context.clone(), (RESPONSES, CHAT), &frames(&events), 1 << 20);
    assert_eq!(streamed_chat(&chat), PATCH, "{chat}");
    let back = translate_stream_for(context, (CHAT, RESPONSES), &chat, 1 << 20);
    assert_eq!(streamed_response_input(&back), PATCH, "{back}");
}

#[test]
fn a_name_that_the_target_does_not_take_is_the_client_s_in_the_call() {
    let body = json!({"model": "m", "input": "hi", "tools": [{"type": "custom", "name": "apply.patch"}]});
    let (body, written, _) = written(RESPONSES, (MESSAGES, Variant::Common), &body);
    let offered = body["tools"][0]["name"].as_str().unwrap();
    assert_ne!(offered, "apply.patch");
    let context = AnswerContext {
        tool_names: written.tool_names,
        custom_tools: written.custom_tools,
        ..AnswerContext::default()
    };
    let message = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use",
        "content": [{"type": "tool_use", "id": "c1", "name": offered, "input": {"input": "x"}}],
        "usage": {"input_tokens": 1, "output_tokens": 1}});
    let item = &answer(MESSAGES, RESPONSES, &message, &context).0["output"][0];
    assert_eq!(
        (&item["type"], &item["name"], &item["input"]),
        (&json!("custom_tool_call"), &json!("apply.patch"), &json!("x"))
    );
}
