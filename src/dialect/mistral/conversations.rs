//! Mistral conversations, which Mistral stores and whose tools it may run itself:
//! <https://docs.mistral.ai/api/#tag/beta.conversations>, read 2026-11-28, with the types of mistralai 3.7.0.
//!
//! Requests to start, continue and restart a conversation from an entry have the same members. A request names a model
//! or an agent; one that continues a conversation names neither, because the conversation has its model. An answer is a
//! list of entries, or events with pieces of them: additions to a message or to a call's arguments.

use crate::dialect::RequestError;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::members::{self, Members};
use crate::dialect::openai::chat::{read_content, read_parameter};
use crate::dialect::parameters::{self, Row, read_setting, row};
use crate::dialect::texts::{non_empty, object, read_other, read_rest, set_part, span};
use crate::dialect::tools::read_plain_tools;
use crate::dialect::turns::read_said;
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    CallName, Channel, Content, Event, Node, Parameter, PartKind, Property, Reply, Request, Role, TextKind, TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention};
use std::fmt::Write;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text,
    write_refusal: crate::dialect::openai::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let mut agent = None;
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "agent_id", "stream", "inputs", "instructions"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "agent_id" => agent = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "inputs" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, index| read_input(reader, index, &mut request))?;
            }
            "inputs" => read_said(reader, Role::User, Some(0), &mut request)?,
            "instructions" => read_said(reader, Role::System, None, &mut request)?,
            "tools" => read_plain_tools(reader, &mut request)?,
            "completion_args" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            "from_entry_id" | "agent_version" => reader.opaque()?,
            _ => read_setting(reader, ROWS, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    request.model = request.model.or(agent);
    unique.check().map(|()| request)
}

/// Names of parameters beside those of a chat, which are in `completion_args`.
const ROWS: &[Row] = &[row("store", Parameter::Store), row("metadata", Parameter::Metadata)];

/// Facts of an entry, whose type may follow them.
#[derive(Default)]
struct InputEntry {
    role: Option<Role>,
    kind: Option<Span>,
    names: CallName,
    /// Id of the entry.
    id: Option<Span>,
    is_call: bool,
}

/// Members of an entry, apart from its ids.
const INPUT_ENTRY: Members = Members(&[
    ("type", Property::Type),
    ("role", Property::Role),
    ("name", Property::Name),
    ("arguments", Property::Arguments),
    ("prefix", Property::Prefix),
]);

/// Reads an entry of the conversation so far: a message, a call, a tool's result. One that is no message is a part of a
/// message of its own.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let document = reader.document();
    let opened = request.items.open(Node::Message(None));
    let part = request.items.open(Node::Part(PartKind::Other));
    let mut entry = InputEntry::default();
    reader.maybe_object(|reader, key| {
        INPUT_ENTRY.read(reader, &key, request, |reader, request| entry.read_member(reader, &key, index, request))
    })?;
    let kind = match entry.kind.map(|kind| document.raw(kind)).unwrap_or_default() {
        "function.call" => Some(PartKind::ToolCall),
        "function.result" => Some(PartKind::ToolResult),
        "" | "message.input" | "message.output" => None,
        _ => Some(PartKind::Other),
    };
    entry.push_ids(kind, request);
    request.items.close();
    let role = entry.role.unwrap_or(Role::User);
    request.items.set_role(opened, Some(role));
    match kind {
        None => request.items.remove(part),
        Some(kind) => {
            request.items.set(part, Node::Part(kind));
            request.items.close();
            // A result of a tool is part of the user's turn.
            let turn = if role == Role::Tool { Role::User } else { role };
            request.items.set(opened, Node::Message(Some(turn)));
        }
    }
    if entry.is_call {
        request.tool_calls.push(entry.names);
    }
    Ok(())
}

impl InputEntry {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, index: u32, request: &mut Request) -> JsonResult {
        match key {
            "type" => {
                self.kind = reader.api_word()?;
                let document = reader.document();
                self.role = self.kind.and_then(|kind| role_of_entry(&document.text(kind))).or(self.role);
            }
            "role" => {
                let is_model = reader.api_text()?.as_deref() == Some("assistant");
                self.role = Some(if is_model { Role::Assistant } else { Role::User });
            }
            "content" => read_content(reader, TextKind::Text, index, request)?,
            "tool_call_id" => self.names.id = reader.maybe_id()?,
            "name" => self.names.name = reader.maybe_id()?,
            "arguments" => {
                self.is_call = true;
                let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
                self.names.input = read_arguments(reader, index, call, request)?;
            }
            "result" if reader.peek()? == ValueKind::String => {
                let (span, place) = (reader.string()?, TextKind::ToolResult);
                request.items.push_text(TextSpan { place, ..crate::dialect::texts::text(span, index) });
            }
            "id" => self.id = reader.maybe_id()?,
            "agent_id" | "model" => reader.opaque()?,
            _ => read_other(reader, Some(index), &mut request.items)?,
        }
        Ok(())
    }

    /// Records the ids. A result names its call by `tool_call_id`; the entry has an id besides.
    fn push_ids(&self, kind: Option<PartKind>, request: &mut Request) {
        let is_call = kind == Some(PartKind::ToolCall);
        members::push_ids(is_call, self.names.id, self.id, request);
    }
}

/// Role of an entry's author. `None` for input messages, which have a `role`.
fn role_of_entry(kind: &str) -> Option<Role> {
    match kind {
        "message.output" | "function.call" | "tool.execution" | "agent.handoff" => Some(Role::Assistant),
        "function.result" => Some(Role::Tool),
        _ => None,
    }
}

/// Reads arguments of an earlier call: JSON text, or a JSON value, whose location is returned.
fn read_arguments(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> JsonResult<Option<Span>> {
    if reader.peek()? == ValueKind::String {
        let (span, place) = (reader.string()?, TextKind::Arguments);
        request.items.push_text(TextSpan { place, call: Some(call), ..crate::dialect::texts::text(span, index) });
        return Ok(None);
    }
    let read =
        |reader: &mut Reader<'_>| crate::dialect::google::content::read_arguments(reader, Some(index), call, request);
    reader.spanned(read).map(|((), input)| Some(input))
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let first = events.len();
    let (mut answered, mut index) = (false, 0);
    let mut reported = Reported::default();
    let mut entry = ConversationEntry::default();
    let mut reader = Reader::new(document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "conversation_id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "outputs" => {
                answered = true;
                reader.maybe_array(|reader, position| read_entry(reader, position, events))?;
            }
            "usage" => read_usage(reader, events)?,
            "output_index" => index = reader.maybe_number()?.unwrap_or_default(),
            // Type of an event or of an error.
            "type" => entry.kind = non_empty(reader)?,
            "message" | "code" | "detail" | "error" => {
                reported.read_flat(reader, &key, events)?;
            }
            _ => entry.read(reader, &key, events)?,
        }
        Ok(())
    })?;
    let kind = entry.kind;
    let event = kind.map(|kind| document.text(kind)).unwrap_or_default();
    let is_event = event.contains('.');
    if is_event {
        entry.emit(document, events);
        set_part(events, first, index);
        events.extend(kind.map(Event::EventName));
    } else if let Some(value) = kind {
        reported.name(value);
    }
    reported.finish(answered || is_event && event != FAILED, events);
    if answered || event == DONE {
        events.push(Event::End);
    }
    reader.finish()
}

/// Last event of a stream.
const DONE: &str = "conversation.response.done";

/// Event that reports an error.
const FAILED: &str = "conversation.response.error";

/// Reads an entry of an answer.
fn read_entry(reader: &mut Reader<'_>, position: u32, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let mut entry = ConversationEntry::default();
    reader.maybe_object(|reader, key| match &*key {
        "type" => {
            entry.kind = non_empty(reader)?;
            Ok(())
        }
        _ => entry.read(reader, &key, events),
    })?;
    let document = reader.document();
    entry.emit(document, events);
    set_part(events, first, position);
    Ok(())
}

/// Facts of a call in an entry, or in an event that adds to one.
#[derive(Default)]
struct ConversationEntry {
    kind: Option<Span>,
    id: Option<Span>,
    call_id: Option<Span>,
    name: Option<Span>,
    text: Option<Span>,
    value: Option<Span>,
}

impl ConversationEntry {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "id" => self.id = non_empty(reader)?,
            "tool_call_id" => self.call_id = non_empty(reader)?,
            "name" => self.name = non_empty(reader)?,
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "content" if reader.peek()? == ValueKind::Object => {
                crate::dialect::openai::chat::message::read_part(reader, Content::Text, events)?;
            }
            "content" => crate::dialect::openai::chat::message::read_content(reader, Content::Text, events)?,
            "arguments" if reader.peek()? == ValueKind::String => self.text = Some(reader.string()?),
            "arguments" => self.value = Some(crate::dialect::google::candidate::read_json(reader, events)?),
            "object" | "role" | "agent_id" | "created_at" | "completed_at" | "content_index" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    /// Appends the call, if it is one: the client's, or one run by Mistral, which has the entry's id.
    fn emit(self, document: Document<'_>, events: &mut Vec<Event>) {
        let Self { kind, id, call_id, name, text, value } = self;
        let is = |word: &str| kind.is_some_and(|kind| document.raw(kind).starts_with(word));
        let (is_clients, is_mistrals) = (is("function.call"), is("tool.execution"));
        if is_clients || is_mistrals {
            let id = if is_clients { call_id } else { id };
            events.push(Event::ToolCall { choice: 0, part: 0, id, name, builtin: is_mistrals });
            let tool = name.filter(|_| is_mistrals).map(|name| document.text(name));
            events.extend(tool.and_then(|tool| crate::dialect::hosted_tools::of_tool(&tool)).map(Event::Fee));
        } else {
            events.extend(name.map(Event::Other));
            events.extend(id.map(|value| Event::Extra { name: ENTRY, value }));
        }
        let channel = Channel { choice: 0, part: 0, content: Content::Arguments };
        events.extend(text.filter(|text| text.start < text.end).map(|text| Event::Text { channel, text }));
        events.extend(value.map(|value| Event::Arguments { choice: 0, part: 0, value }));
    }
}

/// Name of the extra fact that stores the id of the current message.
const ENTRY: &str = "entry_id";

/// Reads usage. The prompt's tokens exclude those of connectors, which are Mistral's own tools.
fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let start = reader.peek().map(|_| reader.offset())?;
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "prompt_tokens" => counts.input = reader.maybe_count()?,
            "completion_tokens" => counts.output = reader.maybe_count()?,
            "total_tokens" => counts.total = reader.maybe_count()?,
            "connector_tokens" => counts.tool_input = reader.maybe_count()?,
            // Uses by connector.
            "connectors" => crate::dialect::hosted_tools::read_uses(reader, &mut counts, events)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    crate::dialect::texts::counted(counts, UsageConvention::Inclusive, span(start, reader.offset()), events);
    Ok(())
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let part = channel.part;
    let call = reply.tool_calls.iter().find(|call| call.part == part).filter(|_| is_of_a_call(channel));
    let name = match call {
        Some(call) if call.builtin => "tool.execution.delta",
        _ if is_of_a_call(channel) => "function.call.delta",
        _ => "message.output.delta",
    };
    let mut data = format!(r#"{{"type":"{name}","output_index":{part}"#);
    let mut member = |name: &str, value: &str| {
        let _ = write!(data, ",\"{name}\":\"");
        escape_into(value, &mut data);
        data.push('"');
    };
    let id = call.and_then(|call| call.id.as_deref());
    member("id", id.or_else(|| reply.extra(ENTRY)).unwrap_or_default());
    if is_of_a_call(channel) {
        member("tool_call_id", id.unwrap_or_default());
        member("name", call.and_then(|call| call.name.as_deref()).unwrap_or_default());
        member("arguments", text);
        data.push('}');
        return WrittenFrame { name, data };
    }
    let is_thought = matches!(channel.content, Content::Reasoning | Content::SignedReasoning);
    data.push_str(r#","content_index":0,"role":"assistant","content":"#);
    data.push_str(if is_thought { r#"{"type":"thinking","thinking":[{"type":"text","text":""# } else { "\"" });
    escape_into(text, &mut data);
    data.push_str(if is_thought { "\"}]}}" } else { "\"}" });
    WrittenFrame { name, data }
}

const fn is_of_a_call(channel: Channel) -> bool {
    matches!(channel.content, Content::Arguments | Content::Input)
}
