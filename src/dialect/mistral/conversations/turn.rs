//! Entries of a request: messages, calls and results.

use crate::dialect::members::{self, Members};
use crate::dialect::openai::chat::read_content;
use crate::dialect::texts::read_other;
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{CallName, Node, PartKind, Property, Request, Role, TextKind, TextSpan};

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
pub(super) fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
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
