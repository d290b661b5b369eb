//! Law 2: a streamed call and the equivalent whole call give the same record. The whole answer is assembled here by the
//! providers' documented rules, over a tree, independently of the dialects' own decoding.

use super::exchanges::{Exchange, exchanges};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::{Dialect, unwrap_chunk};
use tollgate::framing::{Decoder, Framing, Piece};
use tollgate::model::{Content, Event, Reply};
use tollgate::settings::Limits;
use tollgate::usage::Usage;

/// Facts that a record takes from an answer.
#[derive(Debug, Default, PartialEq)]
struct Facts {
    id: Option<String>,
    model: Option<String>,
    service_tier: Option<String>,
    usage: Option<Usage>,
    finish_reasons: Vec<Option<String>>,
    tool_calls: Vec<(Option<String>, Option<String>, bool)>,
    refused: bool,
    texts: BTreeMap<(u32, Content), String>,
}

#[test]
fn a_stream_and_the_whole_answer_it_amounts_to_give_the_same_record() {
    let mut compared = BTreeMap::<Dialect, usize>::new();
    for exchange in exchanges().iter().filter(|exchange| exchange.is_stream() && exchange.status == 200) {
        let Some(dialect) = exchange.route.dialect else { continue };
        let Some(whole) = amount(dialect, &frames(exchange)) else { continue };
        let json = Headers::from_iter(vec![("content-type".to_owned(), b"application/json".to_vec())]);
        let mut streamed = facts(exchange, true, &exchange.headers(None), &exchange.answer);
        if dialect == Dialect::CohereV1 {
            // A stream begins with the generation's id, and has the response's only at its end.
            streamed.id = whole["response_id"].as_str().map(str::to_owned);
        }
        let at_once = facts(exchange, false, &json, whole.to_string().as_bytes());
        assert_eq!(streamed, at_once, "{} {dialect:?}: {whole}", exchange.id);
        *compared.entry(dialect).or_default() += 1;
    }
    assert!(compared.len() >= 2);
    println!("compared: {compared:?}");
}

fn facts(exchange: &Exchange, asked: bool, headers: &Headers, body: &[u8]) -> Facts {
    let mut route = exchange.route.clone();
    route.wrapped &= asked;
    route.stream = route.stream.map(|_| asked);
    let mut reading = AnswerDecoder::new(&route, asked, headers, Limits::default());
    let (mut reply, mut texts) = (Reply::default(), BTreeMap::new());
    reading.push(body, true, &mut |read| {
        let (Decoded::Whole { said: Some(said), .. } | Decoded::Frame { said: Some(said), .. }) = read else { return };
        for delta in said.events {
            reply.apply(delta, said.document);
            match *delta {
                Event::Text { channel, text } | Event::Missing { channel, text }
                    if channel.content != Content::Arguments =>
                {
                    // A stream sends the signature only after the text.
                    let content = match channel.content {
                        Content::SignedReasoning | Content::Plan => Content::Reasoning,
                        content => content,
                    };
                    let all: &mut String = texts.entry((channel.choice, content)).or_default();
                    all.push_str(&said.document.text(text));
                }
                _ => {}
            }
        }
    });
    reading.finish(&mut reply);
    Facts {
        id: reply.id,
        model: reply.model,
        service_tier: reply.service_tier,
        usage: reply.usage,
        finish_reasons: reply.finish_reasons,
        tool_calls: reply.tool_calls.into_iter().map(|call| (call.id, call.name, call.builtin)).collect(),
        refused: reply.refused,
        texts,
    }
}

fn frames(exchange: &Exchange) -> Vec<(String, Value)> {
    frames_of(&exchange.content_type, exchange.route.wrapped, &exchange.answer)
}

/// The data of every frame of a stream, under its name.
pub(super) fn frames_of(content_type: &str, wrapped: bool, stream: &[u8]) -> Vec<(String, Value)> {
    let media = content_type.split(';').next().unwrap_or_default();
    let framing = match media {
        "text/event-stream" => Framing::ServerSentEvents,
        "application/vnd.amazon.eventstream" => Framing::AwsEventStream,
        "application/json" => Framing::JsonArray,
        _ => Framing::JsonLines,
    };
    let mut frames = Vec::new();
    let mut take = |piece: Piece<'_>| {
        let Piece::Frame(frame) = piece else { return };
        let data = if wrapped { unwrap_chunk(&frame.data) } else { None };
        if let Ok(value) = serde_json::from_slice(&data.unwrap_or_else(|| frame.data.to_vec())) {
            frames.push((frame.name.into_owned(), value));
        }
    };
    let mut decoder = Decoder::new(framing, 64 << 20);
    decoder.push(stream, &mut take);
    decoder.finish(&mut take);
    frames
}

/// Assembles a stream's frames into a whole answer; `None` where it was cut, failed, or is of a dialect without rules
/// here.
fn amount(dialect: Dialect, frames: &[(String, Value)]) -> Option<Value> {
    match dialect {
        Dialect::OpenAiChat => openai_chat(frames),
        Dialect::OpenAiCompletions => openai_completions(frames),
        Dialect::OpenAiResponses => openai_responses(frames),
        Dialect::AnthropicMessages => anthropic_messages(frames),
        Dialect::GeminiGenerate => gemini(frames),
        Dialect::BedrockConverse => bedrock_converse(frames),
        Dialect::CohereV1 => frames.iter().rev().find_map(|(_, event)| whole_of(event, "response")),
        Dialect::CohereV2 => cohere_v2(frames),
        Dialect::Ollama => ollama(frames),
        _ => None,
    }
}

fn whole_of(event: &Value, member: &str) -> Option<Value> {
    event.get(member).filter(|value| value.is_object()).cloned()
}

/// Appends a text to the member's text.
fn append(object: &mut Value, member: &str, text: &Value) {
    if let Some(text) = text.as_str() {
        let before = object.get(member).and_then(Value::as_str).unwrap_or_default();
        object[member] = json!(format!("{before}{text}"));
    }
}

/// The element at an index, created where it is missing.
fn at(list: &mut Value, index: usize) -> &mut Value {
    if !list.is_array() {
        *list = json!([]);
    }
    let list = list.as_array_mut().unwrap();
    while list.len() <= index {
        list.push(json!({}));
    }
    &mut list[index]
}

/// <https://platform.openai.com/docs/api-reference/chat-streaming>: members of the chunks, choices by their index, tool
/// calls by theirs.
fn openai_chat(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = json!({"object": "chat.completion", "choices": []});
    for (name, chunk) in frames {
        // Undocumented forms of answers are skipped: errors, whole messages in chunks, calls without an index.
        let choices = chunk.get("choices")?.as_array()?;
        if name == "error" || chunk.get("error").is_some_and(|error| !error.is_null()) {
            return None;
        }
        for member in ["id", "model", "created", "system_fingerprint"] {
            // Some begin with chunks that have empty ones.
            let says = chunk.get(member).is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
            if whole.get(member).is_none() && says {
                whole[member] = chunk[member].clone();
            }
        }
        for member in ["usage", "service_tier"] {
            if !matches!(chunk.get(member), None | Some(Value::Null)) {
                whole[member] = chunk[member].clone();
            }
        }
        if let Some(usage) = chunk.pointer("/x_groq/usage") {
            whole["usage"] = usage.clone();
        }
        for choice in choices {
            if choice.get("message").is_some() {
                return None;
            }
            let index = usize::try_from(choice.get("index").and_then(Value::as_u64).unwrap_or(0)).ok()?;
            let into = at(&mut whole["choices"], index);
            into["index"] = json!(index);
            if let Some(reason) =
                choice.get("finish_reason").filter(|reason| reason.as_str().is_some_and(|r| !r.is_empty()))
            {
                into["finish_reason"] = reason.clone();
            }
            if !into["message"].is_object() {
                into["message"] = json!({"role": "assistant"});
            }
            openai_delta(choice.get("delta").unwrap_or(&Value::Null), &mut into["message"])?;
        }
    }
    Some(whole)
}

fn openai_delta(delta: &Value, message: &mut Value) -> Option<()> {
    if delta.get("content").is_some_and(Value::is_array) || delta.get("function_call").is_some_and(Value::is_object) {
        return None;
    }
    for member in ["content", "refusal", "reasoning_content", "reasoning"] {
        append(message, member, delta.get(member).unwrap_or(&Value::Null));
    }
    for call in delta.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
        let index = usize::try_from(call.get("index")?.as_u64()?).ok()?;
        let into = at(&mut message["tool_calls"], index);
        for member in ["id", "type"] {
            if let Some(text) = call.get(member).and_then(Value::as_str).filter(|text| !text.is_empty()) {
                if into.get(member).is_some_and(|known| known.as_str() != Some(text)) {
                    return None;
                }
                into[member] = json!(text);
            }
        }
        if !into["function"].is_object() {
            into["function"] = json!({});
        }
        let function = call.get("function").unwrap_or(&Value::Null);
        append(&mut into["function"], "name", function.get("name").unwrap_or(&Value::Null));
        append(&mut into["function"], "arguments", function.get("arguments").unwrap_or(&Value::Null));
    }
    Some(())
}

fn openai_completions(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = json!({"object": "text_completion", "choices": []});
    for (_, chunk) in frames {
        for choice in chunk.get("choices")?.as_array()? {
            let index = usize::try_from(choice.get("index").and_then(Value::as_u64).unwrap_or(0)).ok()?;
            let into = at(&mut whole["choices"], index);
            into["index"] = json!(index);
            append(into, "text", choice.get("text").unwrap_or(&Value::Null));
            if let Some(reason) = choice.get("finish_reason").filter(|reason| reason.is_string()) {
                into["finish_reason"] = reason.clone();
            }
        }
        for member in ["id", "model", "created", "usage", "service_tier", "system_fingerprint"] {
            if !matches!(chunk.get(member), None | Some(Value::Null)) {
                whole[member] = chunk[member].clone();
            }
        }
    }
    Some(whole)
}

/// The last event has the whole response; <https://platform.openai.com/docs/api-reference/responses-streaming>.
fn openai_responses(frames: &[(String, Value)]) -> Option<Value> {
    let is_last = |kind: &str| matches!(kind, "response.completed" | "response.incomplete");
    let (_, last) = frames.iter().find(|(_, event)| event["type"].as_str().is_some_and(is_last))?;
    let whole = whole_of(last, "response")?;
    // Some gateways omit the output from the last event.
    whole["output"].as_array().is_some_and(|output| !output.is_empty()).then_some(whole)
}

/// <https://docs.anthropic.com/en/docs/build-with-claude/streaming>: blocks by their index; counts of `message_delta`
/// replace those of `message_start`.
fn anthropic_messages(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = Value::Null;
    for (_, event) in frames {
        match event["type"].as_str()? {
            "message_start" => whole = event["message"].clone(),
            "content_block_start" => {
                let index = usize::try_from(event["index"].as_u64()?).ok()?;
                *at(&mut whole["content"], index) = event["content_block"].clone();
            }
            "content_block_delta" => {
                let index = usize::try_from(event["index"].as_u64()?).ok()?;
                let block = at(&mut whole["content"], index);
                for member in ["text", "thinking", "signature"] {
                    append(block, member, &event["delta"][member]);
                }
                append(block, "partial", &event["delta"]["partial_json"]);
            }
            "content_block_stop" => {
                let index = usize::try_from(event["index"].as_u64()?).ok()?;
                let block = at(&mut whole["content"], index).as_object_mut()?;
                if let Some(partial) = block.remove("partial").filter(|partial| partial != "") {
                    block.insert("input".to_owned(), serde_json::from_str(partial.as_str()?).ok()?);
                }
            }
            "message_delta" => {
                whole["stop_reason"] = event["delta"]["stop_reason"].clone();
                if let Some(usage) = event["usage"].as_object() {
                    merge(whole["usage"].as_object_mut()?, usage);
                }
            }
            "error" => return None,
            _ => {}
        }
    }
    whole.get("stop_reason").filter(|reason| reason.is_string())?;
    Some(whole)
}

fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from.iter().filter(|(_, value)| !value.is_null()) {
        into.insert(name.clone(), value.clone());
    }
}

/// Every chunk is a whole answer with more parts; the last usage applies.
fn gemini(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = json!({});
    for (_, chunk) in frames {
        if chunk.get("error").is_some() {
            return None;
        }
        merge(
            whole.as_object_mut()?,
            &chunk
                .as_object()?
                .iter()
                .filter(|(name, _)| *name != "candidates")
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect(),
        );
        for (position, candidate) in chunk.get("candidates").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let index = candidate.get("index").and_then(Value::as_u64).map_or(Ok(position), usize::try_from).ok()?;
            let into = at(&mut whole["candidates"], index);
            let mut parts = into.pointer("/content/parts").and_then(Value::as_array).cloned().unwrap_or_default();
            parts.extend(candidate.pointer("/content/parts").and_then(Value::as_array).cloned().unwrap_or_default());
            merge(into.as_object_mut()?, candidate.as_object()?);
            into["content"] = json!({"role": "model", "parts": parts});
        }
    }
    Some(whole)
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html>; InvokeModel of Amazon
/// Nova has the same events as members of one object.
fn bedrock_converse(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = json!({"output": {"message": {"role": "assistant", "content": []}}});
    for (name, frame) in frames {
        let events: Vec<(&str, &Value)> = match frame.as_object().filter(|_| name.is_empty() || name == "chunk") {
            Some(members) => members.iter().map(|(name, event)| (name.as_str(), event)).collect(),
            None => vec![(name.as_str(), frame)],
        };
        for (name, event) in events {
            let block = event.get("contentBlockIndex").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            let content = &mut whole["output"]["message"]["content"];
            match (name, block) {
                ("contentBlockStart", Some(block)) => {
                    merge(at(content, block).as_object_mut()?, event["start"].as_object()?);
                }
                ("contentBlockDelta", Some(block)) => {
                    let (block, delta) = (at(content, block), &event["delta"]);
                    append(block, "text", &delta["text"]);
                    if let Some(text) = delta.pointer("/reasoningContent/text") {
                        if !block["reasoningContent"].is_object() {
                            block["reasoningContent"] = json!({"reasoningText": {}});
                        }
                        append(&mut block["reasoningContent"]["reasoningText"], "text", text);
                    }
                }
                ("messageStop", _) => whole["stopReason"] = event["stopReason"].clone(),
                ("metadata", _) => merge(whole.as_object_mut()?, event.as_object()?),
                _ => {}
            }
        }
    }
    whole.get("stopReason")?;
    Some(whole)
}

/// <https://docs.cohere.com/v2/docs/streaming>.
fn cohere_v2(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = json!({"message": {"role": "assistant", "content": [], "tool_calls": []}});
    for (_, event) in frames {
        let index = event.get("index").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
        let delta = &event["delta"];
        match event["type"].as_str()? {
            "message-start" => whole["id"] = event["id"].clone(),
            "content-start" => *at(&mut whole["message"]["content"], index?) = delta["message"]["content"].clone(),
            "content-delta" => {
                let into = at(&mut whole["message"]["content"], index?);
                append(into, "text", &delta["message"]["content"]["text"]);
                append(into, "thinking", &delta["message"]["content"]["thinking"]);
            }
            "tool-plan-delta" => append(&mut whole["message"], "tool_plan", &delta["message"]["tool_plan"]),
            "tool-call-start" => {
                *at(&mut whole["message"]["tool_calls"], index?) = delta["message"]["tool_calls"].clone();
            }
            "tool-call-delta" => {
                let into = at(&mut whole["message"]["tool_calls"], index?);
                append(&mut into["function"], "arguments", &delta["message"]["tool_calls"]["function"]["arguments"]);
            }
            "message-end" => merge(whole.as_object_mut()?, delta.as_object()?),
            _ => {}
        }
    }
    whole.get("finish_reason")?;
    Some(whole)
}

/// Every line has more of the text; the last has the counts.
fn ollama(frames: &[(String, Value)]) -> Option<Value> {
    let mut whole = json!({});
    let (mut message, mut response) = (json!({"role": "assistant"}), None::<String>);
    let mut calls = Vec::new();
    for (_, line) in frames {
        merge(whole.as_object_mut()?, line.as_object()?);
        for member in ["content", "thinking"] {
            append(&mut message, member, line.pointer(&format!("/message/{member}")).unwrap_or(&Value::Null));
        }
        calls.extend(line.pointer("/message/tool_calls").and_then(Value::as_array).cloned().unwrap_or_default());
        if let Some(text) = line.get("response").and_then(Value::as_str) {
            response = Some(response.unwrap_or_default() + text);
        }
    }
    if whole.get("message").is_some() {
        message["tool_calls"] = json!(calls);
        whole["message"] = message;
    }
    if let Some(response) = response {
        whole["response"] = json!(response);
    }
    (whole["done"] == json!(true)).then_some(whole)
}
