//! Anthropic messages: <https://docs.anthropic.com/en/api/messages> and `/messages-streaming`, read 2026-11-20.
//!
//! Whole answers and events are read alike, by their members' names: an event wraps a message, a content block or a
//! delta in a member of that name. Not read: images, and the provider's encrypted results of its own tools.

use super::Unread;
use super::api::{Api, Frame, Written};
use crate::chat::{CallName, Channel, Content, Counting, Delta, Leaf, Place, Refusal, Reply, Request, Role, Tally};
use crate::document::{Document, Kind, Loose, Reader, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api = Api {
    key_header: "x-api-key",
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text,
    write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "messages", "system"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "system" => read_system(reader, &mut request)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    reader.finish()?;
    match once.repeated() {
        Some(field) => Err(Unread::Ambiguous(field)),
        None => Ok(request),
    }
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "max_tokens" => parameters.max_tokens = reader.maybe_number()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" => parameters.top_p = reader.maybe_number()?,
        "top_k" => parameters.top_k = reader.maybe_number()?,
        "service_tier" => parameters.service_tier = reader.maybe_text()?.map(Into::into),
        "stop_sequences" => return super::leaves::read_stop(reader, request),
        "output_config" => return read_output_config(reader, request),
        _ => return super::leaves::read_other(reader, None, &mut request.leaves),
    }
    Ok(())
}

fn read_output_config(reader: &mut Reader<'_>, request: &mut Request) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "effort" => {
                request.parameters.reasoning_level = reader.maybe_text()?.map(Into::into);
                Ok(())
            }
            "format" => {
                request.parameters.output_type = Some("json");
                super::leaves::read_other(reader, None, &mut request.leaves)
            }
            _ => super::leaves::read_other(reader, None, &mut request.leaves),
        })
        .map(drop)
}

fn read_system(reader: &mut Reader<'_>, request: &mut Request) -> Read {
    let first = request.leaves.len();
    read_content(reader, None, request)?;
    for leaf in request.leaves.iter_mut().skip(first) {
        leaf.role = Some(Role::System);
    }
    Ok(())
}

fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let first = request.leaves.len();
    let mut role = None;
    reader.maybe_object(|reader, key| match &*key {
        "role" => {
            role = match reader.maybe_text()?.as_deref() {
                Some("assistant") => Some(Role::Assistant),
                Some("system") => Some(Role::System),
                _ => Some(Role::User),
            };
            Ok(())
        }
        "content" => read_content(reader, Some(index), request),
        _ => super::leaves::read_other(reader, Some(index), &mut request.leaves),
    })?;
    for leaf in request.leaves.iter_mut().skip(first) {
        leaf.role = if leaf.place == Place::ToolResult { Some(Role::Tool) } else { role };
    }
    Ok(())
}

/// Content: a string, or an array of blocks.
fn read_content(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> Read {
    if reader.peek()? == Kind::Array {
        return reader.array(|reader, _| read_block(reader, message, request));
    }
    read_string(reader, Place::Text, message, request)
}

fn read_string(reader: &mut Reader<'_>, place: Place, message: Option<u32>, request: &mut Request) -> Read {
    if reader.peek()? != Kind::String {
        return super::leaves::read_other(reader, message, &mut request.leaves);
    }
    let span = reader.string()?;
    request.leaves.push(Leaf { span, place, role: None, message, call: None });
    Ok(())
}

/// One block of content; which kind it is, its members tell.
fn read_block(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> Read {
    if reader.peek()? != Kind::Object {
        return read_string(reader, Place::Text, message, request);
    }
    let first = request.leaves.len();
    let mut names = CallName::default();
    let mut is_result = false;
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    reader.object(|reader, key| match &*key {
        "type" | "cache_control" | "signature" | "data" | "encrypted_content" => reader.skip(),
        "id" => {
            names.id = reader.maybe_string()?;
            Ok(())
        }
        "tool_use_id" => {
            is_result = true;
            reader.skip()
        }
        "name" => {
            names.name = reader.maybe_string()?;
            Ok(())
        }
        "text" => read_string(reader, Place::Text, message, request),
        "thinking" => read_string(reader, Place::SignedReasoning, message, request),
        "content" => read_content(reader, message, request),
        "input" => {
            let start = reader.peek().map(|_| reader.offset())?;
            read_input(reader, message, call, request)?;
            names.input = Some(super::leaves::span(start, reader.offset()));
            Ok(())
        }
        "source" => read_source(reader, message, request),
        _ => super::leaves::read_other(reader, message, &mut request.leaves),
    })?;
    if names.input.is_some() {
        request.tool_calls.push(names);
    }
    if is_result {
        for leaf in request.leaves.iter_mut().skip(first) {
            leaf.place = Place::ToolResult;
        }
    }
    Ok(())
}

/// Arguments of an earlier tool call: names, strings and numbers alike may be personal.
fn read_input(reader: &mut Reader<'_>, message: Option<u32>, call: u32, request: &mut Request) -> Read {
    reader.loose(&mut |part| {
        let (span, place) = match part {
            Loose::Key(span) | Loose::String(span) => (span, Place::ArgumentLeaf),
            Loose::Number(span) => (span, Place::ArgumentNumber),
        };
        request.leaves.push(Leaf { span, place, role: None, message, call: Some(call) });
    })
}

/// The source of an image or document. Encoded bytes and addresses are left alone, a plain text is a text.
fn read_source(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> Read {
    if reader.peek()? == Kind::String {
        return read_string(reader, Place::Other, message, request);
    }
    let mut is_text = false;
    let mut data = None;
    reader.maybe_object(|reader, key| match &*key {
        "type" => {
            is_text = reader.maybe_text()?.as_deref() == Some("text");
            Ok(())
        }
        "data" => {
            data = reader.maybe_string()?;
            Ok(())
        }
        "media_type" | "url" | "file_id" => reader.skip(),
        "content" => read_content(reader, message, request),
        _ => super::leaves::read_other(reader, message, &mut request.leaves),
    })?;
    if let Some(span) = data.filter(|_| is_text) {
        request.leaves.push(Leaf { span, place: Place::Text, role: None, message, call: None });
    }
    Ok(())
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    let mut reader = Reader::new(document);
    let mut kind = None;
    let mut index = 0;
    let first = deltas.len();
    reader.maybe_object(|reader, key| match &*key {
        "type" => {
            kind = reader.maybe_string()?;
            Ok(())
        }
        "index" => {
            index = reader.maybe_number()?.unwrap_or_default();
            Ok(())
        }
        "message" => reader.maybe_object(|reader, key| read_message_member(reader, &key, deltas)).map(drop),
        "content_block" => read_answered_block(reader, 0, deltas),
        "delta" => read_delta(reader, deltas),
        "error" => super::failure::read(reader, deltas),
        _ => read_message_member(reader, &key, deltas),
    })?;
    match kind.map(|kind| document.text(kind)).as_deref() {
        Some("message") => deltas.push(Delta::End),
        Some("message_stop") => deltas.push(Delta::End),
        Some("content_block_stop") => deltas.push(Delta::PartEnd { choice: 0, part: index }),
        Some("content_block_start" | "content_block_delta") => super::leaves::set_part(deltas, first, index),
        _ => {}
    }
    reader.finish()
}

/// A member of a message, which is a whole answer or what `message_start` wraps; or of `message_delta`'s delta.
fn read_message_member(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "id" => deltas.extend(reader.maybe_string()?.map(Delta::Id)),
        "model" => deltas.extend(reader.maybe_string()?.map(Delta::Model)),
        "content" => {
            reader.maybe_array(|reader, part| read_answered_block(reader, part, deltas))?;
        }
        "stop_reason" => {
            let reason = reader.maybe_string()?;
            deltas.extend(reason.map(|reason| Delta::Finish { choice: 0, reason }));
        }
        "usage" => read_usage(reader, deltas)?,
        "role" | "type" | "request_id" => reader.skip()?,
        _ => super::leaves::read_rest(reader, deltas)?,
    }
    Ok(())
}

/// A content block, whole or at its start.
fn read_answered_block(reader: &mut Reader<'_>, part: u32, deltas: &mut Vec<Delta>) -> Read {
    let (mut id, mut name, mut input) = (None, None, None);
    let first = deltas.len();
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = reader.maybe_string()?,
            "name" => name = reader.maybe_string()?,
            "input" => {
                let start = reader.peek().map(|_| reader.offset())?;
                super::leaves::read_rest(reader, deltas)?;
                input = Some(super::leaves::span(start, reader.offset()));
            }
            "text" => read_text(reader, Content::Text, deltas)?,
            "thinking" => read_text(reader, Content::Reasoning, deltas)?,
            "type" | "signature" | "data" | "encrypted_content" => reader.skip()?,
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    if let Some(value) = input {
        deltas.push(Delta::ToolCall { choice: 0, part, id, name, builtin: false });
        deltas.push(Delta::Arguments { choice: 0, part, value });
    }
    super::leaves::set_part(deltas, first, part);
    Ok(())
}

/// The delta of a content block, or of the message.
fn read_delta(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" => read_text(reader, Content::Text, deltas),
            "thinking" => read_text(reader, Content::Reasoning, deltas),
            "partial_json" => read_text(reader, Content::Arguments, deltas),
            "signature" | "type" => reader.skip(),
            _ => read_message_member(reader, &key, deltas),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    if let Some(text) = reader.maybe_string()?.filter(|span| span.start < span.end) {
        deltas.push(Delta::Text { channel: Channel { choice: 0, part: 0, content }, text });
    }
    Ok(())
}

/// Anthropic counts cached tokens beside the input, and reasoning within the output.
fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut tally = Tally::default();
    let start = reader.peek().map(|_| reader.offset())?;
    reader.maybe_object(|reader, key| {
        match &*key {
            "input_tokens" => tally.input = reader.maybe_number()?,
            "cache_read_input_tokens" => tally.cache_read = reader.maybe_number()?,
            "cache_creation_input_tokens" => tally.cache_write = reader.maybe_number()?,
            "cache_creation" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "ephemeral_5m_input_tokens" => tally.cache_write_5m = reader.maybe_number()?,
                        "ephemeral_1h_input_tokens" => tally.cache_write_1h = reader.maybe_number()?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            "output_tokens" => tally.output = reader.maybe_number()?,
            "output_tokens_details" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "thinking_tokens" => tally.reasoning = reader.maybe_number()?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            "service_tier" => deltas.extend(reader.maybe_string()?.map(Delta::ServiceTier)),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    super::leaves::counted(tally, Counting::CacheBeside, super::leaves::span(start, reader.offset()), deltas);
    Ok(())
}

fn write_text(_: &Reply, channel: Channel, text: &str) -> Written {
    let part = channel.part;
    let (kind, member) = match channel.content {
        Content::Text | Content::Refusal => ("text_delta", "text"),
        Content::Reasoning => ("thinking_delta", "thinking"),
        Content::Arguments => ("input_json_delta", "partial_json"),
    };
    let mut data = String::new();
    let _ = write!(data, r#"{{"type":"content_block_delta","index":{part},"#);
    let _ = write!(data, r#""delta":{{"type":"{kind}","{member}":""#);
    escape_into(text, &mut data);
    data.push_str("\"}}");
    Written { name: "content_block_delta", data }
}

/// Errors: <https://docs.anthropic.com/en/api/errors>, read 2026-11-20.
pub(super) fn write_refusal(refusal: &Refusal) -> String {
    let kind = refusal.anthropic_type();
    let mut body = format!(r#"{{"type":"error","error":{{"type":"{kind}","message":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}}");
    body
}
