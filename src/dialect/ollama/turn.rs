//! Messages of a request.

use crate::dialect::members::Members;
use crate::dialect::texts::{read_other, span};
use crate::dialect::turns::{read_earlier_call, read_media_parts, read_part_of};
use crate::document::{JsonResult, Reader, Scalar, Span, ValueKind};
use crate::model::{Node, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Members of a message, apart from its contents.
const MESSAGE: Members =
    Members(&[("role", Property::Role), ("tool_name", Property::Name), ("tool_call_id", Property::CallId)]);

pub(super) fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = None;
    reader.maybe_object(|reader, key| {
        MESSAGE.read(reader, &key, request, |reader, request| match &*key {
            "role" => {
                role = match reader.api_text()?.as_deref() {
                    Some("system") => Some(Role::System),
                    Some("assistant") => Some(Role::Assistant),
                    Some("tool") => Some(Role::Tool),
                    _ => Some(Role::User),
                };
                Ok(())
            }
            "content" => read_text(reader, index, request),
            "thinking" => read_part_of(PartKind::Reasoning, request, |request| read_text(reader, index, request)),
            "tool_calls" => {
                reader.maybe_array(|reader, _| read_earlier_call(reader, index, request, read_arguments)).map(drop)
            }
            "images" => read_media_parts(reader, PartKind::Image, Property::Data, request),
            "tool_name" | "tool_call_id" => reader.opaque(),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set_role(opened, role);
    if role == Some(Role::Tool) {
        for leaf in request.items.texts_from_mut(opened).filter(|leaf| leaf.place == TextKind::Text) {
            leaf.place = TextKind::ToolResult;
        }
    }
    Ok(())
}

/// Reads a text of a message. The texts of any other value are recorded.
fn read_text(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, Some(index), &mut request.items);
    }
    let text = crate::dialect::texts::text(reader.string()?, index);
    request.items.push_text(text);
    Ok(())
}

/// Reads arguments: a JSON value, whose location is returned, or JSON text from clients of OpenAI's API.
fn read_arguments(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> JsonResult<Option<Span>> {
    let mut leaf = |span, place| {
        request.items.push_text(TextSpan { place, call: Some(call), ..crate::dialect::texts::text(span, index) });
    };
    if reader.peek()? == ValueKind::String {
        leaf(reader.string()?, TextKind::Arguments);
        return Ok(None);
    }
    let start = reader.offset();
    reader.scalars(&mut |part| match part {
        Scalar::Key(span) | Scalar::String(span) => leaf(span, TextKind::ArgumentValue),
        Scalar::Number(span) => leaf(span, TextKind::ArgumentNumber),
    })?;
    Ok(Some(span(start, reader.offset())))
}
