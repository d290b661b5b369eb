//! OpenAI chat completions: <https://platform.openai.com/docs/api-reference/chat>, read 2026-11-21. Answers are read in
//! `answer.rs`, together with those of completions.

use super::message::FUNCTION_CALL;
use super::parameters::{self as parameters, StreamOptions};
use crate::dialect::RequestError;
use crate::dialect::api::{Api, WrittenFrame};
use crate::dialect::texts::{mark_signed, read_other, read_state, signature, text};
use crate::document::{Document, JsonResult, Reader, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{CallName, Channel, Content, Refusal, Reply, Request, Role, TextKind, TextSpan};
use std::fmt::Write;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer: super::answer::read_chat,
    write_text,
    write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request::default();
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let mut options = StreamOptions::none(document);
    let (mut streams_usage_by_default, mut agent) = (false, None);
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "agent_id", "stream", "stream_options", "messages"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            // Mistral's agents have a model of their own: <https://docs.mistral.ai/api/#tag/agents>.
            "agent_id" => agent = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "stream_options" => options = StreamOptions::read(reader)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            // OpenRouter: <https://openrouter.ai/docs/use-cases/usage-accounting>.
            "usage" => streams_usage_by_default |= read_usage_options(reader, &mut request)?,
            // Azure's answers from the caller's own data. Azure refuses `stream_options` in such requests:
            // <https://github.com/Azure/azure-sdk-for-js/issues/30751>, read 2026-11-28.
            "data_sources" | "dataSources" => {
                streams_usage_by_default |= reader.peek()? == ValueKind::Array;
                read_data_sources(reader, &mut request)?;
            }
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check()?;
    request.model = request.model.or(agent);
    options.apply(streams_usage_by_default, &mut request);
    Ok(request)
}

/// Reads data sources. Their locations and credentials would be invalid once changed; instructions for the answer are
/// texts: <https://learn.microsoft.com/en-us/azure/ai-services/openai/references/on-your-data>, read 2026-11-28.
fn read_data_sources(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_data_sources(reader, request)),
        ValueKind::Object => reader.object(|reader, key| match &*key {
            "parameters" => read_data_sources(reader, request),
            "role_information" | "roleInformation" | "filter" => read_other(reader, None, &mut request.items),
            _ => reader.skip(),
        }),
        _ => reader.skip(),
    }
}

fn read_usage_options(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult<bool> {
    let mut include = false;
    reader.maybe_object(|reader, key| match &*key {
        "include" if reader.peek()? == ValueKind::Bool => {
            include = reader.maybe_bool()? == Some(true);
            Ok(())
        }
        _ => read_other(reader, None, &mut request.items),
    })?;
    Ok(include)
}

/// Reads a parameter or any other member.
pub(in crate::dialect) fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "reasoning_effort" => request.parameters.reasoning_level = reader.api_text()?.map(Into::into),
        "reasoning" => read_reasoning(reader, request)?,
        "response_format" => read_response_format(reader, request)?,
        "modalities" => read_modalities(reader, request)?,
        "tools" => {
            reader.maybe_array(|reader, _| crate::dialect::other_models::read_tool(reader, None, request))?;
        }
        // Ollama's own parameters, in addition to OpenAI's.
        "options" => read_options(reader, request)?,
        // Fill in the middle (Mistral), with answers like a chat's.
        "prompt" | "suffix" if reader.peek()? == ValueKind::String => {
            let leaf = TextSpan { role: Some(Role::User), ..text(reader.string()?, 0) };
            request.items.push_text(leaf);
        }
        _ => {
            if !parameters::read(reader, key, request)? {
                read_other(reader, None, &mut request.items)?;
            }
        }
    }
    Ok(())
}

/// Reads the reasoning effort as OpenRouter and Snowflake spell it: `{"effort":"high"}`.
fn read_reasoning(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "effort" => {
                request.parameters.reasoning_level = reader.api_text()?.map(Into::into);
                Ok(())
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

fn read_options(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let mut inner = Request::default();
    reader.maybe_object(|reader, key| {
        if !parameters::read(reader, &key, &mut inner)? {
            read_other(reader, None, &mut inner.items)?;
        }
        Ok(())
    })?;
    request.items.append(&mut inner.items);
    parameters::fill(&mut request.parameters, inner.parameters);
    Ok(())
}

fn read_response_format(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => {
                request.parameters.output_type = match reader.api_text()?.as_deref() {
                    Some("text") => Some("text"),
                    Some("json_object" | "json_schema") => Some("json"),
                    _ => None,
                };
                Ok(())
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Reads the requested output modalities. A modality other than plain text becomes the output type.
fn read_modalities(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let document = reader.document();
    let first = request.items.len();
    read_other(reader, None, &mut request.items)?;
    let asks = |word: &str| request.items.texts_from(first).any(|leaf| document.raw(leaf.span) == word);
    let told = [("audio", "speech"), ("image", "image")].into_iter().find(|(word, _)| asks(word));
    if let (None, Some((_, kind))) = (request.parameters.output_type, told) {
        request.parameters.output_type = Some(kind);
    }
    Ok(())
}

/// Reads a message of a request.
pub(in crate::dialect) fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    let mut role = None;
    reader.maybe_object(|reader, key| match &*key {
        "role" => {
            role = match reader.api_text()?.as_deref() {
                Some("system" | "developer") => Some(Role::System),
                Some("assistant") => Some(Role::Assistant),
                Some("tool" | "function") => Some(Role::Tool),
                _ => Some(Role::User),
            };
            Ok(())
        }
        "content" | "refusal" | "reasoning_content" | "reasoning" | "reasoning_text" | "thinking" => {
            read_content(reader, TextKind::Text, index, request)
        }
        // Reasoning, possibly signed by its provider (OpenRouter, Snowflake; LiteLLM).
        "reasoning_details" | "thinking_blocks" => read_details(reader, index, request),
        // Audio of an earlier answer, stored at the provider.
        "audio" => reader
            .maybe_object(|reader, key| match &*key {
                "id" => read_state(reader, "audio", request),
                _ => read_other(reader, Some(index), &mut request.items),
            })
            .map(drop),
        "tool_calls" => reader.maybe_array(|reader, _| read_tool_call(reader, index, request)).map(drop),
        "function_call" => read_tool_call(reader, index, request),
        // The second: encoded images made by the model (OpenRouter).
        "tool_call_id" => reader.opaque(),
        "images" => crate::dialect::texts::read_media(reader, &mut request.items),
        _ => read_other(reader, Some(index), &mut request.items),
    })?;
    for leaf in request.items.texts_from_mut(first) {
        leaf.role = role;
        if role == Some(Role::Tool) && leaf.place == TextKind::Text {
            leaf.place = TextKind::ToolResult;
        }
    }
    Ok(())
}

/// Reads a message's content, or a part of it: a string, a list of parts, a part.
pub(in crate::dialect) fn read_content(
    reader: &mut Reader<'_>,
    place: TextKind,
    index: u32,
    request: &mut Request,
) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => {
            let span = reader.string()?;
            request.items.push_text(TextSpan { place, ..text(span, index) });
            Ok(())
        }
        ValueKind::Array => reader.array(|reader, _| read_content(reader, place, index, request)),
        ValueKind::Object => {
            let first = request.items.len();
            let mut is_signed = false;
            reader.object(|reader, key| {
                if &*key == "signature" {
                    is_signed |= signature(reader)?;
                    return Ok(());
                }
                read_part(reader, &key, place, index, request)
            })?;
            if is_signed {
                mark_signed(&mut request.items, first);
            }
            Ok(())
        }
        _ => reader.skip(),
    }
}

/// Reads a member of a content part.
fn read_part(reader: &mut Reader<'_>, key: &str, place: TextKind, index: u32, request: &mut Request) -> JsonResult {
    match key {
        "type" => reader.api_word().map(drop),
        "cache_control" => reader.stray(),
        "text" | "refusal" | "thinking" | "summary" => read_content(reader, place, index, request),
        // Addresses and encoded media: they would break once changed, and nobody reads them as text. The last two are
        // Mistral's: <https://docs.mistral.ai/api/#tag/chat>.
        "image_url" | "input_audio" | "document_url" | "file_id" => {
            crate::dialect::texts::read_media(reader, &mut request.items)
        }
        "file" | "file_url" | "video_url" | "audio_url" if reader.peek()? == ValueKind::Object => {
            read_media(reader, index, request)
        }
        _ => read_other(reader, Some(index), &mut request.items),
    }
}

/// Reads reasoning details: <https://openrouter.ai/docs/use-cases/reasoning-tokens>, read 2026-11-28.
fn read_details(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_details(reader, index, request)),
        ValueKind::Object => {
            let first = request.items.len();
            let mut is_signed = false;
            reader.object(|reader, key| match &*key {
                "signature" => {
                    is_signed |= signature(reader)?;
                    Ok(())
                }
                "format" => {
                    is_signed |= is_signed_format(reader)?;
                    Ok(())
                }
                "id" | "data" => reader.opaque(),
                _ => read_part(reader, &key, TextKind::Reasoning, index, request),
            })?;
            if is_signed {
                mark_signed(&mut request.items, first);
            }
            Ok(())
        }
        _ => read_content(reader, TextKind::Reasoning, index, request),
    }
}

/// Reads the format of a reasoning detail. Returns whether its provider signs or encrypts reasoning.
pub(in crate::dialect) fn is_signed_format(reader: &mut Reader<'_>) -> JsonResult<bool> {
    let document = reader.document();
    Ok(reader.maybe_id()?.is_some_and(|format| !matches!(document.raw(format), "" | "unknown")))
}

/// Reads a file. Its bytes and address are no texts, its name is one.
fn read_media(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| match &*key {
        "file_data" | "file_id" | "url" | "data" | "format" => reader.opaque(),
        _ => read_other(reader, Some(index), &mut request.items),
    })
}

/// Reads a tool call of an earlier turn, or the deprecated function call.
fn read_tool_call(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, Some(index), &mut request.items);
    }
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    request.tool_calls.push(CallName::default());
    read_call_fields(reader, index, call, request)
}

fn read_call_fields(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "id" | "name" => {
                let span = reader.maybe_id()?;
                if let Some(names) = request.tool_calls.get_mut(call as usize) {
                    *(if &*key == "id" { &mut names.id } else { &mut names.name }) = span;
                }
                Ok(())
            }
            "type" | "index" => reader.api_word().map(drop),
            "function" | "custom" if reader.peek()? == ValueKind::Object => {
                read_call_fields(reader, index, call, request)
            }
            "arguments" | "input" if reader.peek()? == ValueKind::String => {
                let span = reader.string()?;
                let place = TextKind::Arguments;
                request.items.push_text(TextSpan { place, call: Some(call), ..text(span, index) });
                Ok(())
            }
            _ => read_other(reader, Some(index), &mut request.items),
        })
        .map(drop)
}

pub(in crate::dialect) fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = chunk(reply, "chat.completion.chunk");
    let Channel { choice, part, content } = channel;
    let _ = write!(data, r#""choices":[{{"index":{choice},"delta":{{"#);
    let end = match content {
        Content::Text => {
            data.push_str(r#""content":""#);
            "\""
        }
        Content::Refusal => {
            data.push_str(r#""refusal":""#);
            "\""
        }
        Content::Speech => {
            data.push_str(r#""audio":{"transcript":""#);
            "\"}"
        }
        Content::Reasoning | Content::SignedReasoning => {
            let (before, behind) = super::thoughts::around(part);
            data.push_str(before);
            behind
        }
        Content::Arguments if part == FUNCTION_CALL => {
            data.push_str(r#""function_call":{"arguments":""#);
            "\"}"
        }
        Content::Input => {
            let _ = write!(data, r#""tool_calls":[{{"index":{part},"custom":{{"input":""#);
            "\"}}]"
        }
        Content::Arguments => {
            let _ = write!(data, r#""tool_calls":[{{"index":{part},"function":{{"arguments":""#);
            "\"}}]"
        }
    };
    escape_into(text, &mut data);
    data.push_str(end);
    data.push_str("},\"finish_reason\":null}]}");
    WrittenFrame { name: "", data }
}

/// Writes the start of an event, up to its choices.
pub(in crate::dialect) fn chunk(reply: &Reply, object: &str) -> String {
    let mut data = String::from("{");
    let mut member = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            let _ = write!(data, "\"{name}\":\"");
            escape_into(value, &mut data);
            data.push_str("\",");
        }
    };
    member("id", reply.id.as_ref());
    member("model", reply.model.as_ref());
    let created = reply.created.unwrap_or_default();
    let _ = write!(data, r#""object":"{object}","created":{created},"#);
    data
}

/// Writes an error: <https://platform.openai.com/docs/guides/error-codes/api-errors>, read 2026-11-20.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":{"message":""#);
    escape_into(&refusal.message(), &mut body);
    let (kind, code) = (refusal.openai_type(), refusal.code());
    let _ = write!(body, r#"","type":"{kind}","param":null,"code":"{code}"}}}}"#);
    body
}
