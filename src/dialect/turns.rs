//! Turns of a conversation that several dialects write alike.

use super::members::Members;
use super::texts::{read_media, read_other};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{CallName, Item, Node, Parameter, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Reader of a dialect's content; its message, when it is in one.
type ReadContent = fn(&mut Reader<'_>, Option<u32>, &mut Request) -> JsonResult;

/// Reads instructions beside the conversation.
pub(super) fn read_system(reader: &mut Reader<'_>, request: &mut Request, read_content: ReadContent) -> JsonResult {
    let opened = request.items.open(Node::Message(Some(Role::System)));
    read_content(reader, None, request)?;
    request.items.close();
    request.items.set_role(opened, Some(Role::System));
    Ok(())
}

/// Reads a text that is a message of its own. The texts of any other value are recorded.
pub(super) fn read_said(
    reader: &mut Reader<'_>,
    role: Role,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, message, &mut request.items);
    }
    let span = reader.string()?;
    request.items.open(Node::Message(Some(role)));
    request.items.push_text(TextSpan { span, place: TextKind::Text, role: Some(role), message, call: None });
    request.items.close();
    Ok(())
}

/// Reads the text behind the place to be filled.
pub(super) fn read_suffix(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    super::parameters::record(reader, Parameter::Suffix, request, |reader, request| {
        read_said(reader, Role::User, Some(0), request)
    })
}

/// Reads media, one or several: each an address or encoded, or an object with these.
pub(super) fn read_media_parts(
    reader: &mut Reader<'_>,
    kind: PartKind,
    property: Property,
    request: &mut Request,
) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, _| read_media_parts(reader, kind, property, request));
    }
    read_part_of(kind, request, |request| {
        let is_text = reader.peek()? == ValueKind::String;
        let ((), media) = reader.spanned(|reader| read_media(reader, &mut request.items))?;
        if is_text {
            request.items.push(Item::Property(property, media));
        }
        Ok(())
    })
}

/// Reads a part of a message whose kind is known.
pub(super) fn read_part_of(
    kind: PartKind,
    request: &mut Request,
    read: impl FnOnce(&mut Request) -> JsonResult,
) -> JsonResult {
    read_node(Node::Part(kind), request, read)
}

/// Reads all that belongs to a node.
pub(super) fn read_node(
    node: Node,
    request: &mut Request,
    read: impl FnOnce(&mut Request) -> JsonResult,
) -> JsonResult {
    request.items.open(node);
    read(request)?;
    request.items.close();
    Ok(())
}

/// Reads a part whose type, which may stand behind its other members, determines its kind. Returns the part's index
/// among the items.
pub(super) fn read_typed_part<'a>(
    reader: &mut Reader<'a>,
    members: &Members,
    kind_of: fn(&str) -> PartKind,
    request: &mut Request,
    mut read_member: impl FnMut(&mut Reader<'a>, &str, &mut Request) -> JsonResult,
) -> JsonResult<usize> {
    let opened = request.items.open(Node::Part(PartKind::Other));
    let mut kind = None;
    reader.object(|reader, key| {
        members.read(reader, &key, request, |reader, request| {
            if &*key == "type" {
                kind = reader.api_word()?;
                return Ok(());
            }
            read_member(reader, &key, request)
        })
    })?;
    request.items.close();
    let kind = kind.map(|kind| reader.document().raw(kind)).unwrap_or_default();
    request.items.set(opened, Node::Part(kind_of(kind)));
    Ok(opened)
}

/// Reads a message whose content is text or blocks.
pub(super) fn read_message(
    reader: &mut Reader<'_>,
    index: u32,
    request: &mut Request,
    read_content: ReadContent,
) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = None;
    reader.maybe_object(|reader, key| {
        MESSAGE.read(reader, &key, request, |reader, request| match &*key {
            "role" => {
                role = match reader.api_text()?.as_deref() {
                    Some("assistant") => Some(Role::Assistant),
                    Some("system") => Some(Role::System),
                    _ => Some(Role::User),
                };
                Ok(())
            }
            "content" => read_content(reader, Some(index), request),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set_role(opened, role);
    for leaf in request.items.texts_from_mut(opened).filter(|leaf| leaf.place == TextKind::ToolResult) {
        leaf.role = Some(Role::Tool);
    }
    Ok(())
}

/// Members of a message, apart from its content.
const MESSAGE: Members = Members(&[("role", Property::Role), ("id", Property::Id)]);

/// Reads a tool call of an earlier turn.
pub(super) fn read_earlier_call(
    reader: &mut Reader<'_>,
    index: u32,
    request: &mut Request,
    read_arguments: fn(&mut Reader<'_>, u32, u32, &mut Request) -> JsonResult<Option<Span>>,
) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    request.items.open(Node::Part(PartKind::ToolCall));
    reader.maybe_object(|reader, key| {
        CALL.read(reader, &key, request, |reader, request| match &*key {
            "id" => {
                names.id = reader.maybe_id()?;
                Ok(())
            }
            "function" => reader
                .maybe_object(|reader, key| {
                    CALL.read(reader, &key, request, |reader, request| match &*key {
                        "name" => {
                            names.name = reader.maybe_id()?;
                            Ok(())
                        }
                        "arguments" => {
                            names.input = read_arguments(reader, index, call, request)?;
                            Ok(())
                        }
                        _ => read_other(reader, Some(index), &mut request.items),
                    })
                })
                .map(drop),
            "type" => reader.api_word().map(drop),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.tool_calls.push(names);
    Ok(())
}

/// Members of a tool call and of its function.
const CALL: Members = Members(&[
    ("type", Property::Type),
    ("id", Property::Id),
    ("name", Property::Name),
    ("arguments", Property::Arguments),
]);
