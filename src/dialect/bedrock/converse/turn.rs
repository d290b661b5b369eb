//! Messages of a request.

use super::tools::read_cache_point;
use crate::dialect::members::{self, Members};
use crate::dialect::texts::{other, read_other, signature};
use crate::document::{JsonResult, Key, Reader, Scalar, ValueKind};
use crate::model::{CallName, Node, PartKind, Property, Request, TextKind, TextSpan};

/// Reads content: an array of blocks, or a bare text, which only older models of Nova took.
pub(super) fn read_content(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, _| read_content(reader, message, request));
    }
    if reader.peek()? != ValueKind::Object {
        return read_text(reader, TextKind::Text, message, request);
    }
    read_block(reader, message, request)
}

fn read_text(reader: &mut Reader<'_>, place: TextKind, message: Option<u32>, request: &mut Request) -> JsonResult {
    if let Some(span) = reader.maybe_string()? {
        request.items.push_text(TextSpan { span, place, role: None, message, call: None });
    }
    Ok(())
}

/// Reads a block: an object with one member, named by the block's kind.
fn read_block(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| read_part(reader, &key, message, request))
}

/// Reads the member of a block as a part of the message.
fn read_part(reader: &mut Reader<'_>, key: &Key<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let kind = part_kind(key);
    request.items.open(Node::Part(kind));
    // Text for a guardrail is judged by it too.
    if kind == PartKind::Other || &**key == "guardContent" {
        members::push(Property::Type, key.span, request);
    }
    read_data(reader, key, message, request)?;
    request.items.close();
    Ok(())
}

/// Returns the kind of a block by the name of its member.
fn part_kind(name: &str) -> PartKind {
    match name {
        "text" | "citationsContent" | "guardContent" => PartKind::Text,
        "reasoningContent" | "reasoningText" => PartKind::Reasoning,
        "image" => PartKind::Image,
        "audio" => PartKind::Audio,
        "video" => PartKind::Video,
        "document" => PartKind::File,
        "toolUse" => PartKind::ToolCall,
        "toolResult" => PartKind::ToolResult,
        "cachePoint" => PartKind::CacheMarker,
        _ => PartKind::Other,
    }
}

/// Reads the member of a block, or a member nested in it.
fn read_data(reader: &mut Reader<'_>, key: &str, message: Option<u32>, request: &mut Request) -> JsonResult {
    match key {
        "text" if reader.peek()? == ValueKind::String => read_text(reader, TextKind::Text, message, request),
        "document" => read_members(reader, &DOCUMENT, message, request),
        "citationsContent" | "searchResult" => read_members(reader, &CITED, message, request),
        "source" => read_source(reader, message, request),
        "citations" => read_citations(reader, message, request),
        // Text for a guardrail, content of a document.
        "text" | "guardContent" | "content" | "sourceContent" => read_parts(reader, message, request),
        "reasoningContent" | "reasoningText" => read_reasoning(reader, message, request),
        "toolUse" => read_tool_use(reader, message, request),
        "toolResult" => read_tool_result(reader, message, request),
        "cachePoint" => read_cache_point(reader, message, request),
        "image" | "video" | "audio" if reader.peek()? == ValueKind::Object => read_media(reader, message, request),
        "image" | "video" | "audio" => crate::dialect::texts::read_media(reader, &mut request.items),
        "s3Location" if reader.peek()? == ValueKind::Object => read_location(reader, request),
        _ if is_opaque(key) => reader.opaque(),
        _ => read_other(reader, message, &mut request.items),
    }
}

/// Members of a document.
const DOCUMENT: Members = Members(&[
    ("format", Property::MediaType),
    ("name", Property::FileName),
    ("context", Property::Context),
    ("citations", Property::Citations),
]);

/// Members of a text with its sources, and of a search result.
const CITED: Members = Members(&[("title", Property::Title), ("citations", Property::Citations)]);

/// Members of the source of a document, apart from its texts.
const SOURCE: Members = Members(&[("bytes", Property::Data)]);

/// Reads the source of a document: its bytes, its text, or parts of it.
fn read_source(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_parts(reader, message, request);
    }
    reader.object(|reader, key| match (&*key, reader.peek()?) {
        ("text", ValueKind::String) => {
            members::push(Property::SourceType, key.span, request);
            members::record(reader, Property::Data, request, |reader, request| {
                read_text(reader, TextKind::Text, message, request)
            })
        }
        _ => SOURCE.read(reader, &key, request, |reader, request| read_data(reader, &key, message, request)),
    })
}

/// Reads citations. The cited text is none of the conversation's.
fn read_citations(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    read_parts(reader, message, request)?;
    request.items.texts_from_mut(first).for_each(|leaf| leaf.place = TextKind::Other);
    Ok(())
}

/// Members of an image, audio or video, apart from its source.
const MEDIA: Members = Members(&[("format", Property::MediaType)]);

/// Members of a location of bytes.
const LOCATION: Members = Members(&[("uri", Property::Url)]);

/// Reads a member of a block whose own members are properties of the part.
fn read_members(reader: &mut Reader<'_>, members: &Members, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_parts(reader, message, request);
    }
    reader.object(|reader, key| {
        members.read(reader, &key, request, |reader, request| read_data(reader, &key, message, request))
    })
}

/// Reads the location of a document. Unlike that of an image it can be the name that its user gave it.
fn read_location(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| LOCATION.read(reader, &key, request, |reader, _| reader.stray()))
}

/// Reads an image, audio or video. Its location is no text, an error message about it is.
fn read_media(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| {
        MEDIA.read(reader, &key, request, |reader, request| match &*key {
            "source" | "format" => crate::dialect::texts::read_media(reader, &mut request.items),
            _ => read_other(reader, message, &mut request.items),
        })
    })
}

/// Reads nested parts of a block: objects and arrays of texts, with names and titles.
fn read_parts(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| match reader.peek()? {
            ValueKind::String if &*key == "text" => read_text(reader, TextKind::Text, message, request),
            _ => read_data(reader, &key, message, request),
        }),
        ValueKind::Array => reader.array(|reader, _| read_parts(reader, message, request)),
        // Source of a search result or a citation.
        _ => read_text(reader, TextKind::Other, message, request),
    }
}

/// Reads reasoning of an earlier turn, which some providers sign.
fn read_reasoning(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    let mut is_signed = false;
    reader.maybe_object(|reader, key| {
        REASONED.read(reader, &key, request, |reader, request| match &*key {
            "text" => read_text(reader, TextKind::Text, message, request),
            "reasoningText" => read_reasoning(reader, message, request),
            "signature" => {
                is_signed = signature(reader)?;
                Ok(())
            }
            "redactedContent" => reader.opaque(),
            _ => read_other(reader, message, &mut request.items),
        })
    })?;
    if is_signed {
        crate::dialect::texts::mark_signed(&mut request.items, first);
    }
    Ok(())
}

/// Members of reasoning.
const REASONED: Members = Members(&[("signature", Property::Signature), ("redactedContent", Property::Encrypted)]);

fn read_tool_use(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    request.tool_calls.push(CallName::default());
    let mut names = CallName::default();
    reader.maybe_object(|reader, key| {
        CALL.read(reader, &key, request, |reader, request| {
            match &*key {
                "toolUseId" => names.id = reader.maybe_id()?,
                "name" => names.name = reader.maybe_id()?,
                "input" => {
                    names.input = Some(reader.spanned(|reader| read_input(reader, message, call, request))?.1);
                }
                _ => read_other(reader, message, &mut request.items)?,
            }
            Ok(())
        })
    })?;
    if let Some(known) = request.tool_calls.get_mut(call as usize) {
        *known = names;
    }
    Ok(())
}

/// Members of a tool call.
const CALL: Members = Members(&[
    ("toolUseId", Property::Id),
    ("name", Property::Name),
    ("input", Property::Arguments),
    ("type", Property::Type),
]);

/// Reads arguments of an earlier tool call. Names, strings and numbers may all be personal.
fn read_input(reader: &mut Reader<'_>, message: Option<u32>, call: u32, request: &mut Request) -> JsonResult {
    reader.scalars(&mut |part| {
        let (span, place) = match part {
            Scalar::Key(span) | Scalar::String(span) => (span, TextKind::ArgumentValue),
            Scalar::Number(span) => (span, TextKind::ArgumentNumber),
        };
        request.items.push_text(TextSpan { span, place, role: None, message, call: Some(call) });
    })
}

/// Reads a tool's result: texts, documents, or any JSON, whose member names may be personal too.
fn read_tool_result(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    reader.maybe_object(|reader, key| {
        RESULT.read(reader, &key, request, |reader, request| match &*key {
            "content" => reader.maybe_array(|reader, _| read_result(reader, message, request)).map(drop),
            "toolUseId" => reader.opaque(),
            "status" | "type" => reader.stray(),
            _ => read_other(reader, message, &mut request.items),
        })
    })?;
    for leaf in request.items.texts_from_mut(first).filter(|leaf| leaf.place == TextKind::Text) {
        leaf.place = TextKind::ToolResult;
    }
    Ok(())
}

/// Members of a tool's result and of its contents.
const RESULT: Members = Members(&[
    ("toolUseId", Property::CallId),
    ("status", Property::IsError),
    ("type", Property::Type),
    ("json", Property::Result),
]);

fn read_result(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "json" => RESULT.read(reader, &key, request, |reader, request| read_json(reader, message, request)),
            _ => read_part(reader, &key, message, request),
        })
        .map(drop)
}

fn read_json(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.scalars(&mut |part| {
        request.items.push_text(match part {
            Scalar::Key(span) | Scalar::String(span) => {
                TextSpan { place: TextKind::ToolResult, ..other(span, message) }
            }
            // A bare number is no text of the conversation.
            Scalar::Number(span) => TextSpan { place: TextKind::ArgumentNumber, ..other(span, None) },
        });
    })
}

/// Matches media, their locations, and members that have to be returned unchanged.
fn is_opaque(key: &str) -> bool {
    matches!(key, "bytes" | "s3Location" | "signature" | "redactedContent")
}
