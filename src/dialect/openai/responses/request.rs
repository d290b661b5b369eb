//! Requests of OpenAI's responses: <https://platform.openai.com/docs/api-reference/responses/create>, read 2026-11-21.
//! Requests for compaction and for token counts have the same shape.
//!
//! The input is a text or a list of items: messages, output of earlier answers, and results of tools.

use crate::dialect::RequestError;
use crate::dialect::texts::{mark_signed, object, other, read_other, read_state, signature, span, text};
use crate::dialect::tools::read_tool;
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind};
use crate::model::{CallName, Items, Request, Role, TextKind, TextSpan};

pub(in crate::dialect) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "input", "instructions"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "input" => read_input(reader, &mut request)?,
            "instructions" => read_instructions(reader, &mut request)?,
            "prompt" => read_prompt(reader, &mut request)?,
            "tools" => {
                reader.maybe_array(|reader, _| read_tool(reader, None, &mut request))?;
            }
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "max_output_tokens" => request.parameters.max_tokens = reader.maybe_count()?,
        "reasoning" => read_reasoning(reader, request)?,
        "text" => read_text_config(reader, request)?,
        "include" => read_include(reader, request)?,
        "previous_response_id" => read_state(reader, "previous_response_id", request)?,
        "conversation" => read_state(reader, "conversation", request)?,
        _ if crate::dialect::openai::parameters::read(reader, key, request)? => {}
        _ => read_other(reader, None, &mut request.items)?,
    }
    Ok(())
}

/// Reads the list of additional output. If encrypted reasoning is requested, its summary stays as the provider wrote
/// it.
fn read_include(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let document = reader.document();
    let first = request.items.len();
    read_other(reader, None, &mut request.items)?;
    let mut included = request.items.texts_from(first).map(|leaf| document.raw(leaf.span));
    request.signs_reasoning |= included.any(|name| name == "reasoning.encrypted_content");
    Ok(())
}

fn read_reasoning(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "effort" => request.parameters.reasoning_level = reader.api_text()?.map(Into::into),
                _ => read_other(reader, None, &mut request.items)?,
            }
            Ok(())
        })
        .map(drop)
}

fn read_text_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "format" => read_format(reader, request),
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

fn read_format(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "type" => {
                    request.parameters.output_type = match reader.api_text()?.as_deref() {
                        Some("text") => Some("text"),
                        Some("json_object" | "json_schema") => Some("json"),
                        _ => None,
                    };
                }
                _ => read_other(reader, None, &mut request.items)?,
            }
            Ok(())
        })
        .map(drop)
}

fn read_instructions(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    read_content(reader, None, TextKind::Text, &mut request.items)?;
    set_role(request, first, Some(Role::System));
    Ok(())
}

/// Reads a prompt stored at the provider, with its variables.
fn read_prompt(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    read_value(reader, None, TextKind::Text, &mut request.items)?;
    set_role(request, first, Some(Role::User));
    Ok(())
}

fn read_input(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, index| read_item(reader, index, request));
    }
    if let Some(span) = reader.maybe_string()? {
        request.items.push_text(TextSpan { role: Some(Role::User), ..text(span, 0) });
    }
    Ok(())
}

/// Facts of an item, collected member by member, because the type may come last.
#[derive(Default)]
struct InputItem {
    /// Index of the item.
    index: u32,
    /// Index of the item's call, if it is one.
    call: u32,
    kind: Option<Span>,
    role: Option<Role>,
    id: Option<Span>,
    call_id: Option<Span>,
    name: Option<Span>,
    /// Set when the item has tool input.
    calls: bool,
    /// Location of tool input that is a JSON value.
    input: Option<Span>,
    /// Code, possibly signed by the provider.
    code: Option<Span>,
    /// A text, or an encoded image.
    result: Option<Span>,
    is_encrypted: bool,
    has_fingerprint: bool,
}

fn read_item(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, Some(index), &mut request.items);
    }
    let first = request.items.len();
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut item = InputItem { index, call, ..InputItem::default() };
    reader.object(|reader, key| item.read_member(reader, &key, request))?;
    let document = reader.document();
    let kind = item.kind.map(|kind| document.text(kind)).unwrap_or_default();
    item.finish(&kind, first, request);
    Ok(())
}

impl InputItem {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
        let (message, items) = (Some(self.index), &mut request.items);
        match key {
            "type" => self.kind = reader.maybe_id()?,
            "role" => self.role = read_role(reader)?,
            "id" => self.id = reader.maybe_id()?,
            "call_id" => self.call_id = reader.maybe_id()?,
            "name" => self.name = reader.maybe_id()?,
            "content" | "summary" => read_content(reader, message, TextKind::Text, items)?,
            "output" => read_content(reader, message, TextKind::ToolResult, items)?,
            "arguments" | "input" => self.read_arguments(reader, items)?,
            "code" if reader.peek()? == ValueKind::String => self.code = reader.maybe_string()?,
            "result" if reader.peek()? == ValueKind::String => self.result = reader.maybe_id()?,
            "encrypted_content" => self.is_encrypted = signature(reader)?,
            "fingerprint" => self.has_fingerprint = signature(reader)?,
            "tools" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| read_tool(reader, message, request))?;
            }
            _ => read_member(reader, key, message, TextKind::Other, items)?,
        }
        Ok(())
    }

    /// Reads tool input: a text, mostly JSON, or a JSON value.
    fn read_arguments(&mut self, reader: &mut Reader<'_>, items: &mut Items) -> JsonResult {
        let kind = reader.peek()?;
        let start = reader.offset();
        let is_text = kind == ValueKind::String;
        self.calls |= kind != ValueKind::Null;
        let leaf = TextSpan { call: Some(self.call), ..other(Span::default(), Some(self.index)) };
        reader.scalars(&mut |part| {
            let (span, place) = match part {
                Scalar::String(span) if is_text => (span, TextKind::Arguments),
                Scalar::Key(span) | Scalar::String(span) => (span, TextKind::ArgumentValue),
                Scalar::Number(span) => (span, TextKind::ArgumentNumber),
            };
            items.push_text(TextSpan { span, place, ..leaf });
        })?;
        if self.calls && !is_text {
            self.input = Some(span(start, reader.offset()));
        }
        Ok(())
    }

    fn finish(self, kind: &str, first: usize, request: &mut Request) {
        if self.calls {
            let CallName { id, name, input } =
                CallName { id: self.call_id.or(self.id), name: self.name, input: self.input };
            request.tool_calls.push(CallName { id, name, input });
        }
        let leaf = |span, place| TextSpan { place, ..text(span, self.index) };
        // The provider verifies by a fingerprint that it has written the program.
        let is_signed = kind == "program" && self.has_fingerprint;
        let place = if is_signed { TextKind::SignedReasoning } else { TextKind::Text };
        let code = self.code.map(|span| leaf(span, place));
        let result = self.result.filter(|_| kind != "image_generation_call");
        let result = result.map(|span| leaf(span, TextKind::ToolResult));
        request.items.merge(first, &code.into_iter().chain(result).collect());
        if kind == "reasoning" && self.is_encrypted {
            mark_signed(&mut request.items, first);
        }
        // Only the provider knows the turns before a compaction.
        let is_reference = kind == "item_reference" || kind.is_empty() && self.role.is_none() && self.id.is_some();
        if is_reference || kind.starts_with("compaction") && self.is_encrypted {
            request.stored_state = Some("input");
        }
        let role = match kind {
            "message" | "" => self.role,
            "mcp_approval_response" => Some(Role::User),
            "additional_tools" => Some(Role::System),
            _ if kind.ends_with("_output") => Some(Role::Tool),
            _ => self.role.or(Some(Role::Assistant)),
        };
        set_role(request, first, role);
    }
}

fn set_role(request: &mut Request, first: usize, role: Option<Role>) {
    for leaf in request.items.texts_from_mut(first) {
        leaf.role = role;
    }
}

fn read_role(reader: &mut Reader<'_>) -> JsonResult<Option<Role>> {
    Ok(reader.api_text()?.map(|role| match &*role {
        "assistant" => Role::Assistant,
        "system" | "developer" => Role::System,
        "tool" => Role::Tool,
        _ => Role::User,
    }))
}

/// Reads a content: a text, or a list of parts.
fn read_content(reader: &mut Reader<'_>, message: Option<u32>, place: TextKind, items: &mut Items) -> JsonResult {
    if reader.peek()? != ValueKind::Array {
        return read_value(reader, message, place, items);
    }
    reader.array(|reader, _| {
        if reader.peek()? != ValueKind::Object {
            return read_value(reader, message, place, items);
        }
        reader.object(|reader, key| match &*key {
            "text" | "refusal" | "transcript" | "stdout" | "stderr" => read_value(reader, message, place, items),
            _ => read_member(reader, &key, message, TextKind::Other, items),
        })
    })
}

/// Reads any value and records its items, except in members that never hold text.
fn read_value(reader: &mut Reader<'_>, message: Option<u32>, place: TextKind, items: &mut Items) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| read_member(reader, &key, message, place, items)),
        ValueKind::Array => reader.array(|reader, _| read_value(reader, message, place, items)),
        ValueKind::String => {
            items.push_text(TextSpan { place, ..other(reader.string()?, message) });
            Ok(())
        }
        _ => reader.skip(),
    }
}

/// Reads a member of any object. Ids, encoded, encrypted or signed data, and addresses of images and files are no
/// texts: they would break once changed, and nobody reads them as text.
fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    message: Option<u32>,
    place: TextKind,
    items: &mut Items,
) -> JsonResult {
    match key {
        "type" | "role" => reader.api_word().map(drop),
        "id" | "call_id" | "file_id" | "encrypted_content" | "fingerprint" => reader.opaque(),
        "image_url" | "file_url" | "file_data" | "input_audio" => crate::dialect::texts::read_media(reader, items),
        _ => read_value(reader, message, place, items),
    }
}
