//! Tools of Gemini's requests, and the choice among them: `Tool` and `ToolConfig` of
//! <https://ai.google.dev/api/caching>, read 2026-11-21.

use super::content::one_or_several;
use crate::dialect::members::{self, Members};
use crate::dialect::texts::read_other;
use crate::document::{JsonResult, Key, Reader, ValueKind};
use crate::model::{Node, Property, Request};
use crate::usage::Fee;

/// Reads a tool: a list of functions, or tools of Google's, each named by its member.
pub(super) fn read_tool(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| match &*key {
        "functionDeclarations" | "function_declarations" => {
            one_or_several(reader, |reader, _| read_function(reader, request))
        }
        _ => read_own_tool(reader, &key, request),
    })
}

fn read_function(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    request.items.open(Node::Tool);
    reader.object(|reader, key| {
        FUNCTION.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items))
    })?;
    request.items.close();
    Ok(())
}

/// Members of a function.
const FUNCTION: Members = Members(&[
    ("name", Property::Name),
    ("description", Property::Description),
    ("parametersJsonSchema", Property::Schema),
    ("parameters_json_schema", Property::Schema),
    ("parameters", Property::Schema),
]);

/// Reads a tool of Google's. Vertex AI bills third-party searches, and its own for enterprises, at other prices, and
/// does not report which it made (<https://cloud.google.com/vertex-ai/generative-ai/pricing>, read 2026-11-28).
fn read_own_tool(reader: &mut Reader<'_>, key: &Key<'_>, request: &mut Request) -> JsonResult {
    let name = key.to_ascii_lowercase().replace('_', "");
    if matches!(&*name, "enterprisewebsearch" | "parallelaisearch" | "exaaisearch") {
        request.offered.fees.insert(Fee::Tool);
    }
    request.items.open(Node::Tool);
    members::push(Property::Type, key.span, request);
    read_other(reader, None, &mut request.items)?;
    request.items.close();
    Ok(())
}

/// Reads `ToolConfig`.
pub(super) fn read_tool_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| match &*key {
        "functionCallingConfig" | "function_calling_config" if reader.peek()? == ValueKind::Object => {
            read_choice(reader, request)
        }
        _ => read_other(reader, None, &mut request.items),
    })
}

/// Reads the choice among functions: a mode, and the names of those that may be called.
fn read_choice(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::ToolChoice);
    reader.object(|reader, key| match &*key {
        "allowedFunctionNames" | "allowed_function_names" => {
            one_or_several(reader, |reader, _| read_as(reader, Property::Name, request))
        }
        _ => CHOICE.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items)),
    })?;
    request.items.close();
    Ok(())
}

/// Members of a choice among functions, apart from their names.
const CHOICE: Members = Members(&[("mode", Property::Type)]);

/// Reads a tool of an interaction, which has a type.
pub(super) fn read_typed_tool(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    request.items.open(Node::Tool);
    reader.object(|reader, key| {
        TYPED.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items))
    })?;
    request.items.close();
    Ok(())
}

/// Members of a tool of an interaction.
const TYPED: Members = Members(&[
    ("type", Property::Type),
    ("name", Property::Name),
    ("description", Property::Description),
    ("parameters", Property::Schema),
]);

/// Reads the choice among the tools of an interaction: a mode, or `{"allowed_tools":{"mode":…,"tools":[…]}}`.
pub(super) fn read_typed_choice(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::ToolChoice);
    if reader.peek()? == ValueKind::Object {
        reader.object(|reader, key| match (&*key, reader.peek()?) {
            ("allowed_tools", ValueKind::Object) => reader.object(|reader, key| match &*key {
                "tools" => one_or_several(reader, |reader, _| read_as(reader, Property::Name, request)),
                _ => CHOICE.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items)),
            }),
            _ => read_other(reader, None, &mut request.items),
        })?;
    } else {
        read_as(reader, Property::Type, request)?;
    }
    request.items.close();
    Ok(())
}

/// Reads a value as a property of the open part.
fn read_as(reader: &mut Reader<'_>, property: Property, request: &mut Request) -> JsonResult {
    members::record(reader, property, request, |reader, request| read_other(reader, None, &mut request.items))
}
