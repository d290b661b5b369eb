//! Cohere v2 chat: <https://docs.cohere.com/reference/chat> and `/docs/streaming`, read 2026-11-21.
//!
//! One reader serves whole answers and events: an event wraps a piece of the message in `delta`, with a single content
//! block or tool call in place of the message's list. Skips `logprobs`.

use super::common::{read_parameter, read_usage, write_refusal};
use crate::dialect::RequestError;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::members::Members;
use crate::dialect::parameters;
use crate::dialect::texts::{non_empty, read_other, read_rest};
use crate::dialect::turns::{read_earlier_call, read_part_of, read_typed_part};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, Event, Node, Parameter, PartKind, Property, Reply, Request, Role, TextKind, TextSpan,
};
use std::fmt::Write;

pub(in crate::dialect) const API: Api =
    Api { stream: Framing::ServerSentEvents, read_request, read_answer, write_text, write_refusal };

/// Part index for `tool_plan`, which Cohere calls a reflection in the style of a chain of thought: reasoning outside
/// the content blocks.
const PLAN: u32 = u32::MAX;

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "messages"]);
        match &*key {
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            "thinking" => read_thinking(reader, &mut request)?,
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.items)?;
                }
            }
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads the mode of reasoning and the number of its tokens.
fn read_thinking(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => parameters::stray(reader, Parameter::ReasoningMode, request),
            "token_budget" => parameters::stray(reader, Parameter::ReasoningBudget, request),
            _ => reader.stray(),
        })
        .map(drop)
}

/// Members of a message, apart from its contents.
const MESSAGE: Members = Members(&[("role", Property::Role), ("tool_call_id", Property::CallId)]);

fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = None;
    reader.maybe_object(|reader, key| {
        MESSAGE.read(reader, &key, request, |reader, request| match &*key {
            "role" => {
                role = match reader.api_text()?.as_deref() {
                    Some("system" | "developer") => Some(Role::System),
                    Some("assistant") => Some(Role::Assistant),
                    Some("tool") => Some(Role::Tool),
                    _ => Some(Role::User),
                };
                Ok(())
            }
            "content" => read_content(reader, index, request),
            "tool_plan" => read_part_of(PartKind::Reasoning, request, |request| read_content(reader, index, request)),
            "tool_calls" => {
                reader.maybe_array(|reader, _| read_earlier_call(reader, index, request, read_arguments)).map(drop)
            }
            "tool_call_id" => reader.opaque(),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set_role(opened, role);
    if role == Some(Role::Tool) {
        request.items.texts_from_mut(opened).for_each(|leaf| leaf.place = TextKind::ToolResult);
    }
    Ok(())
}

/// Reads a message's content: a string, or an array of blocks.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => {
            let span = reader.string()?;
            request.items.push_text(crate::dialect::texts::text(span, index));
            Ok(())
        }
        ValueKind::Array => reader.array(|reader, _| match reader.peek()? {
            ValueKind::Object => read_part(reader, index, request),
            _ => read_content(reader, index, request),
        }),
        _ => read_other(reader, Some(index), &mut request.items),
    }
}

/// Members of a block, apart from its texts. Those of media are read by [`crate::dialect::texts::read_media`].
const BLOCK: Members = Members(&[("type", Property::Type), ("image_url", Property::Url)]);

fn read_part(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let read = |reader: &mut Reader<'_>, key: &str, request: &mut Request| match key {
        "text" | "thinking" => read_content(reader, index, request),
        // Addresses or encoded images, which would break once changed.
        "image_url" => crate::dialect::texts::read_media(reader, &mut request.items),
        _ => read_other(reader, Some(index), &mut request.items),
    };
    read_typed_part(reader, &BLOCK, block_kind, request, read).map(drop)
}

fn block_kind(kind: &str) -> PartKind {
    match kind {
        "text" => PartKind::Text,
        "thinking" => PartKind::Reasoning,
        "image_url" => PartKind::Image,
        "document" => PartKind::File,
        _ => PartKind::Other,
    }
}

/// Reads arguments: JSON text.
fn read_arguments(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> JsonResult<Option<Span>> {
    if reader.peek()? == ValueKind::String {
        let (span, place) = (reader.string()?, TextKind::Arguments);
        request.items.push_text(TextSpan { place, call: Some(call), ..crate::dialect::texts::text(span, index) });
    } else {
        read_other(reader, Some(index), &mut request.items)?;
    }
    Ok(None)
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let first = events.len();
    let (mut event, mut index) = (None, None);
    let mut facts = CohereV2Event::default();
    let mut reader = Reader::new(document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "type" => event = reader.maybe_string()?,
            "index" => index = reader.maybe_count()?.and_then(|index| index.try_into().ok()),
            "delta" => {
                reader.maybe_object(|reader, key| facts.read(reader, &key, events))?;
            }
            _ => facts.read(reader, &key, events)?,
        }
        Ok(())
    })?;
    if let Some(index) = index {
        crate::dialect::texts::set_part(events, first, index);
    }
    let plan = Channel { choice: 0, part: PLAN, content: Content::Reasoning };
    events.extend(facts.plan.map(|text| Event::Text { channel: plan, text }));
    events.extend(event.map(Event::EventName));
    events.extend(facts.reason.map(|reason| Event::Finish { choice: 0, reason }));
    let part = index.unwrap_or_default();
    match event.map(|event| document.text(event)).as_deref() {
        Some("message-end") => events.push(Event::End),
        Some("content-end" | "tool-call-end") => events.push(Event::PartEnd { choice: 0, part }),
        None if facts.answered => events.push(Event::End),
        _ => {}
    }
    facts.reported.finish(facts.answered || event.is_some(), events);
    reader.finish()
}

/// Facts of an answer or event besides the pieces of its message.
#[derive(Default)]
struct CohereV2Event {
    /// Set when there is a message.
    answered: bool,
    reason: Option<Span>,
    plan: Option<Span>,
    reported: Reported,
}

impl CohereV2Event {
    /// Reads a member of an answer, of an event or of its delta.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            // In an error `message` is a text.
            "message" if reader.peek()? == ValueKind::Object => {
                self.answered = true;
                reader.object(|reader, key| self.read_message(reader, &key, events))?;
            }
            "finish_reason" => self.reason = non_empty(reader)?,
            "usage" => read_usage(reader, events)?,
            // Single tokens: none holds a whole placeholder.
            "logprobs" => reader.skip()?,
            _ => {
                if !self.reported.read_flat(reader, key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    }

    fn read_message(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "content" => read_blocks(reader, events)?,
            "tool_plan" => self.plan = non_empty(reader)?,
            "tool_calls" => each(reader, events, read_call)?,
            "role" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }
}

/// Reads the elements of a list, or a single element without a list.
fn each(
    reader: &mut Reader<'_>,
    events: &mut Vec<Event>,
    read: fn(&mut Reader<'_>, u32, &mut Vec<Event>) -> JsonResult,
) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, position| read(reader, position, events)),
        _ => read(reader, 0, events),
    }
}

/// Reads a message's content, or a block of it.
fn read_blocks(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    if reader.peek()? == ValueKind::String {
        return read_text(reader, 0, Content::Text, events);
    }
    each(reader, events, read_block)
}

fn read_block(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => {
                events.extend(non_empty(reader)?.map(|kind| Event::Part { choice: 0, part, kind }));
                Ok(())
            }
            "text" => read_text(reader, part, Content::Text, events),
            "thinking" => read_text(reader, part, Content::Reasoning, events),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, part: u32, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part, content };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

/// Reads a tool call, or its start or a fragment of it.
fn read_call(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
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
                        _ => read_rest(reader, events)?,
                    }
                    Ok(())
                })?;
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if id.is_some() || name.is_some() {
        events.push(Event::ToolCall { choice: 0, part, id, name, builtin: false });
    }
    let channel = Channel { choice: 0, part, content: Content::Arguments };
    events.extend(arguments.map(|text| Event::Text { channel, text }));
    Ok(())
}

fn write_text(_: &Reply, channel: Channel, text: &str) -> WrittenFrame {
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
    WrittenFrame { name, data }
}
