//! Requests of Anthropic messages: <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.
//!
//! Skips images, and members that the provider has signed or encrypted for itself. On Amazon Bedrock older models take
//! the legacy API's members under the same path.

use crate::dialect::RequestError;
use crate::dialect::texts::{mark_signed, other, read_other, read_state, signature, span};
use crate::dialect::turns::{read_message, read_system};
use crate::document::{Document, JsonResult, Reader, Scalar, ValueKind};
use crate::model::{CallName, Request, TextKind, TextSpan};

pub(in crate::dialect) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "messages", "system", "prompt"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "system" => read_system(reader, &mut request, read_content)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request, read_content))?;
            }
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    let parameters = &mut request.parameters;
    match key {
        "max_tokens" => parameters.max_tokens = reader.maybe_count()?,
        "service_tier" => parameters.service_tier = reader.api_text()?.map(Into::into),
        "output_config" => return read_output_config(reader, request),
        // Predecessor of `output_config.format`.
        "output_format" => {
            parameters.output_type = Some("json");
            return read_other(reader, None, &mut request.items);
        }
        // Files and variables of an earlier call: <https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/
        // code-execution-tool#container-reuse>, read 2026-11-28.
        "container" => return read_container(reader, request),
        // Sealed by the provider: invalid once changed.
        "fallback_credit_token" => return reader.opaque(),
        "mcp_servers" => return reader.maybe_array(|reader, _| read_mcp_server(reader, request)).map(drop),
        "tools" => {
            reader.maybe_array(|reader, _| crate::dialect::other_models::read_tool(reader, None, request))?;
        }
        _ if crate::dialect::other_models::read(reader, key, request)? => {}
        _ => return super::complete::read_parameter(reader, key, request),
    }
    Ok(())
}

/// Reads a container: its id, or an object with the skills to load into it.
fn read_container(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_state(reader, "container", request);
    }
    reader.object(|reader, key| match &*key {
        "id" => read_state(reader, "container", request),
        _ => read_other(reader, None, &mut request.items),
    })
}

fn read_output_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "effort" => {
                request.parameters.reasoning_level = reader.api_text()?.map(Into::into);
                Ok(())
            }
            "format" => {
                request.parameters.output_type = Some("json");
                read_other(reader, None, &mut request.items)
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Reads a server that the provider calls. Its address and token would be invalid once changed.
fn read_mcp_server(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "url" => reader.opaque(),
            "authorization_token" => reader.credential(),
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Reads content: a string, a block, or an array of blocks.
fn read_content(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_content(reader, message, request)),
        ValueKind::Object => read_block(reader, message, request),
        _ => read_string(reader, TextKind::Text, message, request),
    }
}

fn read_string(reader: &mut Reader<'_>, place: TextKind, message: Option<u32>, request: &mut Request) -> JsonResult {
    if let Some(span) = reader.maybe_string()? {
        request.items.push_text(TextSpan { span, place, role: None, message, call: None });
    }
    Ok(())
}

/// State of a content block while it is read.
#[derive(Default)]
struct Block {
    names: CallName,
    /// Index of the tool call, for a block that is one.
    call: Option<u32>,
    /// Number of texts before the name.
    name_at: usize,
    is_result: bool,
    is_signed: bool,
}

/// Reads a content block. Its members determine its kind.
fn read_block(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    let mut block = Block::default();
    reader.object(|reader, key| read_block_member(reader, &key, message, &mut block, request))?;
    match (block.call, block.names.name) {
        (Some(call), _) => {
            if let Some(names) = request.tool_calls.get_mut(call as usize) {
                *names = block.names;
            }
        }
        // Name of a block that is no tool call.
        (None, Some(name)) => request.items.insert_text(block.name_at, other(name, message)),
        (None, None) => {}
    }
    if block.is_result {
        request.items.texts_from_mut(first).for_each(|leaf| leaf.place = TextKind::ToolResult);
    } else if block.is_signed {
        mark_signed(&mut request.items, first);
    }
    Ok(())
}

fn read_block_member(
    reader: &mut Reader<'_>,
    key: &str,
    message: Option<u32>,
    block: &mut Block,
    request: &mut Request,
) -> JsonResult {
    match key {
        "cache_control" | "data" => reader.opaque(),
        "signature" => {
            block.is_signed = signature(reader)?;
            Ok(())
        }
        "id" => {
            block.names.id = reader.maybe_id()?;
            Ok(())
        }
        "tool_use_id" => {
            block.is_result = true;
            reader.opaque()
        }
        "name" => {
            block.name_at = request.items.len();
            block.names.name = reader.maybe_id()?;
            Ok(())
        }
        "text" => read_string(reader, TextKind::Text, message, request),
        "thinking" => read_string(reader, TextKind::Reasoning, message, request),
        "content" => read_content(reader, message, request),
        "input" => {
            reader.peek()?;
            let start = reader.offset();
            let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
            request.tool_calls.push(CallName::default());
            block.call = Some(call);
            read_input(reader, message, call, request)?;
            block.names.input = Some(span(start, reader.offset()));
            Ok(())
        }
        "source" => read_source(reader, message, request),
        _ if is_opaque(key) => reader.opaque(),
        _ => read_members(reader, message, request),
    }
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

/// Reads the source of an image or document. Encoded bytes and addresses are skipped, plain text is recorded.
fn read_source(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_string(reader, TextKind::Other, message, request);
    }
    let (mut is_text, mut data) = (false, None);
    let mut data_at = request.items.len();
    reader.object(|reader, key| match &*key {
        "type" => {
            is_text = reader.api_text()?.as_deref() == Some("text");
            Ok(())
        }
        "data" => {
            data_at = request.items.len();
            data = reader.maybe_id()?;
            Ok(())
        }
        "url" => reader.opaque(),
        "content" => read_content(reader, message, request),
        _ if is_opaque(&key) => reader.opaque(),
        _ => read_members(reader, message, request),
    })?;
    if let Some(span) = data.filter(|_| is_text) {
        let leaf = TextSpan { span, place: TextKind::Text, role: None, message, call: None };
        request.items.insert_text(data_at, leaf);
    }
    Ok(())
}

/// Reads any other member of a block, such as citations. Texts are recorded, except for members that only the provider
/// reads.
fn read_members(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => {
            reader.object(
                |reader, key| if is_opaque(&key) { reader.opaque() } else { read_members(reader, message, request) },
            )
        }
        ValueKind::Array => reader.array(|reader, _| read_members(reader, message, request)),
        _ => read_string(reader, TextKind::Other, message, request),
    }
}

/// Matches members that are enum values of the API or have to be returned unchanged: ids, encrypted data.
pub(in crate::dialect) fn is_opaque(key: &str) -> bool {
    matches!(
        key,
        "type" | "media_type" | "file_id" | "signature" | "encrypted_content" | "encrypted_index" | "encrypted_stdout"
    )
}
