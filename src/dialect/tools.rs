//! Tools that a request offers, and the choice among them, in the forms that several dialects share: OpenAI's
//! `{"type":"function","function":{…}}`, and the flat one of OpenAI's responses and of Anthropic.

use super::members::{self, Members};
use super::other_models::{read_setting, read_settings};
use super::texts::{other, read_other};
use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::{Node, Parameter, Property, Request};

/// Members of a tool and of its function.
pub(super) const TOOL: Members = Members(&[
    ("type", Property::Type),
    ("name", Property::Name),
    ("description", Property::Description),
    ("parameters", Property::Schema),
    ("input_schema", Property::Schema),
    ("strict", Property::Strict),
    ("format", Property::Format),
    ("cache_control", Property::CacheMarker),
]);

/// Reads a tool or a plugin. Addresses and credentials of a called server are no texts: the call would fail once they
/// are changed.
pub(super) fn read_tool(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, message, &mut request.items);
    }
    request.items.open(Node::Tool);
    reader.object(|reader, key| {
        TOOL.read(reader, &key, request, |reader, request| match &*key {
            "authorization" => reader.credential(),
            "server_url" => reader.opaque(),
            "headers" => reader.maybe_object(|reader, _| reader.credential()).map(drop),
            // An encoded image and its address.
            "input_image_mask" => super::texts::read_media(reader, &mut request.items),
            "type" if reader.peek()? == ValueKind::String => {
                let kind = reader.string()?;
                request.offered.note(reader.document().raw(kind));
                request.items.push_text(other(kind, message));
                Ok(())
            }
            "function" | "custom" if reader.peek()? == ValueKind::Object => read_function(reader, message, request),
            // A function's parameters are a schema, where no string has such a name.
            "parameters" | "svg" if reader.peek()? == ValueKind::Object => read_settings(reader, message, request),
            _ => read_setting(reader, &key, message, request),
        })
    })?;
    request.items.close();
    Ok(())
}

/// Reads a tool of an API whose provider runs none with models, addresses or credentials of their own.
pub(super) fn read_plain_tool(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    request.items.open(Node::Tool);
    reader.object(|reader, key| {
        TOOL.read(reader, &key, request, |reader, request| match &*key {
            "function" if reader.peek()? == ValueKind::Object => read_function(reader, None, request),
            _ => read_other(reader, None, &mut request.items),
        })
    })?;
    request.items.close();
    Ok(())
}

/// Reads a list of tools, each by [`read_plain_tool`].
pub(super) fn read_plain_tools(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, _| read_plain_tool(reader, request));
    }
    read_other(reader, None, &mut request.items)
}

fn read_function(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| {
        TOOL.read(reader, &key, request, |reader, request| read_other(reader, message, &mut request.items))
    })
}

/// Reads the choice among the tools: a word, or an object that may name a tool.
pub(super) fn read_choice(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::ToolChoice);
    if reader.peek()? == ValueKind::Object {
        read_choice_members(reader, request)?;
    } else {
        members::record(reader, Property::Type, request, |reader, request| {
            read_other(reader, None, &mut request.items)
        })?;
    }
    request.items.close();
    Ok(())
}

fn read_choice_members(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| {
        CHOICE.read(reader, &key, request, |reader, request| match &*key {
            "function" | "custom" | "allowed_tools" if reader.peek()? == ValueKind::Object => {
                read_choice_members(reader, request)
            }
            "tools" => reader.maybe_array(|reader, _| read_allowed(reader, request)).map(drop),
            "disable_parallel_tool_use" => super::parameters::stray(reader, Parameter::SerialTools, request),
            _ => read_other(reader, None, &mut request.items),
        })
    })
}

/// Reads a tool that may be called: its name, possibly within its function.
fn read_allowed(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| {
        ALLOWED.read(reader, &key, request, |reader, request| match &*key {
            "function" | "custom" => read_allowed(reader, request),
            _ => read_other(reader, None, &mut request.items),
        })
    })
}

/// Members of a tool that may be called. Its type is not that of the choice.
const ALLOWED: Members = Members(&[("name", Property::Name), ("type", Property::SourceType)]);

/// Members of a choice among tools.
const CHOICE: Members = Members(&[("type", Property::Type), ("mode", Property::Type), ("name", Property::Name)]);
