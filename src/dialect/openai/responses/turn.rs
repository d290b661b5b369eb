//! Items of a request's input: messages, output of earlier answers, and results of tools. An item that is no message is
//! a part of a message of its own.

use crate::dialect::members::{self, Members};
use crate::dialect::texts::{mark_signed, other, read_other, signature, span, text};
use crate::dialect::tools::read_tool;
use crate::dialect::turns::read_typed_part;
use crate::document::{JsonResult, Reader, Scalar, Span, ValueKind};
use crate::model::{CallName, Item, Items, Node, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Facts of an item, collected member by member, because the type may come last.
#[derive(Default)]
struct InputItem {
    /// Index of the item.
    index: u32,
    /// Index of the item's call, if it is one.
    call: u32,
    kind: Option<Span>,
    role: Option<Role>,
    id: Option<Span>,
    call_id: Option<Span>,
    name: Option<Span>,
    /// Set when the item has tool input.
    calls: bool,
    /// Location of tool input that is a JSON value.
    input: Option<Span>,
    /// Code, possibly signed by the provider.
    code: Option<Span>,
    /// A text, or an encoded image, and the number of elements before it.
    result: Option<(Span, usize)>,
    is_encrypted: bool,
    has_fingerprint: bool,
}

/// Members of an item, apart from its ids.
const ITEM: Members = Members(&[
    ("type", Property::Type),
    ("role", Property::Role),
    ("name", Property::Name),
    ("arguments", Property::Arguments),
    ("input", Property::Arguments),
    ("encrypted_content", Property::Encrypted),
    ("status", Property::Status),
]);

/// Reads an item.
pub(in crate::dialect::openai) fn read_item(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, Some(index), &mut request.items);
    }
    let opened = request.items.open(Node::Message(None));
    let part = request.items.open(Node::Part(PartKind::Other));
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut item = InputItem { index, call, ..InputItem::default() };
    reader.object(|reader, key| {
        ITEM.read(reader, &key, request, |reader, request| item.read_member(reader, &key, request))
    })?;
    let document = reader.document();
    let kind = item.kind.map(|kind| document.text(kind)).unwrap_or_default();
    item.push_ids(&kind, request);
    item.place_texts(&kind, opened, request);
    let role = item.role_of(&kind);
    request.items.close();
    request.items.set_role(opened, role);
    if kind == "message" || kind.is_empty() && item.role.is_some() {
        request.items.remove(part);
    } else {
        request.items.set(part, Node::Part(item_kind(&kind)));
        request.items.close();
        // A result of a tool is part of the user's turn.
        let turn = role.map(|role| if role == Role::Tool { Role::User } else { role });
        request.items.set(opened, Node::Message(turn));
    }
    item.finish(&kind, request);
    Ok(())
}

/// Returns the kind of the part that an item of a type is. The provider's own tools have no common words.
fn item_kind(kind: &str) -> PartKind {
    match kind {
        "function_call" | "custom_tool_call" => PartKind::ToolCall,
        "function_call_output" | "custom_tool_call_output" => PartKind::ToolResult,
        "reasoning" => PartKind::Reasoning,
        _ => PartKind::Other,
    }
}

impl InputItem {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
        let message = Some(self.index);
        match key {
            "type" => self.kind = reader.maybe_id()?,
            "role" => self.role = read_role(reader)?,
            "id" => self.id = reader.maybe_id()?,
            "call_id" => self.call_id = reader.maybe_id()?,
            "name" => self.name = reader.maybe_id()?,
            "content" | "summary" => read_content(reader, message, TextKind::Text, request)?,
            "output" => read_output(reader, message, request)?,
            "arguments" | "input" => self.read_arguments(reader, &mut request.items)?,
            "code" if reader.peek()? == ValueKind::String => {
                let code = reader.string()?;
                self.code = Some(code);
                request.items.push_text(text(code, self.index));
            }
            "result" if reader.peek()? == ValueKind::String => {
                let at = request.items.len();
                self.result = reader.maybe_id()?.map(|span| (span, at));
            }
            "encrypted_content" => self.is_encrypted = signature(reader)?,
            "fingerprint" => self.has_fingerprint = signature(reader)?,
            "tools" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| read_tool(reader, message, request))?;
            }
            _ => read_member(reader, key, message, TextKind::Other, &mut request.items)?,
        }
        Ok(())
    }

    /// Reads tool input: a text, mostly JSON, or a JSON value.
    fn read_arguments(&mut self, reader: &mut Reader<'_>, items: &mut Items) -> JsonResult {
        let kind = reader.peek()?;
        let start = reader.offset();
        let is_text = kind == ValueKind::String;
        self.calls |= kind != ValueKind::Null;
        let leaf = TextSpan { call: Some(self.call), ..other(Span::default(), Some(self.index)) };
        reader.scalars(&mut |part| {
            let (span, place) = match part {
                Scalar::String(span) if is_text => (span, TextKind::Arguments),
                Scalar::Key(span) | Scalar::String(span) => (span, TextKind::ArgumentValue),
                Scalar::Number(span) => (span, TextKind::ArgumentNumber),
            };
            items.push_text(TextSpan { span, place, ..leaf });
        })?;
        if self.calls && !is_text {
            self.input = Some(span(start, reader.offset()));
        }
        Ok(())
    }

    /// Records the ids. A result names the call by its `call_id`; the item has an id besides.
    fn push_ids(&self, kind: &str, request: &mut Request) {
        let is_call = item_kind(kind) == PartKind::ToolCall;
        members::push_ids(is_call, self.call_id, self.id, request);
    }

    /// Records the texts whose kind depends on that of the item.
    fn place_texts(&self, kind: &str, opened: usize, request: &mut Request) {
        if let Some((span, at)) = self.result.filter(|_| kind != "image_generation_call") {
            request.items.insert_text(at, TextSpan { place: TextKind::ToolResult, ..text(span, self.index) });
        }
        // The provider verifies by a fingerprint that it has written the program.
        if kind == "program" && self.has_fingerprint {
            let is_code = |leaf: &&mut TextSpan| Some(leaf.span) == self.code;
            request
                .items
                .texts_from_mut(opened)
                .filter(is_code)
                .for_each(|leaf| leaf.place = TextKind::SignedReasoning);
        }
        if kind == "reasoning" && self.is_encrypted {
            mark_signed(&mut request.items, opened);
        }
    }

    fn role_of(&self, kind: &str) -> Option<Role> {
        match kind {
            "message" | "" => self.role,
            "mcp_approval_response" => Some(Role::User),
            "additional_tools" => Some(Role::System),
            _ if kind.ends_with("_output") => Some(Role::Tool),
            _ => self.role.or(Some(Role::Assistant)),
        }
    }

    fn finish(self, kind: &str, request: &mut Request) {
        if self.calls {
            let id = self.call_id.or(self.id);
            request.tool_calls.push(CallName { id, name: self.name, input: self.input });
        }
        // Only the provider knows the turns before a compaction.
        let is_reference = kind == "item_reference" || kind.is_empty() && self.role.is_none() && self.id.is_some();
        if is_reference || kind.starts_with("compaction") && self.is_encrypted {
            request.stored_state = Some("input");
        }
    }
}

fn read_role(reader: &mut Reader<'_>) -> JsonResult<Option<Role>> {
    Ok(reader.api_text()?.map(|role| match &*role {
        "assistant" => Role::Assistant,
        "system" | "developer" => Role::System,
        "tool" => Role::Tool,
        _ => Role::User,
    }))
}

/// Reads a content: a text, or a list of parts.
pub(super) fn read_content(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    place: TextKind,
    request: &mut Request,
) -> JsonResult {
    if reader.peek()? != ValueKind::Array {
        return read_value(reader, message, place, &mut request.items);
    }
    reader.array(|reader, _| {
        if reader.peek()? != ValueKind::Object {
            return read_value(reader, message, place, &mut request.items);
        }
        read_part(reader, message, place, request)
    })
}

/// Reads the output of a tool: a text, a list of parts, or a JSON value.
fn read_output(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let is_value = reader.peek()? == ValueKind::Object;
    let ((), output) = reader.spanned(|reader| read_content(reader, message, TextKind::ToolResult, request))?;
    if is_value {
        request.items.push(Item::Property(Property::Result, output));
    }
    Ok(())
}

/// Reads a part of a content. Its type determines its kind.
fn read_part(reader: &mut Reader<'_>, message: Option<u32>, place: TextKind, request: &mut Request) -> JsonResult {
    let read = |reader: &mut Reader<'_>, key: &str, request: &mut Request| match key {
        "text" | "refusal" | "transcript" | "stdout" | "stderr" => {
            read_value(reader, message, place, &mut request.items)
        }
        _ => read_member(reader, key, message, TextKind::Other, &mut request.items),
    };
    read_typed_part(reader, &PART, part_kind, request, read).map(drop)
}

/// Returns the kind of a part of a type.
fn part_kind(kind: &str) -> PartKind {
    match kind {
        "input_text" | "output_text" | "text" => PartKind::Text,
        "refusal" => PartKind::Refusal,
        "summary_text" | "reasoning_text" => PartKind::Reasoning,
        "input_image" | "computer_screenshot" => PartKind::Image,
        "input_audio" | "output_audio" => PartKind::Audio,
        "input_file" => PartKind::File,
        _ => PartKind::Other,
    }
}

/// Members of a part, apart from its texts.
const PART: Members = Members(&[
    ("type", Property::Type),
    ("image_url", Property::Url),
    ("file_url", Property::Url),
    ("file_data", Property::Url),
    ("file_id", Property::FileId),
    ("filename", Property::FileName),
    ("detail", Property::Detail),
    ("annotations", Property::Citations),
    ("encrypted_content", Property::Encrypted),
    ("prompt_cache_breakpoint", Property::CacheMarker),
]);

/// Reads any value and records its texts, except in members that never hold text.
pub(super) fn read_value(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    place: TextKind,
    items: &mut Items,
) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| read_member(reader, &key, message, place, items)),
        ValueKind::Array => reader.array(|reader, _| read_value(reader, message, place, items)),
        ValueKind::String => {
            items.push_text(TextSpan { place, ..other(reader.string()?, message) });
            Ok(())
        }
        _ => reader.skip(),
    }
}

/// Reads a member of any object. Ids, encoded, encrypted or signed data, and addresses of images and files are no
/// texts: they would break once changed, and nobody reads them as text.
fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    message: Option<u32>,
    place: TextKind,
    items: &mut Items,
) -> JsonResult {
    match key {
        "type" | "role" => reader.api_word().map(drop),
        "id" | "call_id" | "file_id" | "encrypted_content" | "fingerprint" => reader.opaque(),
        "image_url" | "file_url" | "file_data" | "input_audio" => crate::dialect::texts::read_media(reader, items),
        _ => read_value(reader, message, place, items),
    }
}
