//! Faults that users have reported of other gateways, each with where it was reported. Those of calls and results are in
//! `history.rs`, those of models in `capabilities.rs`, those of attempts in `tests/gateway/`.

use crate::meaning::{translate, translate_to};
use crate::streams::{data, frames, translate_stream};
use serde_json::{Value, json};
use tollgate::dialect::Dialect;
use tollgate::document::{Document, Edits};
use tollgate::model::{Losses, Untranslatable, Variant, WriteTarget};

fn written(from: Dialect, to: Dialect, body: &Value) -> Value {
    let written = translate(from, to, &body.to_string(), &mut Losses::default()).unwrap();
    serde_json::from_str(&written).unwrap()
}

fn chunk(delta: &Value, finish: Option<&str>) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 5, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
}

/// Events of Anthropic's messages for a stream of chat completions.
fn for_messages(chunks: &[Value]) -> Vec<Value> {
    data(&translate_stream(Dialect::OpenAiChat, Dialect::AnthropicMessages, &frames(chunks), 7))
}

fn of_type<'e>(events: &'e [Value], kind: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event["type"] == kind).collect()
}

/// BerriAI/litellm 22946: refused upstream.
#[test]
fn text_after_calls_is_sent_before_them() {
    let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}, {"type": "text", "text": "so"}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "1"}]}]});
    let converse = written(Dialect::AnthropicMessages, Dialect::BedrockConverse, &body);
    let parts = &converse["messages"][1]["content"];
    assert_eq!((&parts[0]["text"], &parts[1]["toolUse"]["name"]), (&json!("so"), &json!("f")));
    let gemini = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}, {"text": "so"}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"a": 1}}}]}]});
    let messages = written(Dialect::GeminiGenerate, Dialect::AnthropicMessages, &gemini);
    let parts = &messages["messages"][1]["content"];
    assert_eq!((&parts[0]["text"], &parts[1]["name"]), (&json!("so"), &json!("f")));
}

/// BerriAI/litellm 42432, alibaba/higress 3517: a conversation without a user, the role `tool` passed on.
#[test]
fn a_conversation_of_a_call_and_its_result_has_a_turn_of_the_user() {
    let call = json!({"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let body = json!({"model": "m", "messages": [{"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "1"}]});
    for (to, list) in [
        (Dialect::AnthropicMessages, "messages"),
        (Dialect::BedrockConverse, "messages"),
        (Dialect::GeminiGenerate, "contents"),
    ] {
        let written = written(Dialect::OpenAiChat, to, &body);
        assert_eq!(written[list].as_array().unwrap().last().unwrap()["role"], "user", "{to:?}");
    }
}

/// maximhq/bifrost 2311: Bedrock's form of Anthropic's messages lost calls and results.
#[test]
fn calls_and_results_of_bedrock_s_form_are_read_as_anthropic_s() {
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"n": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "1", "is_error": true}]}]});
    let chat = written(Dialect::AnthropicMessages, Dialect::OpenAiChat, &body);
    assert_eq!(chat["messages"][1]["tool_calls"][0]["function"]["arguments"], r#"{"n":1}"#);
    assert_eq!(chat["messages"][2], json!({"role": "tool", "tool_call_id": "a", "content": "1"}));
}

/// maximhq/bifrost 2765, NousResearch/hermes-agent 55092: 400 for blank texts.
#[test]
fn a_result_without_text_has_one_where_blank_ones_are_refused() {
    let call = json!({"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": " "}, {"type": "text", "text": "go"}]},
        {"role": "assistant", "content": "", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "a", "content": ""}]});
    let converse = written(Dialect::OpenAiChat, Dialect::BedrockConverse, &body);
    assert_eq!(converse["messages"][0]["content"], json!([{"text": "go"}]));
    assert_eq!(converse["messages"][1]["content"].as_array().unwrap().len(), 1);
    assert_eq!(converse["messages"][2]["content"][0]["toolResult"]["content"], json!([{"text": "(no output)"}]));
    let messages = written(Dialect::OpenAiChat, Dialect::AnthropicMessages, &body);
    assert!(!messages.to_string().contains(r#""text":"""#), "{messages}");
}

/// BerriAI/litellm 24668: refused upstream.
#[test]
fn an_empty_description_is_left_out_and_an_empty_name_is_refused() {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name, "description": "", "parameters": {"type": "object"}}});
    let body = |name| json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [tool(name)]});
    for to in [
        Dialect::OpenAiResponses,
        Dialect::AnthropicMessages,
        Dialect::GeminiGenerate,
        Dialect::BedrockConverse,
        Dialect::CohereV2,
        Dialect::Ollama,
    ] {
        assert!(!written(Dialect::OpenAiChat, to, &body("f")).to_string().contains("description"), "{to:?}");
        let body = body("").to_string();
        let document = Document::new(body.as_bytes()).unwrap();
        let request = Dialect::OpenAiChat.read_request(document).unwrap();
        let source = tollgate::dialect::TranslationSource {
            dialect: Dialect::OpenAiChat,
            document,
            edits: &Edits::default(),
            read: &request,
        };
        let refused = to.write_request(&source, &WriteTarget::default(), &mut Losses::default());
        assert_eq!(refused.unwrap_err(), Untranslatable::ToolWithoutName, "{to:?}");
    }
}

/// BerriAI/litellm 34603: ids were taken from calls and not from results.
#[test]
fn ids_that_gemini_s_client_gives_stay_in_calls_and_results() {
    let body = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [{"functionCall": {"id": "x1", "name": "f", "args": {}}}, {"functionCall": {"id": "x2", "name": "f", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "x2", "name": "f", "response": {"n": 2}}},
            {"functionResponse": {"id": "x1", "name": "f", "response": {"n": 1}}}]}]});
    let chat = written(Dialect::GeminiGenerate, Dialect::OpenAiChat, &body);
    let results: Vec<(&Value, &Value)> =
        [2, 3].map(|at| (&chat["messages"][at]["tool_call_id"], &chat["messages"][at]["content"])).into();
    assert_eq!(results, [(&json!("x1"), &json!(r#"{"n":1}"#)), (&json!("x2"), &json!(r#"{"n":2}"#))]);
    let back = written(Dialect::OpenAiChat, Dialect::GeminiGenerate, &chat);
    assert_eq!(back["contents"][1]["parts"][0]["functionCall"]["id"], "x1");
    assert_eq!(back["contents"][2]["parts"][0]["functionResponse"]["id"], "x1");
}

/// BerriAI/litellm 16194, 11999: the index of a call began anew in each chunk.
#[test]
fn calls_of_gemini_s_pieces_are_counted_through_the_stream() {
    let piece = |name: &str| json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"functionCall": {"name": name, "args": {}}}]}}]});
    let end = json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": []}, "finishReason": "STOP"}]});
    let chunks = data(&translate_stream(
        Dialect::GeminiGenerate,
        Dialect::OpenAiChat,
        &frames(&[piece("f"), piece("g"), end]),
        64,
    ));
    let calls: Vec<&Value> =
        chunks.iter().flat_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].as_array()).flatten().collect();
    let begun: Vec<(&Value, &Value)> = calls
        .iter()
        .filter(|call| call.get("id").is_some())
        .map(|call| (&call["index"], &call["function"]["name"]))
        .collect();
    assert_eq!(begun, [(&json!(0), &json!("f")), (&json!(1), &json!("g"))]);
    let finish = chunks.iter().find_map(|chunk| chunk["choices"][0]["finish_reason"].as_str());
    assert_eq!(finish, Some("tool_calls"));
}

/// maximhq/bifrost 5169, 4556; Portkey-AI/gateway 1417: a delta without its block, two starts, a start without usage.
#[test]
fn a_stream_of_messages_has_one_start_with_usage_and_each_delta_its_block() {
    let events = for_messages(&[
        chunk(&json!({"role": "assistant", "content": "", "reasoning_content": "hm"}), None),
        chunk(&json!({"role": "assistant", "content": "so"}), None),
        chunk(&json!({}), Some("stop")),
    ]);
    let starts = of_type(&events, "message_start");
    assert_eq!((starts.len(), events[0]["type"].as_str()), (1, Some("message_start")));
    assert!(
        starts[0]["message"]["usage"]["input_tokens"].is_number()
            && starts[0]["message"]["usage"]["output_tokens"].is_number()
    );
    let mut open = None;
    for event in &events {
        match event["type"].as_str().unwrap() {
            "content_block_start" => assert_eq!(open.replace(&event["index"]), None),
            "content_block_delta" => assert_eq!(open, Some(&event["index"])),
            "content_block_stop" => assert_eq!(open.take(), Some(&event["index"])),
            _ => {}
        }
    }
    let kinds: Vec<&Value> =
        of_type(&events, "content_block_start").iter().map(|event| &event["content_block"]["type"]).collect();
    assert_eq!(kinds, ["thinking", "text"]);
}

/// BerriAI/litellm 40857: a filtered answer arrived as one that ended.
#[test]
fn a_filtered_answer_is_a_refusal() {
    let events = for_messages(&[chunk(&json!({"content": "so"}), None), chunk(&json!({}), Some("content_filter"))]);
    assert_eq!(of_type(&events, "message_delta")[0]["delta"]["stop_reason"], "refusal");
}

/// BerriAI/litellm 11789, 31069, 41067: cached tokens counted as fresh ones, or as none, in streams.
#[test]
fn cached_tokens_of_a_stream_are_beside_the_input_of_messages() {
    let usage = json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 5, "model": "m", "choices": [],
        "usage": {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107, "prompt_tokens_details": {"cached_tokens": 80}}});
    let events = for_messages(&[chunk(&json!({"content": "so"}), None), chunk(&json!({}), Some("stop")), usage]);
    let counted = &of_type(&events, "message_delta")[0]["usage"];
    assert_eq!(
        (&counted["input_tokens"], &counted["cache_read_input_tokens"], &counted["output_tokens"]),
        (&json!(20), &json!(80), &json!(7))
    );
}

/// BerriAI/litellm 1571, 38098; sgl-project/sglang 39864: clients show a message for each id.
#[test]
fn an_answer_has_one_id_and_one_time_in_all_its_chunks() {
    let piece = |text: &str, finish: Value| json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish}]});
    let stream = frames(&[piece("a", Value::Null), piece("b", Value::Null), piece("c", json!("STOP"))]);
    let chunks = data(&translate_stream(Dialect::GeminiGenerate, Dialect::OpenAiChat, &stream, 9));
    assert!(chunks.len() > 3);
    assert!(chunks.iter().all(|chunk| (&chunk["id"], &chunk["created"]) == (&chunks[0]["id"], &chunks[0]["created"])));
}

/// Portkey-AI/gateway 823, zed-industries/zed 36215: others' servers refuse what is OpenAI's own.
#[test]
fn servers_that_only_speak_openai_s_api_get_neither_its_roles_nor_its_caches() {
    let body = json!({"model": "m", "input": [{"role": "developer", "content": "be brief"}, {"role": "user", "content": "hi"}],
        "store": false, "prompt_cache_key": "k", "text": {"verbosity": "low"}, "service_tier": "flex", "user": "u"})
    .to_string();
    let target = (Dialect::OpenAiChat, Variant::Compatible);
    let mut losses = Losses::default();
    let written = translate_to(Dialect::OpenAiResponses, target, &body, &mut losses).unwrap();
    let written: Value = serde_json::from_str(&written.body).unwrap();
    assert_eq!(
        written,
        json!({"model": "m", "user": "u", "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}]})
    );
    let lost: Vec<String> = losses.names().into_iter().collect();
    assert_eq!(lost, ["prompt_cache_key", "service_tier", "text.verbosity"]);
}

/// theopenco/llmgateway 3268: passed on to a provider with a lower ceiling.
#[test]
fn a_temperature_is_brought_to_each_target_s_own_ceiling() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 1.8}).to_string();
    for (target, path, most) in [
        ((Dialect::AnthropicMessages, Variant::Common), "/temperature", 1.0),
        ((Dialect::BedrockConverse, Variant::Common), "/inferenceConfig/temperature", 1.0),
        ((Dialect::CohereV2, Variant::Common), "/temperature", 1.0),
        ((Dialect::OpenAiChat, Variant::Mistral), "/temperature", 1.5),
        ((Dialect::GeminiGenerate, Variant::Common), "/generationConfig/temperature", 1.8),
    ] {
        let written = translate_to(Dialect::OpenAiChat, target, &body, &mut Losses::default()).unwrap();
        let written: Value = serde_json::from_str(&written.body).unwrap();
        assert_eq!(written.pointer(path).and_then(Value::as_f64), Some(most), "{target:?}");
    }
}
