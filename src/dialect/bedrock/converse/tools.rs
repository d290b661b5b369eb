//! Tools of Converse's requests, the choice among them, and the output format: `ToolConfiguration` and `OutputConfig` of
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>, read 2026-11-21.

use super::parameters::OUTPUT;
use crate::dialect::members::{self, Members};
use crate::dialect::parameters;
use crate::dialect::texts::read_other;
use crate::document::{JsonResult, Key, Reader, ValueKind};
use crate::model::{Node, PartKind, Property, Request};

/// Reads `toolConfig`.
pub(super) fn read_tool_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| match (&*key, reader.peek()?) {
        ("tools", ValueKind::Array) => reader.array(|reader, _| read_tool(reader, request)),
        ("toolChoice", ValueKind::Object) => read_choice(reader, request),
        _ => read_other(reader, None, &mut request.items),
    })
}

/// Reads a tool or a cache marker, named by its member.
fn read_tool(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| {
        if &*key == "cachePoint" {
            request.items.open(Node::Part(PartKind::CacheMarker));
            read_cache_point(reader, None, request)?;
        } else {
            request.items.open(Node::Tool);
            read_tool_data(reader, &key, request)?;
        }
        request.items.close();
        Ok(())
    })
}

/// Reads a cache marker as a member of the open part.
pub(super) fn read_cache_point(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    members::record(reader, Property::CacheMarker, request, |reader, request| {
        read_other(reader, message, &mut request.items)
    })
}

/// Reads a tool's data. The type of a function is not recorded: it is the only one that is not Amazon's.
fn read_tool_data(reader: &mut Reader<'_>, key: &Key<'_>, request: &mut Request) -> JsonResult {
    if &**key != "toolSpec" {
        members::push(Property::Type, key.span, request);
    }
    read_members(reader, &TOOL, request)
}

/// Members of a tool and of its `inputSchema`.
const TOOL: Members = Members(&[
    ("name", Property::Name),
    ("description", Property::Description),
    ("json", Property::Schema),
    ("strict", Property::Strict),
]);

/// Reads a choice, named by its member.
fn read_choice(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::ToolChoice);
    reader.object(|reader, key| {
        members::push(Property::Type, key.span, request);
        read_members(reader, &CHOICE, request)
    })?;
    request.items.close();
    Ok(())
}

/// Members of a choice.
const CHOICE: Members = Members(&[("name", Property::Name)]);

/// Reads `outputConfig`.
pub(super) fn read_output_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "textFormat" => {
                request.parameters.output_type = Some("json");
                request.items.open(Node::OutputFormat);
                read_members(reader, &FORMAT, request)?;
                request.items.close();
                Ok(())
            }
            _ if parameters::read(reader, OUTPUT, &key, request)? => Ok(()),
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Members of an output format and of its `structure.jsonSchema`. The schema is a string of JSON.
const FORMAT: Members = Members(&[
    ("type", Property::Type),
    ("name", Property::Name),
    ("description", Property::Description),
    ("schema", Property::Schema),
]);

/// Reads members of the open part, also those within its members `inputSchema`, `structure` and `jsonSchema`.
fn read_members(reader: &mut Reader<'_>, members: &Members, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| {
        members.read(reader, &key, request, |reader, request| match (&*key, reader.peek()?) {
            ("inputSchema" | "structure" | "jsonSchema", ValueKind::Object) => read_members(reader, members, request),
            _ => read_other(reader, None, &mut request.items),
        })
    })
}
