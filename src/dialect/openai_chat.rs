//! OpenAI chat completions: <https://platform.openai.com/docs/api-reference/chat>, read 2026-11-20.
//!
//! Whole answers and events are read alike: an event is a `chat.completion.chunk`, whose choices carry a `delta` where
//! a whole answer's carry a `message`. Not read: `logprobs`, images and audio in messages.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::leaves::non_empty;
use crate::chat::{CallName, Channel, Content, Delta, Leaf, Place, Refusal, Reply, Request, Role};
use crate::document::{Document, Kind, Reader, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api = Api {
    key_header: "authorization",
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text,
    write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request::default();
    let mut once = super::once::Once::default();
    let opening = opening_brace(document);
    let mut options = StreamOptions {
        asked: false,
        place: opening..opening,
        text: r#""stream_options":{"include_usage":true},"#.to_owned(),
    };
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "stream_options", "messages"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "stream_options" => options = read_stream_options(reader)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    reader.finish()?;
    if let Some(field) = once.repeated() {
        return Err(Unread::Ambiguous(field));
    }
    request.usage_asked = options.asked;
    if request.stream && !options.asked {
        request.ask_usage = Some((options.place, options.text));
    }
    Ok(request)
}

/// Whether usage was asked for in the stream, and what has to be put where to ask for it.
struct StreamOptions {
    asked: bool,
    place: std::ops::Range<usize>,
    text: String,
}

fn read_stream_options(reader: &mut Reader<'_>) -> Result<StreamOptions, Unreadable> {
    let document = reader.document();
    reader.peek()?;
    let start = reader.offset();
    let (mut include, mut is_empty) = (None, true);
    let is_object = reader.maybe_object(|reader, key| {
        is_empty = false;
        if &*key == "include_usage" {
            include = Some(reader.value()?);
            return Ok(());
        }
        reader.skip()
    })?;
    let asked = include.is_some_and(|value| document.raw(value) == "true");
    let (place, text) = match include {
        Some(value) => (value.range(), "true"),
        None if !is_object => (start..reader.offset(), r#"{"include_usage":true}"#),
        None if is_empty => (start + 1..start + 1, r#""include_usage":true"#),
        None => (start + 1..start + 1, r#""include_usage":true,"#),
    };
    Ok(StreamOptions { asked, place, text: text.to_owned() })
}

/// The offset behind the first brace.
fn opening_brace(document: Document<'_>) -> usize {
    document.as_str().find('{').map_or(0, |at| at + 1)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "max_tokens" | "max_completion_tokens" => {
            parameters.max_tokens = reader.maybe_number()?.or(parameters.max_tokens);
        }
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" => parameters.top_p = reader.maybe_number()?,
        "frequency_penalty" => parameters.frequency_penalty = reader.maybe_number()?,
        "presence_penalty" => parameters.presence_penalty = reader.maybe_number()?,
        "seed" => parameters.seed = reader.maybe_number()?,
        "n" => parameters.choices = reader.maybe_number()?,
        "reasoning_effort" => parameters.reasoning_level = reader.maybe_text()?.map(Into::into),
        "service_tier" => parameters.service_tier = reader.maybe_text()?.map(Into::into),
        "stop" => return super::leaves::read_stop(reader, request),
        "response_format" => return read_response_format(reader, request),
        _ => return read_other(reader, request, None),
    }
    Ok(())
}

fn read_response_format(reader: &mut Reader<'_>, request: &mut Request) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => {
                request.parameters.output_type = match reader.maybe_text()?.as_deref() {
                    Some("text") => Some("text"),
                    Some("json_object" | "json_schema") => Some("json"),
                    _ => None,
                };
                Ok(())
            }
            _ => read_other(reader, request, None),
        })
        .map(drop)
}

fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let first = request.leaves.len();
    let mut role = None;
    reader.maybe_object(|reader, key| match &*key {
        "role" => {
            role = match reader.maybe_text()?.as_deref() {
                Some("system" | "developer") => Some(Role::System),
                Some("assistant") => Some(Role::Assistant),
                Some("tool" | "function") => Some(Role::Tool),
                _ => Some(Role::User),
            };
            Ok(())
        }
        "content" | "refusal" | "reasoning_content" | "reasoning" => read_content(reader, index, request),
        "tool_calls" => reader.maybe_array(|reader, _| read_tool_call(reader, index, request)).map(drop),
        "function_call" => read_tool_call(reader, index, request),
        "tool_call_id" => reader.skip(),
        _ => read_other(reader, request, Some(index)),
    })?;
    for leaf in request.leaves.iter_mut().skip(first) {
        leaf.role = role;
        if role == Some(Role::Tool) && leaf.place == Place::Text {
            leaf.place = Place::ToolResult;
        }
    }
    Ok(())
}

/// A message's content: a string, or an array of parts.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    if reader.peek()? != Kind::Array {
        if let Some(span) = reader.maybe_string()? {
            request.leaves.push(super::leaves::text(span, index));
        }
        return Ok(());
    }
    reader.array(|reader, _| {
        if reader.peek()? == Kind::String {
            let span = reader.string()?;
            request.leaves.push(super::leaves::text(span, index));
            return Ok(());
        }
        reader
            .maybe_object(|reader, key| match &*key {
                "type" => reader.skip(),
                "text" | "refusal" => read_content(reader, index, request),
                // Addresses and encoded media: changed, they would be broken, and nobody reads them as text.
                "image_url" | "input_audio" | "file" => reader.skip(),
                _ => read_other(reader, request, Some(index)),
            })
            .map(drop)
    })
}

/// A tool call of an earlier turn, or the deprecated function call.
fn read_tool_call(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    request.tool_calls.push(CallName::default());
    read_call_fields(reader, index, call, request)
}

fn read_call_fields(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "id" | "name" => {
                let span = reader.maybe_string()?;
                if let Some(names) = request.tool_calls.get_mut(call as usize) {
                    *(if &*key == "id" { &mut names.id } else { &mut names.name }) = span;
                }
                Ok(())
            }
            "type" | "index" => reader.skip(),
            "function" | "custom" => read_call_fields(reader, index, call, request),
            "arguments" => {
                if let Some(span) = reader.maybe_string()? {
                    let place = Place::Arguments;
                    request.leaves.push(Leaf { place, call: Some(call), ..super::leaves::text(span, index) });
                }
                Ok(())
            }
            _ => read_other(reader, request, Some(index)),
        })
        .map(drop)
}

/// Anything else: its texts are noted, so that redaction covers what this reader does not know.
fn read_other(reader: &mut Reader<'_>, request: &mut Request, message: Option<u32>) -> Read {
    super::leaves::read_other(reader, message, &mut request.leaves)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    if document.as_str().trim() == "[DONE]" {
        deltas.push(Delta::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "created" => deltas.extend(reader.maybe_number()?.map(Delta::Created)),
            "service_tier" => deltas.extend(non_empty(reader)?.map(Delta::ServiceTier)),
            "system_fingerprint" => deltas.extend(non_empty(reader)?.map(Delta::Fingerprint)),
            "choices" => {
                reader.maybe_array(|reader, position| read_choice(reader, position, deltas))?;
            }
            "usage" => super::openai_usage::read(reader, deltas)?,
            "error" => super::failure::read(reader, deltas)?,
            "object" => reader.skip()?,
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    reader.finish()
}

fn read_choice(reader: &mut Reader<'_>, position: u32, deltas: &mut Vec<Delta>) -> Read {
    let first = deltas.len();
    let mut index = position;
    let mut finish = None;
    reader.maybe_object(|reader, key| match &*key {
        "index" => {
            index = reader.maybe_number()?.unwrap_or(position);
            Ok(())
        }
        "message" | "delta" => read_said(reader, deltas),
        "finish_reason" => {
            finish = non_empty(reader)?;
            Ok(())
        }
        // Tokens one by one: a placeholder is never whole in one of them.
        "logprobs" => reader.skip(),
        _ => super::leaves::read_rest(reader, deltas),
    })?;
    deltas.extend(finish.map(|reason| Delta::Finish { choice: index, reason }));
    super::leaves::set_choice(deltas, first, index);
    Ok(())
}

/// A whole answer's `message`, an event's `delta`.
fn read_said(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "content" => read_text(reader, Content::Text, deltas),
            "reasoning_content" | "reasoning" => read_text(reader, Content::Reasoning, deltas),
            "refusal" => read_text(reader, Content::Refusal, deltas),
            "tool_calls" => reader.maybe_array(|reader, position| read_called(reader, position, deltas)).map(drop),
            "function_call" => read_called(reader, 0, deltas),
            "role" | "audio" => reader.skip(),
            _ => super::leaves::read_rest(reader, deltas),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    if reader.peek()? != Kind::String {
        return super::leaves::read_rest(reader, deltas);
    }
    let text = reader.string()?;
    if text.start < text.end {
        deltas.push(Delta::Text { channel: Channel { choice: 0, part: 0, content }, text });
    }
    Ok(())
}

/// A tool call, or the beginning or a fragment of one.
fn read_called(reader: &mut Reader<'_>, position: u32, deltas: &mut Vec<Delta>) -> Read {
    let mut part = position;
    let (mut id, mut name, mut arguments) = (None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => part = reader.maybe_number()?.unwrap_or(position),
            "id" => id = non_empty(reader)?,
            "type" => reader.skip()?,
            "name" => name = non_empty(reader)?,
            "arguments" => arguments = non_empty(reader)?,
            "function" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "name" => name = non_empty(reader)?,
                        "arguments" => arguments = non_empty(reader)?,
                        _ => super::leaves::read_rest(reader, deltas)?,
                    }
                    Ok(())
                })?;
            }
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    if id.is_some() || name.is_some() {
        deltas.push(Delta::ToolCall { choice: 0, part, id, name, builtin: false });
    }
    let channel = Channel { choice: 0, part, content: Content::Arguments };
    deltas.extend(arguments.map(|text| Delta::Text { channel, text }));
    Ok(())
}

pub(super) fn write_text(reply: &Reply, channel: Channel, text: &str) -> Written {
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
    let (choice, part) = (channel.choice, channel.part);
    let _ = write!(data, r#""object":"chat.completion.chunk","created":{created},"#);
    let _ = write!(data, r#""choices":[{{"index":{choice},"delta":{{"#);
    match channel.content {
        Content::Text => data.push_str(r#""content":""#),
        Content::Reasoning => data.push_str(r#""reasoning_content":""#),
        Content::Refusal => data.push_str(r#""refusal":""#),
        Content::Arguments => {
            let _ = write!(data, r#""tool_calls":[{{"index":{part},"function":{{"arguments":""#);
        }
    }
    escape_into(text, &mut data);
    data.push_str(if channel.content == Content::Arguments { r#""}}]"# } else { "\"" });
    data.push_str("},\"finish_reason\":null}]}");
    Written { name: "", data }
}

/// Errors: <https://platform.openai.com/docs/guides/error-codes/api-errors>, read 2026-11-20.
pub(super) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":{"message":""#);
    escape_into(&refusal.message(), &mut body);
    let (kind, code) = (refusal.openai_type(), refusal.code());
    let _ = write!(body, r#"","type":"{kind}","param":null,"code":"{code}"}}}}"#);
    body
}
