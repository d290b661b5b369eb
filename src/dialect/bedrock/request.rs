//! Requests of Amazon Bedrock's Converse, ConverseStream and CountTokens, and of Amazon Nova's InvokeModel:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html> and
//! <https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html>, read 2026-11-21.
//!
//! The path names the model and selects streaming. Skips media and their locations.

use crate::dialect::RequestError;
use crate::dialect::texts::{other, read_other, signature, span};
use crate::dialect::turns::{read_message, read_system};
use crate::document::{Document, JsonResult, Reader, Scalar, ValueKind};
use crate::model::{CallName, Request, Role, TextKind, TextSpan};
use crate::usage::Fee;

pub(in crate::dialect) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["messages", "system", "input"]);
        match &*key {
            // CountTokens wraps a request: Converse's, or the base64 of InvokeModel's body.
            "input" => reader.maybe_object(|reader, _| read_counted(reader, &mut request)).map(drop),
            _ => read_member(reader, &key, &mut request),
        }
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_counted(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader.maybe_object(|reader, key| read_member(reader, &key, request)).map(drop)
}

fn read_member(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "messages" => reader.maybe_array(|reader, index| read_message(reader, index, request, read_content)).map(drop),
        "system" => read_system(reader, request, read_content),
        "inferenceConfig" => reader.maybe_object(|reader, key| read_parameter(reader, &key, request)).map(drop),
        "outputConfig" => read_output_config(reader, request),
        "serviceTier" => reader
            .maybe_object(|reader, key| {
                match &*key {
                    "type" => request.parameters.service_tier = reader.api_text()?.map(Into::into),
                    _ => read_other(reader, None, &mut request.items)?,
                }
                Ok(())
            })
            .map(drop),
        // Values for a prompt stored at Bedrock: user text.
        "promptVariables" => reader.maybe_object(|reader, _| read_variable(reader, request)).map(drop),
        // Body of the InvokeModel request to count.
        "body" if reader.peek()? == ValueKind::String => {
            let span = reader.string()?;
            request.items.push_text(TextSpan { place: TextKind::Encoded, ..other(span, None) });
            Ok(())
        }
        "guardrailConfig" if reader.peek()? == ValueKind::Object => {
            request.offered.fees.insert(Fee::Guardrail);
            read_other(reader, None, &mut request.items)
        }
        _ => read_other(reader, None, &mut request.items),
    }
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    let parameters = &mut request.parameters;
    match key {
        "maxTokens" | "max_new_tokens" => {
            parameters.max_tokens = reader.maybe_count()?.or(parameters.max_tokens);
        }
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "topP" | "top_p" => parameters.top_p = reader.maybe_number()?.or(parameters.top_p),
        "topK" | "top_k" => parameters.top_k = reader.maybe_integer()?.or(parameters.top_k),
        "stopSequences" => return crate::dialect::texts::read_stop(reader, request),
        _ => return read_other(reader, None, &mut request.items),
    }
    Ok(())
}

fn read_output_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "effort" => {
                request.parameters.reasoning_level = reader.api_text()?.map(Into::into);
                Ok(())
            }
            "textFormat" => {
                request.parameters.output_type = Some("json");
                read_other(reader, None, &mut request.items)
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

fn read_variable(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    read_other(reader, None, &mut request.items)?;
    for leaf in request.items.texts_from_mut(first) {
        (leaf.place, leaf.role) = (TextKind::Text, Some(Role::User));
    }
    Ok(())
}

/// Reads content: an array of blocks, or a bare text, which only older models of Nova took.
fn read_content(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, _| read_content(reader, message, request));
    }
    if reader.peek()? != ValueKind::Object {
        return read_text(reader, TextKind::Text, message, request);
    }
    reader.object(|reader, key| read_block(reader, &key, message, request))
}

fn read_text(reader: &mut Reader<'_>, place: TextKind, message: Option<u32>, request: &mut Request) -> JsonResult {
    if let Some(span) = reader.maybe_string()? {
        request.items.push_text(TextSpan { span, place, role: None, message, call: None });
    }
    Ok(())
}

/// Reads a block: an object with one member, named by the block's kind.
fn read_block(reader: &mut Reader<'_>, key: &str, message: Option<u32>, request: &mut Request) -> JsonResult {
    match key {
        "text" if reader.peek()? == ValueKind::String => read_text(reader, TextKind::Text, message, request),
        // Text for a guardrail, content of a document, cited text.
        "text" | "guardContent" | "document" | "searchResult" | "citationsContent" | "source" | "content"
        | "citations" | "sourceContent" => read_parts(reader, message, request),
        "reasoningContent" | "reasoningText" => read_reasoning(reader, message, request),
        "toolUse" => read_tool_use(reader, message, request),
        "toolResult" => read_tool_result(reader, message, request),
        "image" | "video" | "audio" if reader.peek()? == ValueKind::Object => read_media(reader, message, request),
        "image" | "video" | "audio" => crate::dialect::texts::read_media(reader, &mut request.items),
        _ if is_opaque(key) => reader.opaque(),
        _ => read_other(reader, message, &mut request.items),
    }
}

/// Reads an image, audio or video. Its location is no text, an error message about it is.
fn read_media(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| match &*key {
        "source" | "format" => crate::dialect::texts::read_media(reader, &mut request.items),
        _ => read_other(reader, message, &mut request.items),
    })
}

/// Reads nested parts of a block: objects and arrays of texts, with names and titles.
fn read_parts(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| match reader.peek()? {
            ValueKind::String if &*key == "text" => read_text(reader, TextKind::Text, message, request),
            _ => read_block(reader, &key, message, request),
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
    reader.maybe_object(|reader, key| match &*key {
        "text" => read_text(reader, TextKind::Text, message, request),
        "reasoningText" => read_reasoning(reader, message, request),
        "signature" => {
            is_signed = signature(reader)?;
            Ok(())
        }
        "redactedContent" => reader.opaque(),
        _ => read_other(reader, message, &mut request.items),
    })?;
    if is_signed {
        crate::dialect::texts::mark_signed(&mut request.items, first);
    }
    Ok(())
}

fn read_tool_use(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    request.tool_calls.push(CallName::default());
    let mut names = CallName::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "toolUseId" => names.id = reader.maybe_id()?,
            "name" => names.name = reader.maybe_id()?,
            "input" => {
                reader.peek()?;
                let start = reader.offset();
                read_input(reader, message, call, request)?;
                names.input = Some(span(start, reader.offset()));
            }
            _ => read_other(reader, message, &mut request.items)?,
        }
        Ok(())
    })?;
    if let Some(known) = request.tool_calls.get_mut(call as usize) {
        *known = names;
    }
    Ok(())
}

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
    reader.maybe_object(|reader, key| match &*key {
        "content" => reader.maybe_array(|reader, _| read_result(reader, message, request)).map(drop),
        "toolUseId" => reader.opaque(),
        _ => read_other(reader, message, &mut request.items),
    })?;
    for leaf in request.items.texts_from_mut(first).filter(|leaf| leaf.place != TextKind::ArgumentNumber) {
        leaf.place = TextKind::ToolResult;
    }
    Ok(())
}

fn read_result(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "json" => reader.scalars(&mut |part| {
                request.items.push_text(match part {
                    Scalar::Key(span) | Scalar::String(span) => other(span, message),
                    // A bare number is no text of the conversation.
                    Scalar::Number(span) => TextSpan { place: TextKind::ArgumentNumber, ..other(span, None) },
                });
            }),
            _ => read_block(reader, &key, message, request),
        })
        .map(drop)
}

/// Matches media, their locations, and members that have to be returned unchanged.
fn is_opaque(key: &str) -> bool {
    matches!(key, "bytes" | "s3Location" | "signature" | "redactedContent")
}
