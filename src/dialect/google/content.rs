//! Contents of Gemini's requests and their parts, shared by generateContent, countTokens and embedContent.
//!
//! `Content` of <https://ai.google.dev/api/caching> and of
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content>, read 2026-11-21. Google reads
//! JSON as proto3 does, so each name may be in camel or snake case, and Vertex AI's own examples write a single object
//! in place of an array of one.

use crate::dialect::members::{self, Members};
use crate::dialect::texts::{read_other, span};
use crate::document::{JsonResult, Key, Reader, Scalar, ValueKind};
use crate::model::{CallName, Node, Parameter, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Reads an array of values, or a single value in its place. `each` reads exactly one.
pub(in crate::dialect) fn one_or_several<'a>(
    reader: &mut Reader<'a>,
    mut each: impl FnMut(&mut Reader<'a>, u32) -> JsonResult,
) -> JsonResult {
    if reader.peek()? == ValueKind::Array { reader.array(each) } else { each(reader, 0) }
}

/// Reads a model's name, possibly a resource name: `models/…`, `projects/…/publishers/google/models/…`.
pub(in crate::dialect) fn read_model(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult<Option<String>> {
    let name = crate::dialect::parameters::text(reader, Parameter::Model, request)?;
    Ok(name.map(|name| name.rsplit_once("models/").map_or(&*name, |(_, name)| name).to_owned()))
}

/// Reads a content whose place in the request determines its role.
pub(in crate::dialect) fn read_content_of(
    reader: &mut Reader<'_>,
    role: Role,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    let opened = request.items.len();
    read_content(reader, message, request)?;
    request.items.set_role(opened, Some(role));
    Ok(())
}

/// Reads a content: a role and parts.
pub(in crate::dialect) fn read_content(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    let opened = request.items.open(Node::Message(Some(Role::User)));
    if reader.peek()? != ValueKind::Object {
        read_text(reader, TextKind::Text, Some(Role::User), message, request)?;
        request.items.close();
        return Ok(());
    }
    let mut role = Role::User;
    reader.object(|reader, key| {
        CONTENT.read(reader, &key, request, |reader, request| match &*key {
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
            _ => read_other(reader, message, &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set(opened, Node::Message(Some(role)));
    for leaf in request.items.texts_from_mut(opened) {
        leaf.role = leaf.role.or(Some(role));
    }
    Ok(())
}

/// Members of a content, apart from its parts.
const CONTENT: Members = Members(&[("role", Property::Role)]);

/// State of a part while it is read.
#[derive(Default)]
struct Part {
    /// Kind by the member that holds its data.
    kind: Option<PartKind>,
    is_thought: bool,
    is_signed: bool,
}

/// Reads a part. Its member's name determines its kind.
fn read_part(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Part(PartKind::Text));
    if reader.peek()? != ValueKind::Object {
        read_text(reader, TextKind::Text, None, message, request)?;
        request.items.close();
        return Ok(());
    }
    let mut part = Part::default();
    reader.object(|reader, key| {
        PART.read(reader, &key, request, |reader, request| read_part_member(reader, &key, &mut part, message, request))
    })?;
    request.items.close();
    let Part { kind, is_thought, is_signed } = part;
    let kind = if is_thought { Some(PartKind::Reasoning) } else { kind };
    request.items.set(opened, Node::Part(kind.unwrap_or(PartKind::Other)));
    // A signature on a text or call covers the thoughts before it, not the text.
    if is_thought && is_signed {
        crate::dialect::texts::mark_signed(&mut request.items, opened);
    }
    Ok(())
}

/// Members of a part that stand beside its data.
const PART: Members = Members(&[
    ("thought", Property::Type),
    ("thoughtSignature", Property::Signature),
    ("thought_signature", Property::Signature),
]);

fn read_part_member(
    reader: &mut Reader<'_>,
    key: &Key<'_>,
    part: &mut Part,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    let kind = match &**key {
        "text" => {
            read_text(reader, TextKind::Text, None, message, request)?;
            PartKind::Text
        }
        "thought" => {
            part.is_thought = reader.maybe_bool()? == Some(true);
            return Ok(());
        }
        "thoughtSignature" | "thought_signature" => {
            part.is_signed = crate::dialect::texts::signature(reader)?;
            return Ok(());
        }
        "inlineData" | "inline_data" | "fileData" | "file_data" => read_media(reader, message, request)?,
        "functionCall" | "function_call" => {
            read_call(reader, message, request)?;
            PartKind::ToolCall
        }
        "functionResponse" | "function_response" => {
            read_response(reader, message, request)?;
            PartKind::ToolResult
        }
        // Tools that Google runs.
        "toolCall" | "tool_call" => read_own(reader, key, request, |r, request| read_call(r, message, request))?,
        "toolResponse" | "tool_response" => {
            read_own(reader, key, request, |reader, request| read_response(reader, message, request))?
        }
        "executableCode" | "executable_code" | "codeExecutionResult" | "code_execution_result" => {
            read_own(reader, key, request, |reader, request| read_code(reader, message, request))?
        }
        "mediaResolution" | "media_resolution" if reader.peek()? == ValueKind::Object => {
            return reader.object(|reader, key| {
                RESOLUTION
                    .read(reader, &key, request, |reader, request| read_other(reader, message, &mut request.items))
            });
        }
        _ => return read_other(reader, message, &mut request.items),
    };
    part.kind = Some(kind);
    Ok(())
}

/// Members of `mediaResolution`.
const RESOLUTION: Members = Members(&[("level", Property::Detail)]);

/// Reads data that only Google's models have: its member's name is its type.
fn read_own<'a>(
    reader: &mut Reader<'a>,
    key: &Key<'_>,
    request: &mut Request,
    read: impl FnOnce(&mut Reader<'a>, &mut Request) -> JsonResult,
) -> JsonResult<PartKind> {
    members::push(Property::Type, key.span, request);
    read(reader, request).map(|()| PartKind::Other)
}

fn read_text(
    reader: &mut Reader<'_>,
    place: TextKind,
    role: Option<Role>,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, message, &mut request.items);
    }
    let span = reader.string()?;
    request.items.push_text(TextSpan { span, place, role, message, call: None });
    Ok(())
}

/// Skips encoded bytes and their location, and reads any other member as text. Returns the kind by the media type.
fn read_media(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult<PartKind> {
    let document = reader.document();
    let mut kind = PartKind::File;
    reader.maybe_object(|reader, key| {
        MEDIA.read(reader, &key, request, |reader, request| match &*key {
            "mimeType" | "mime_type" => {
                let ((), media_type) = reader.spanned(Reader::opaque)?;
                kind = kind_of_media(document.raw(media_type));
                Ok(())
            }
            "data" | "fileUri" | "file_uri" => reader.opaque(),
            _ => read_other(reader, message, &mut request.items),
        })
    })?;
    Ok(kind)
}

/// Members of media.
const MEDIA: Members = Members(&[
    ("mimeType", Property::MediaType),
    ("mime_type", Property::MediaType),
    ("data", Property::Data),
    ("fileUri", Property::Url),
    ("file_uri", Property::Url),
    ("displayName", Property::FileName),
    ("display_name", Property::FileName),
]);

/// Returns the kind of media of a type, as written with its quotes.
pub(super) fn kind_of_media(media_type: &str) -> PartKind {
    match media_type.trim_matches('"').split('/').next() {
        Some("image") => PartKind::Image,
        Some("audio") => PartKind::Audio,
        Some("video") => PartKind::Video,
        _ => PartKind::File,
    }
}

/// Reads a call of an earlier turn, of a function or of a tool that Google runs.
fn read_call(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    let is_call = reader.maybe_object(|reader, key| {
        CALL.read(reader, &key, request, |reader, request| {
            match &*key {
                "id" => names.id = reader.maybe_id()?,
                "name" | "toolType" | "tool_type" => names.name = reader.maybe_id()?,
                "args" => {
                    let start = reader.peek().map(|_| reader.offset())?;
                    read_arguments(reader, message, call, request)?;
                    names.input = Some(span(start, reader.offset()));
                }
                _ => read_other(reader, message, &mut request.items)?,
            }
            Ok(())
        })
    })?;
    if is_call {
        request.tool_calls.push(names);
    }
    Ok(())
}

/// Members of a call.
const CALL: Members = Members(&[
    ("id", Property::Id),
    ("name", Property::Name),
    ("toolType", Property::Name),
    ("tool_type", Property::Name),
    ("args", Property::Arguments),
]);

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
        .maybe_object(|reader, key| {
            RESPONSE.read(reader, &key, request, |reader, request| match &*key {
                "id" | "name" | "toolType" | "tool_type" | "scheduling" => reader.opaque(),
                "response" => read_result(reader, message, request),
                "parts" => one_or_several(reader, |reader, _| read_part(reader, message, request)),
                _ => read_other(reader, message, &mut request.items),
            })
        })
        .map(drop)
}

/// Members of a result.
const RESPONSE: Members = Members(&[
    ("id", Property::CallId),
    ("name", Property::Name),
    ("toolType", Property::Name),
    ("tool_type", Property::Name),
    ("response", Property::Result),
]);

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
        .maybe_object(|reader, key| {
            CODE.read(reader, &key, request, |reader, request| match &*key {
                "id" | "language" | "outcome" => reader.opaque(),
                "code" => read_text(reader, TextKind::Text, None, message, request),
                "output" => read_text(reader, TextKind::ToolResult, Some(Role::Tool), message, request),
                _ => read_other(reader, message, &mut request.items),
            })
        })
        .map(drop)
}

/// Members of code and of its result, apart from their texts.
const CODE: Members = Members(&[("id", Property::Id)]);
