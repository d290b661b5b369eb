//! Input of a request: contents, steps and turns.

use crate::dialect::google::content::{one_or_several, read_arguments};
use crate::dialect::members::Members;
use crate::dialect::texts::{other, read_other};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{CallName, Node, PartKind, Property, Request, Role, TextKind, TextSpan};

/// State of an element of the input while it is read.
#[derive(Default)]
struct Element {
    role: Option<Role>,
    /// Node by the type.
    node: Option<Node>,
    /// Set for a content, unset for a step. All contents together are one message.
    is_content: bool,
    is_media: bool,
    is_thought: bool,
    is_signed: bool,
    /// `data`: encoded bytes if the element is a medium.
    data: Option<Span>,
    names: CallName,
    has_arguments: bool,
}

impl Element {
    /// Returns the element's node. One without a type is a turn.
    fn node(&self) -> Node {
        match self.node {
            Some(Node::Message(_)) | None => Node::Message(self.role),
            Some(node) => node,
        }
    }
}

/// Returns the node of an element of a type.
fn node_of(kind: &str) -> Node {
    Node::Part(match kind {
        "user_input" | "model_output" => return Node::Message(None),
        "text" => PartKind::Text,
        "image" => PartKind::Image,
        "audio" => PartKind::Audio,
        "video" => PartKind::Video,
        "document" => PartKind::File,
        "thought" => PartKind::Reasoning,
        "function_call" => PartKind::ToolCall,
        "function_result" => PartKind::ToolResult,
        _ => PartKind::Other,
    })
}

/// Members of an element of the input, or of a content within.
const ELEMENT: Members = Members(&[
    ("type", Property::Type),
    ("role", Property::Role),
    ("id", Property::Id),
    ("name", Property::Name),
    ("arguments", Property::Arguments),
    ("call_id", Property::CallId),
    ("result", Property::Result),
    ("is_error", Property::IsError),
    ("data", Property::Data),
    ("uri", Property::Url),
    ("mime_type", Property::MediaType),
    ("resolution", Property::Detail),
    ("signature", Property::Signature),
]);

/// Reads a content, a step or a turn.
pub(super) fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(Some(Role::User)));
    let mut element = Element::default();
    if reader.peek()? == ValueKind::Object {
        reader.object(|reader, key| {
            ELEMENT
                .read(reader, &key, request, |reader, request| read_element(reader, &key, index, &mut element, request))
        })?;
        request.items.set(opened, element.node());
    } else {
        element.is_content = true;
        read_text(reader, TextKind::Text, index, request)?;
    }
    let Element { role, is_content, is_media, is_thought, is_signed, data, names, has_arguments, .. } = element;
    if is_thought && is_signed {
        crate::dialect::texts::mark_signed(&mut request.items, opened);
    }
    let message = if is_content { 0 } else { index };
    if has_arguments {
        request.tool_calls.push(names);
    } else {
        // Name of a file, or of the tool whose result this is.
        request.items.extend(names.name.map(|span| other(span, Some(message))));
    }
    request.items.extend(data.filter(|_| !is_media).map(|span| other(span, Some(message))));
    for leaf in request.items.texts_from_mut(opened) {
        leaf.message = Some(message);
        leaf.role = leaf.role.or(role).or(Some(Role::User));
    }
    request.items.close();
    Ok(())
}

fn read_element(
    reader: &mut Reader<'_>,
    key: &str,
    index: u32,
    element: &mut Element,
    request: &mut Request,
) -> JsonResult {
    match key {
        "type" => {
            let kind = reader.api_text()?;
            let kind = kind.as_deref().unwrap_or_default();
            element.node = Some(node_of(kind));
            element.is_media = MEDIA.contains(&kind);
            element.is_content = element.is_media || kind == "text";
            element.is_thought = kind == "thought";
            element.role = role_of_step(kind).or(element.role);
        }
        "role" => {
            let role = reader.api_text()?;
            let is_model = matches!(role.as_deref(), Some("model" | "assistant"));
            element.role = Some(if is_model { Role::Assistant } else { Role::User });
        }
        "text" => read_text(reader, TextKind::Text, index, request)?,
        "content" | "summary" => {
            one_or_several(reader, |reader, _| read_content(reader, index, request))?;
        }
        "id" => element.names.id = reader.maybe_id()?,
        "name" => element.names.name = reader.maybe_id()?,
        "arguments" => {
            element.has_arguments = true;
            read_call(reader, index, element, request)?;
        }
        "result" => read_result(reader, index, request)?,
        "data" => element.data = reader.maybe_id()?,
        "signature" => element.is_signed = crate::dialect::texts::signature(reader)?,
        "call_id" | "uri" | "mime_type" | "resolution" => reader.opaque()?,
        _ => read_other(reader, Some(index), &mut request.items)?,
    }
    Ok(())
}

/// Role of a step's author.
fn role_of_step(kind: &str) -> Option<Role> {
    match kind {
        "user_input" => Some(Role::User),
        "model_output" | "thought" => Some(Role::Assistant),
        _ if kind.ends_with("_call") => Some(Role::Assistant),
        _ if kind.ends_with("_result") => Some(Role::Tool),
        _ => None,
    }
}

/// Types of contents that are encoded bytes or references.
const MEDIA: &[&str] = &["image", "audio", "video", "document"];

/// Reads a content within a step or turn.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_text(reader, TextKind::Text, index, request);
    }
    let opened = request.items.open(Node::Part(PartKind::Other));
    let mut element = Element::default();
    reader.object(|reader, key| {
        ELEMENT.read(reader, &key, request, |reader, request| match &*key {
            // A content nests nothing else.
            "type" | "text" | "data" | "uri" | "mime_type" | "resolution" | "signature" => {
                read_element(reader, &key, index, &mut element, request)
            }
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.set(opened, element.node.unwrap_or(Node::Part(PartKind::Other)));
    let data = element.data.filter(|_| !element.is_media);
    request.items.extend(data.map(|span| other(span, Some(index))));
    request.items.close();
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, place: TextKind, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, Some(index), &mut request.items);
    }
    let span = reader.string()?;
    let role = (place == TextKind::ToolResult).then_some(Role::Tool);
    request.items.push_text(TextSpan { span, place, role, message: Some(index), call: None });
    Ok(())
}

/// Reads arguments of an earlier call: a JSON value, or JSON text.
fn read_call(reader: &mut Reader<'_>, index: u32, element: &mut Element, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    if reader.peek()? == ValueKind::String {
        let span = reader.string()?;
        let (place, call) = (TextKind::Arguments, Some(call));
        request.items.push_text(TextSpan { span, place, role: None, message: Some(index), call });
        return Ok(());
    }
    let ((), input) = reader.spanned(|reader| read_arguments(reader, Some(index), call, request))?;
    element.names.input = Some(input);
    Ok(())
}

/// Reads a tool's result: a text, contents, or any JSON.
fn read_result(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => read_text(reader, TextKind::ToolResult, index, request),
        ValueKind::Array => reader.array(|reader, _| read_result(reader, index, request)),
        ValueKind::Object => {
            let mut element = Element::default();
            reader.object(|reader, key| {
                let role = Some(Role::Tool);
                request.items.push_text(TextSpan { role, ..other(key.span, Some(index)) });
                match &*key {
                    "type" => read_result_type(reader, index, &mut element, request),
                    "data" if reader.peek()? == ValueKind::String => {
                        element.data = reader.maybe_id()?;
                        Ok(())
                    }
                    _ => read_result(reader, index, request),
                }
            })?;
            let (place, role, call) = (TextKind::ToolResult, Some(Role::Tool), None);
            let data = element.data.filter(|_| !element.is_media);
            request.items.extend(data.map(|span| TextSpan { span, place, role, message: Some(index), call }));
            Ok(())
        }
        ValueKind::Number => {
            let span = reader.value()?;
            let (place, role, call) = (TextKind::ArgumentNumber, Some(Role::Tool), None);
            request.items.push_text(TextSpan { span, place, role, message: Some(index), call });
            Ok(())
        }
        ValueKind::Bool | ValueKind::Null => reader.skip(),
    }
}

/// Reads the type of a content in a result. Any other value of that member is text of the tool.
fn read_result_type(reader: &mut Reader<'_>, index: u32, element: &mut Element, request: &mut Request) -> JsonResult {
    let document = reader.document();
    if reader.peek()? != ValueKind::String {
        return read_result(reader, index, request);
    }
    let span = reader.string()?;
    let kind = document.raw(span);
    element.is_media = MEDIA.contains(&kind);
    if !element.is_media && kind != "text" {
        let (place, role) = (TextKind::ToolResult, Some(Role::Tool));
        request.items.push_text(TextSpan { span, place, role, message: Some(index), call: None });
    }
    Ok(())
}
