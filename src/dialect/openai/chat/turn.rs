//! Messages of a request.

use crate::dialect::members::Members;
use crate::dialect::texts::{mark_signed, read_other, read_state, signature, text};
use crate::dialect::turns::{read_part_of, read_typed_part};
use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::{CallName, Node, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Reads a message of a request.
pub(in crate::dialect) fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = None;
    reader.maybe_object(|reader, key| {
        MESSAGE.read(reader, &key, request, |reader, request| {
            if &*key == "role" {
                role = match reader.api_text()?.as_deref() {
                    Some("system" | "developer") => Some(Role::System),
                    Some("assistant") => Some(Role::Assistant),
                    Some("tool" | "function") => Some(Role::Tool),
                    _ => Some(Role::User),
                };
                return Ok(());
            }
            read_message_member(reader, &key, index, request)
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

/// Members of a message, apart from its contents.
pub(in crate::dialect) const MESSAGE: Members = Members(&[
    ("role", Property::Role),
    ("name", Property::Name),
    ("tool_call_id", Property::CallId),
    ("prefix", Property::Prefix),
    ("cache_control", Property::CacheMarker),
]);

fn read_message_member(reader: &mut Reader<'_>, key: &str, index: u32, request: &mut Request) -> JsonResult {
    match key {
        "content" => read_content(reader, TextKind::Text, index, request),
        "refusal" | "reasoning_content" | "reasoning" | "reasoning_text" | "thinking" => {
            let kind = if key == "refusal" { PartKind::Refusal } else { PartKind::Reasoning };
            read_part_of(kind, request, |request| read_content(reader, TextKind::Text, index, request))
        }
        // Reasoning, possibly signed by its provider (OpenRouter, Snowflake; LiteLLM).
        "reasoning_details" | "thinking_blocks" => read_details(reader, index, request),
        // Audio of an earlier answer, stored at the provider.
        "audio" => read_part_of(PartKind::Audio, request, |request| {
            let read = reader.maybe_object(|reader, key| {
                PART.read(reader, &key, request, |reader, request| match &*key {
                    "id" => read_state(reader, "audio", request),
                    _ => read_other(reader, Some(index), &mut request.items),
                })
            });
            read.map(drop)
        }),
        "tool_calls" => reader.maybe_array(|reader, _| read_tool_call(reader, index, request)).map(drop),
        "function_call" => read_tool_call(reader, index, request),
        "tool_call_id" => reader.opaque(),
        // Encoded images made by the model (OpenRouter).
        "images" => read_part_of(PartKind::Image, request, |request| {
            crate::dialect::texts::read_media(reader, &mut request.items)
        }),
        _ => read_other(reader, Some(index), &mut request.items),
    }
}

/// Reads a message's content, or a part of it: a string, a list of parts, a part.
pub(in crate::dialect) fn read_content(
    reader: &mut Reader<'_>,
    place: TextKind,
    index: u32,
    request: &mut Request,
) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => {
            let span = reader.string()?;
            request.items.push_text(TextSpan { place, ..text(span, index) });
            Ok(())
        }
        ValueKind::Array => reader.array(|reader, _| read_content(reader, place, index, request)),
        ValueKind::Object => {
            let mut is_signed = false;
            let opened = read_typed_part(reader, &PART, part_kind, request, |reader, key, request| {
                if key == "signature" {
                    is_signed |= signature(reader)?;
                    return Ok(());
                }
                read_part(reader, key, place, index, request)
            })?;
            if is_signed {
                mark_signed(&mut request.items, opened);
            }
            Ok(())
        }
        _ => reader.skip(),
    }
}

/// Returns the kind of a content part of a type.
fn part_kind(kind: &str) -> PartKind {
    match kind {
        "text" | "input_text" | "output_text" => PartKind::Text,
        "refusal" => PartKind::Refusal,
        "thinking" | "reasoning" | "redacted_thinking" => PartKind::Reasoning,
        "image_url" | "image" => PartKind::Image,
        "input_audio" | "audio_url" => PartKind::Audio,
        "video_url" => PartKind::Video,
        "file" | "file_url" | "document_url" => PartKind::File,
        _ => PartKind::Other,
    }
}

/// Members of a content part. The members of media are read by [`crate::dialect::texts::read_media`].
pub(in crate::dialect) const PART: Members = Members(&[
    ("type", Property::Type),
    ("id", Property::Id),
    ("image_url", Property::Url),
    ("document_url", Property::Url),
    ("file_url", Property::Url),
    ("video_url", Property::Url),
    ("audio_url", Property::Url),
    ("url", Property::Url),
    ("file_data", Property::Url),
    ("input_audio", Property::Data),
    ("data", Property::Data),
    ("format", Property::MediaType),
    ("file_id", Property::FileId),
    ("filename", Property::FileName),
    ("document_name", Property::FileName),
    ("detail", Property::Detail),
    ("cache_control", Property::CacheMarker),
    ("signature", Property::Signature),
]);

/// Reads a member of a content part.
fn read_part(reader: &mut Reader<'_>, key: &str, place: TextKind, index: u32, request: &mut Request) -> JsonResult {
    match key {
        "type" => reader.api_word().map(drop),
        "cache_control" => reader.stray(),
        "text" | "refusal" | "thinking" | "summary" => read_content(reader, place, index, request),
        // Addresses and encoded media: they would break once changed, and nobody reads them as text. The last two are
        // Mistral's: <https://docs.mistral.ai/api/#tag/chat>.
        "image_url" | "input_audio" | "document_url" | "file_id" => {
            crate::dialect::texts::read_media(reader, &mut request.items)
        }
        "file" | "file_url" | "video_url" | "audio_url" if reader.peek()? == ValueKind::Object => {
            read_media(reader, index, request)
        }
        _ => read_other(reader, Some(index), &mut request.items),
    }
}

/// Reads reasoning details: <https://openrouter.ai/docs/use-cases/reasoning-tokens>, read 2026-11-28.
fn read_details(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_details(reader, index, request)),
        ValueKind::Object => {
            let opened = request.items.open(Node::Part(PartKind::Reasoning));
            let mut is_signed = false;
            reader.object(|reader, key| {
                DETAIL.read(reader, &key, request, |reader, request| match &*key {
                    "signature" => {
                        is_signed |= signature(reader)?;
                        Ok(())
                    }
                    "format" => {
                        is_signed |= is_signed_format(reader)?;
                        Ok(())
                    }
                    "id" | "data" => reader.opaque(),
                    _ => read_part(reader, &key, TextKind::Reasoning, index, request),
                })
            })?;
            request.items.close();
            if is_signed {
                mark_signed(&mut request.items, opened);
            }
            Ok(())
        }
        _ => read_part_of(PartKind::Reasoning, request, |request| {
            read_content(reader, TextKind::Reasoning, index, request)
        }),
    }
}

/// Members of a reasoning detail.
const DETAIL: Members = Members(&[
    ("type", Property::Type),
    ("id", Property::Id),
    ("format", Property::Format),
    ("signature", Property::Signature),
    ("data", Property::Encrypted),
]);

/// Reads the format of a reasoning detail. Returns whether its provider signs or encrypts reasoning.
pub(in crate::dialect) fn is_signed_format(reader: &mut Reader<'_>) -> JsonResult<bool> {
    let document = reader.document();
    Ok(reader.maybe_id()?.is_some_and(|format| !matches!(document.raw(format), "" | "unknown")))
}

/// Reads a file. Its bytes and address are no texts, its name is one.
fn read_media(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| {
        PART.read(reader, &key, request, |reader, request| match &*key {
            "file_data" | "file_id" | "url" | "data" | "format" => reader.opaque(),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })
}

/// Reads a tool call of an earlier turn, or the deprecated function call.
fn read_tool_call(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, Some(index), &mut request.items);
    }
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    request.tool_calls.push(CallName::default());
    read_part_of(PartKind::ToolCall, request, |request| read_call_fields(reader, index, call, request))
}

/// Members of a tool call and of its function.
pub(in crate::dialect) const CALL: Members = Members(&[
    ("type", Property::Type),
    ("id", Property::Id),
    ("name", Property::Name),
    ("arguments", Property::Arguments),
    ("input", Property::Arguments),
    ("cache_control", Property::CacheMarker),
]);

fn read_call_fields(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            CALL.read(reader, &key, request, |reader, request| read_call_field(reader, &key, index, call, request))
        })
        .map(drop)
}

fn read_call_field(reader: &mut Reader<'_>, key: &str, index: u32, call: u32, request: &mut Request) -> JsonResult {
    match key {
        "id" | "name" => {
            let span = reader.maybe_id()?;
            if let Some(names) = request.tool_calls.get_mut(call as usize) {
                *(if key == "id" { &mut names.id } else { &mut names.name }) = span;
            }
            Ok(())
        }
        "type" | "index" => reader.api_word().map(drop),
        "function" | "custom" if reader.peek()? == ValueKind::Object => read_call_fields(reader, index, call, request),
        "arguments" | "input" if reader.peek()? == ValueKind::String => {
            let span = reader.string()?;
            let place = TextKind::Arguments;
            request.items.push_text(TextSpan { place, call: Some(call), ..text(span, index) });
            Ok(())
        }
        _ => read_other(reader, Some(index), &mut request.items),
    }
}
