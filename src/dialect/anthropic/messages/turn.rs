//! Messages of a request.

use crate::dialect::members::Members;
use crate::dialect::texts::{mark_signed, other, signature};
use crate::document::{JsonResult, Reader, Scalar, Span, ValueKind};
use crate::model::{CallName, Node, PartKind, Property, Request, TextKind, TextSpan};

/// Reads content: a string, a block, or an array of blocks.
pub(super) fn read_content(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
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
    kind: Option<Span>,
    names: CallName,
    /// Index of the tool call, for a block that is one.
    call: Option<u32>,
    /// Number of items before the name.
    name_at: usize,
    is_result: bool,
    is_signed: bool,
}

/// Reads a content block. Its members determine its kind.
fn read_block(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Part(PartKind::Other));
    let mut block = Block::default();
    reader.object(|reader, key| {
        BLOCK.read(reader, &key, request, |reader, request| {
            read_block_member(reader, &key, message, &mut block, request)
        })
    })?;
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
    request.items.close();
    let kind = block.kind.map(|kind| reader.document().raw(kind)).unwrap_or_default();
    request.items.set(opened, Node::Part(block_kind(kind)));
    if block.is_result {
        request.items.texts_from_mut(opened).for_each(|leaf| leaf.place = TextKind::ToolResult);
    } else if block.is_signed {
        mark_signed(&mut request.items, opened);
    }
    Ok(())
}

/// Returns the kind of a content block of a type. The provider's own tools have no common words.
fn block_kind(kind: &str) -> PartKind {
    match kind {
        "text" => PartKind::Text,
        "thinking" | "redacted_thinking" => PartKind::Reasoning,
        "image" => PartKind::Image,
        "document" => PartKind::File,
        "tool_use" => PartKind::ToolCall,
        "tool_result" => PartKind::ToolResult,
        _ => PartKind::Other,
    }
}

/// Members of a content block, apart from its texts and its source.
const BLOCK: Members = Members(&[
    ("type", Property::Type),
    ("id", Property::Id),
    ("tool_use_id", Property::CallId),
    ("name", Property::Name),
    ("input", Property::Arguments),
    ("is_error", Property::IsError),
    ("signature", Property::Signature),
    ("data", Property::Encrypted),
    ("cache_control", Property::CacheMarker),
    ("title", Property::Title),
    ("context", Property::Context),
    ("citations", Property::Citations),
]);

/// Members of the source of an image or document.
const SOURCE: Members = Members(&[
    ("type", Property::SourceType),
    ("media_type", Property::MediaType),
    ("data", Property::Data),
    ("url", Property::Url),
    ("file_id", Property::FileId),
]);

fn read_block_member(
    reader: &mut Reader<'_>,
    key: &str,
    message: Option<u32>,
    block: &mut Block,
    request: &mut Request,
) -> JsonResult {
    match key {
        "type" => {
            block.kind = reader.api_word()?;
            Ok(())
        }
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
            let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
            request.tool_calls.push(CallName::default());
            block.call = Some(call);
            block.names.input = Some(reader.spanned(|reader| read_input(reader, message, call, request))?.1);
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
    reader.object(|reader, key| {
        SOURCE.read(reader, &key, request, |reader, request| match &*key {
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
        })
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
