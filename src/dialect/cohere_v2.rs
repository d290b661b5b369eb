//! Cohere v2 chat: <https://docs.cohere.com/reference/chat> and `/docs/streaming`, read 2026-11-21.
//!
//! Whole answers and events are read alike: an event wraps a piece of the message in `delta`, one block of content or one
//! tool call where the message has a list of them. Not read: `logprobs`.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::cohere::{read_parameter, read_usage, write_refusal};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest};
use crate::chat::{CallName, Channel, Content, Delta, Leaf, Place, Reply, Request, Role};
use crate::document::{Document, Kind, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api =
    Api { stream: Framing::ServerSentEvents, read_request, read_answer, write_text, write_refusal };

type Read = Result<(), Unreadable>;

/// The part that `tool_plan` is, which Cohere calls a reflection in the style of a chain of thought: reasoning, but none
/// of the blocks of content.
const PLAN: u32 = u32::MAX;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "messages"]);
        match &*key {
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            // A mode and a number.
            "thinking" => reader.stray()?,
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.leaves)?;
                }
            }
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let first = request.leaves.len();
    let mut role = None;
    reader.maybe_object(|reader, key| match &*key {
        "role" => {
            role = match reader.api_text()?.as_deref() {
                Some("system" | "developer") => Some(Role::System),
                Some("assistant") => Some(Role::Assistant),
                Some("tool") => Some(Role::Tool),
                _ => Some(Role::User),
            };
            Ok(())
        }
        "content" | "tool_plan" => read_content(reader, index, request),
        "tool_calls" => reader.maybe_array(|reader, _| read_earlier_call(reader, index, request)).map(drop),
        "tool_call_id" => reader.opaque(),
        _ => read_other(reader, Some(index), &mut request.leaves),
    })?;
    for leaf in request.leaves.iter_mut().skip(first) {
        leaf.role = role;
        if role == Some(Role::Tool) {
            leaf.place = Place::ToolResult;
        }
    }
    Ok(())
}

/// A message's content: a string, or an array of blocks.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    match reader.peek()? {
        Kind::String => {
            let span = reader.string()?;
            request.leaves.push(super::leaves::text(span, index));
            Ok(())
        }
        Kind::Array => reader.array(|reader, _| match reader.peek()? {
            Kind::Object => reader.object(|reader, key| match &*key {
                "text" | "thinking" => read_content(reader, index, request),
                // Addresses and encoded pictures: changed, they would be broken.
                "type" => reader.api_word().map(drop),
                "image_url" => super::leaves::read_media(reader, &mut request.leaves),
                _ => read_other(reader, Some(index), &mut request.leaves),
            }),
            _ => read_content(reader, index, request),
        }),
        _ => read_other(reader, Some(index), &mut request.leaves),
    }
}

/// A tool call of an earlier turn.
fn read_earlier_call(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    reader.maybe_object(|reader, key| match &*key {
        "id" => {
            names.id = reader.maybe_id()?;
            Ok(())
        }
        "function" => reader
            .maybe_object(|reader, key| match &*key {
                "name" => {
                    names.name = reader.maybe_id()?;
                    Ok(())
                }
                "arguments" if reader.peek()? == Kind::String => {
                    let (span, place) = (reader.string()?, Place::Arguments);
                    request.leaves.push(Leaf { place, call: Some(call), ..super::leaves::text(span, index) });
                    Ok(())
                }
                _ => read_other(reader, Some(index), &mut request.leaves),
            })
            .map(drop),
        "type" => reader.api_word().map(drop),
        _ => read_other(reader, Some(index), &mut request.leaves),
    })?;
    request.tool_calls.push(names);
    Ok(())
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    let first = deltas.len();
    let (mut event, mut index) = (None, None);
    let mut said = Said::default();
    let mut reader = Reader::new(document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "type" => event = reader.maybe_string()?,
            "index" => index = reader.maybe_count()?.and_then(|index| index.try_into().ok()),
            "delta" => {
                reader.maybe_object(|reader, key| said.read(reader, &key, deltas))?;
            }
            _ => said.read(reader, &key, deltas)?,
        }
        Ok(())
    })?;
    if let Some(index) = index {
        super::leaves::set_part(deltas, first, index);
    }
    let plan = Channel { choice: 0, part: PLAN, content: Content::Reasoning };
    deltas.extend(said.plan.map(|text| Delta::Text { channel: plan, text }));
    deltas.extend(event.map(Delta::Event));
    deltas.extend(said.reason.map(|reason| Delta::Finish { choice: 0, reason }));
    let part = index.unwrap_or_default();
    match event.map(|event| document.text(event)).as_deref() {
        Some("message-end") => deltas.push(Delta::End),
        Some("content-end" | "tool-call-end") => deltas.push(Delta::PartEnd { choice: 0, part }),
        None if said.answered => deltas.push(Delta::End),
        _ => {}
    }
    said.reported.finish(said.answered || event.is_some(), deltas);
    reader.finish()
}

/// What an answer or an event says besides the pieces of its message.
#[derive(Default)]
struct Said {
    /// Whether there is a message.
    answered: bool,
    reason: Option<Span>,
    plan: Option<Span>,
    reported: Reported,
}

impl Said {
    /// Reads a member of an answer, of an event or of its delta.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
        match key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            // An error's is a text.
            "message" if reader.peek()? == Kind::Object => {
                self.answered = true;
                reader.object(|reader, key| self.read_message(reader, &key, deltas))?;
            }
            "finish_reason" => self.reason = non_empty(reader)?,
            "usage" => read_usage(reader, deltas)?,
            // Tokens one by one, in which a placeholder is never whole.
            "logprobs" => reader.skip()?,
            _ => {
                if !self.reported.read_flat(reader, key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    }

    fn read_message(&mut self, reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
        match key {
            "content" => read_blocks(reader, deltas)?,
            "tool_plan" => self.plan = non_empty(reader)?,
            "tool_calls" => each(reader, deltas, read_call)?,
            "role" => reader.skip()?,
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    }
}

/// Reads the elements of a list, or the one there is without a list around it.
fn each(
    reader: &mut Reader<'_>,
    deltas: &mut Vec<Delta>,
    read: fn(&mut Reader<'_>, u32, &mut Vec<Delta>) -> Read,
) -> Read {
    match reader.peek()? {
        Kind::Array => reader.array(|reader, position| read(reader, position, deltas)),
        _ => read(reader, 0, deltas),
    }
}

/// A message's content, or a block of it.
fn read_blocks(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    if reader.peek()? == Kind::String {
        return read_text(reader, 0, Content::Text, deltas);
    }
    each(reader, deltas, read_block)
}

fn read_block(reader: &mut Reader<'_>, part: u32, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => {
                deltas.extend(non_empty(reader)?.map(|kind| Delta::Part { choice: 0, part, kind }));
                Ok(())
            }
            "text" => read_text(reader, part, Content::Text, deltas),
            "thinking" => read_text(reader, part, Content::Reasoning, deltas),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, part: u32, content: Content, deltas: &mut Vec<Delta>) -> Read {
    let channel = Channel { choice: 0, part, content };
    deltas.extend(non_empty(reader)?.map(|text| Delta::Text { channel, text }));
    Ok(())
}

/// A tool call, or the beginning or a fragment of one.
fn read_call(reader: &mut Reader<'_>, part: u32, deltas: &mut Vec<Delta>) -> Read {
    let (mut id, mut name, mut arguments) = (None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            "type" => reader.skip()?,
            "function" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "name" => name = non_empty(reader)?,
                        "arguments" => arguments = non_empty(reader)?,
                        _ => read_rest(reader, deltas)?,
                    }
                    Ok(())
                })?;
            }
            _ => read_rest(reader, deltas)?,
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

fn write_text(_: &Reply, channel: Channel, text: &str) -> Written {
    let part = channel.part;
    let (name, before, after) = match channel.content {
        Content::Reasoning if part == PLAN => ("tool-plan-delta", r#""tool_plan":""#, ""),
        Content::Reasoning | Content::SignedReasoning => ("content-delta", r#""content":{"thinking":""#, "}"),
        Content::Text | Content::Refusal | Content::Speech => ("content-delta", r#""content":{"text":""#, "}"),
        Content::Arguments | Content::Input => ("tool-call-delta", r#""tool_calls":{"function":{"arguments":""#, "}}"),
    };
    let mut data = format!(r#"{{"type":"{name}","#);
    if part != PLAN {
        let _ = write!(data, r#""index":{part},"#);
    }
    data.push_str(r#""delta":{"message":{"#);
    data.push_str(before);
    escape_into(text, &mut data);
    let _ = write!(data, "\"{after}}}}}}}");
    Written { name, data }
}
