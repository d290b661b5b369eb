//! Messages of a request.

use crate::dialect::members::Members;
use crate::dialect::texts::read_other;
use crate::dialect::turns::{read_earlier_call, read_part_of, read_typed_part};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Node, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Members of a message, apart from its contents.
const MESSAGE: Members = Members(&[("role", Property::Role), ("tool_call_id", Property::CallId)]);

pub(super) fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
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
            "tool_plan" => read_part_of(PartKind::Plan, request, |request| read_content(reader, index, request)),
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
        "document" if reader.peek()? == ValueKind::Object => read_document(reader, index, request),
        _ => read_other(reader, Some(index), &mut request.items),
    };
    read_typed_part(reader, &BLOCK, block_kind, request, read).map(drop)
}

/// Members of a document, apart from its id.
const DOCUMENT: Members = Members(&[("data", Property::Result)]);

/// Reads a document: values by name, or a text.
pub(super) fn read_document(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| {
        DOCUMENT.read(reader, &key, request, |reader, request| read_other(reader, Some(index), &mut request.items))
    })
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
