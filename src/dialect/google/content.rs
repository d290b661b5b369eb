//! Contents of Gemini's requests and their parts, shared by generateContent, countTokens and embedContent.
//!
//! `Content` of <https://ai.google.dev/api/caching> and of
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content>, read 2026-11-21. Google reads
//! JSON as proto3 does, so each name may be in camel or snake case, and Vertex AI's own examples write a single object
//! in place of an array of one.

use crate::document::{JsonResult, Reader, Scalar, ValueKind};
use crate::model::{CallName, Request, Role, TextKind, TextSpan};

/// Reads an array of values, or a single value in its place. `each` reads exactly one.
pub(in crate::dialect) fn one_or_several<'a>(
    reader: &mut Reader<'a>,
    mut each: impl FnMut(&mut Reader<'a>, u32) -> JsonResult,
) -> JsonResult {
    if reader.peek()? == ValueKind::Array { reader.array(each) } else { each(reader, 0) }
}

/// Reads a model's name, possibly a resource name: `models/…`, `projects/…/publishers/google/models/…`.
pub(in crate::dialect) fn read_model(reader: &mut Reader<'_>) -> JsonResult<Option<String>> {
    let name = reader.maybe_text()?;
    Ok(name.map(|name| name.rsplit_once("models/").map_or(&*name, |(_, name)| name).to_owned()))
}

/// Reads a content whose place in the request determines its role.
pub(in crate::dialect) fn read_content_of(
    reader: &mut Reader<'_>,
    role: Role,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    let first = request.items.len();
    read_content(reader, message, request)?;
    for leaf in request.items.texts_from_mut(first) {
        leaf.role = Some(role);
    }
    Ok(())
}

/// Reads a content: a role and parts.
pub(in crate::dialect) fn read_content(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_text(reader, TextKind::Text, Some(Role::User), message, request);
    }
    let first = request.items.len();
    let mut role = Role::User;
    reader.object(|reader, key| match &*key {
        "role" => {
            role = match reader.api_text()?.as_deref() {
                Some("model") => Role::Assistant,
                Some("function" | "tool") => Role::Tool,
                Some("system") => Role::System,
                _ => Role::User,
            };
            Ok(())
        }
        "parts" => one_or_several(reader, |reader, _| read_part(reader, message, request)),
        _ => crate::dialect::texts::read_other(reader, message, &mut request.items),
    })?;
    for leaf in request.items.texts_from_mut(first) {
        leaf.role = leaf.role.or(Some(role));
    }
    Ok(())
}

/// Reads a part. Its member's name determines its kind.
fn read_part(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_text(reader, TextKind::Text, None, message, request);
    }
    let first = request.items.len();
    let (mut is_thought, mut is_signed) = (false, false);
    reader.object(|reader, key| match &*key {
        "text" => read_text(reader, TextKind::Text, None, message, request),
        "thought" => {
            is_thought = reader.maybe_bool()? == Some(true);
            Ok(())
        }
        "thoughtSignature" | "thought_signature" => {
            is_signed = crate::dialect::texts::signature(reader)?;
            Ok(())
        }
        "inlineData" | "inline_data" | "fileData" | "file_data" => read_media(reader, message, request),
        "functionCall" | "function_call" | "toolCall" | "tool_call" => read_call(reader, message, request),
        "functionResponse" | "function_response" | "toolResponse" | "tool_response" => {
            read_response(reader, message, request)
        }
        "executableCode" | "executable_code" | "codeExecutionResult" | "code_execution_result" => {
            read_code(reader, message, request)
        }
        _ => crate::dialect::texts::read_other(reader, message, &mut request.items),
    })?;
    // A signature on a text or call covers the thoughts before it, not the text.
    if is_thought && is_signed {
        crate::dialect::texts::mark_signed(&mut request.items, first);
    }
    Ok(())
}

fn read_text(
    reader: &mut Reader<'_>,
    place: TextKind,
    role: Option<Role>,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return crate::dialect::texts::read_other(reader, message, &mut request.items);
    }
    let span = reader.string()?;
    request.items.push_text(TextSpan { span, place, role, message, call: None });
    Ok(())
}

/// Skips encoded bytes and their location, and reads any other member as text.
fn read_media(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "data" | "mimeType" | "mime_type" | "fileUri" | "file_uri" => reader.opaque(),
            _ => crate::dialect::texts::read_other(reader, message, &mut request.items),
        })
        .map(drop)
}

/// Reads a call of an earlier turn, of a function or of a tool that Google runs.
fn read_call(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    let is_call = reader.maybe_object(|reader, key| {
        match &*key {
            "id" => names.id = reader.maybe_id()?,
            "name" | "toolType" | "tool_type" => names.name = reader.maybe_id()?,
            "args" => {
                let start = reader.peek().map(|_| reader.offset())?;
                read_arguments(reader, message, call, request)?;
                names.input = Some(crate::dialect::texts::span(start, reader.offset()));
            }
            _ => crate::dialect::texts::read_other(reader, message, &mut request.items)?,
        }
        Ok(())
    })?;
    if is_call {
        request.tool_calls.push(names);
    }
    Ok(())
}

/// Reads arguments of an earlier tool call, a JSON value. Names, strings and numbers may all be personal.
pub(in crate::dialect) fn read_arguments(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    call: u32,
    request: &mut Request,
) -> JsonResult {
    reader.scalars(&mut |part| {
        let (span, place) = match part {
            Scalar::Key(span) | Scalar::String(span) => (span, TextKind::ArgumentValue),
            Scalar::Number(span) => (span, TextKind::ArgumentNumber),
        };
        request.items.push_text(TextSpan { span, place, role: None, message, call: Some(call) });
    })
}

/// Reads the result of a function or tool.
fn read_response(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "id" | "name" | "toolType" | "tool_type" | "scheduling" => reader.opaque(),
            "response" => read_result(reader, message, request),
            "parts" => one_or_several(reader, |reader, _| read_part(reader, message, request)),
            _ => crate::dialect::texts::read_other(reader, message, &mut request.items),
        })
        .map(drop)
}

/// Reads a tool's result, a JSON value. Names, strings and numbers may all be personal.
pub(in crate::dialect) fn read_result(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    reader.scalars(&mut |part| {
        let (span, place) = match part {
            Scalar::String(span) => (span, TextKind::ToolResult),
            Scalar::Key(span) => (span, TextKind::Other),
            Scalar::Number(span) => (span, TextKind::ArgumentNumber),
        };
        request.items.push_text(TextSpan { span, place, role: Some(Role::Tool), message, call: None });
    })
}

/// Reads code executed for the model, or its result.
fn read_code(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "id" | "language" | "outcome" => reader.opaque(),
            "code" => read_text(reader, TextKind::Text, None, message, request),
            "output" => read_text(reader, TextKind::ToolResult, Some(Role::Tool), message, request),
            _ => crate::dialect::texts::read_other(reader, message, &mut request.items),
        })
        .map(drop)
}
