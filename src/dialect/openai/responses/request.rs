//! Requests: <https://platform.openai.com/docs/api-reference/responses/create>, read 2026-11-21. Requests for compaction
//! and for token counts have the same shape.
//!
//! The input is a text or a list of items: messages, output of earlier answers, and results of tools.

use super::parameters::{REASONING, ROWS, TEXT};
use super::turn::{read_content, read_item, read_value};
use crate::dialect::openai::parameters as own;
use crate::dialect::output_format::{self, FORMAT};
use crate::dialect::parameters::{self, read_setting};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{object, other, read_other, read_state, text};
use crate::dialect::tools::{read_choice, read_tool};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Item, Node, Parameter, Request, Role, TextKind, TextSpan};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "input", "instructions"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "input" => read_input(reader, &mut request)?,
            "instructions" => read_instructions(reader, &mut request)?,
            "prompt" => read_prompt(reader, &mut request)?,
            "tools" => {
                reader.maybe_array(|reader, _| read_tool(reader, None, &mut request))?;
            }
            "tool_choice" => read_choice(reader, &mut request)?,
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "reasoning" => {
            reader.maybe_object(|reader, key| read_setting(reader, REASONING, &key, request))?;
        }
        "text" => {
            reader.maybe_object(|reader, key| match &*key {
                "format" => output_format::read(reader, &FORMAT, request),
                _ => read_setting(reader, TEXT, &key, request),
            })?;
        }
        "include" => read_include(reader, request)?,
        "previous_response_id" => read_state(reader, "previous_response_id", request)?,
        "conversation" => read_state(reader, "conversation", request)?,
        _ if parameters::read(reader, ROWS, key, request)? => {}
        _ if own::read(reader, key, request)? => {}
        _ => read_other(reader, None, &mut request.items)?,
    }
    Ok(())
}

/// Reads the list of additional output. If encrypted reasoning is requested, its summary stays as the provider wrote
/// it.
fn read_include(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let document = reader.document();
    if reader.peek()? != ValueKind::Array {
        return read_other(reader, None, &mut request.items);
    }
    reader.array(|reader, _| {
        if reader.peek()? != ValueKind::String {
            return read_other(reader, None, &mut request.items);
        }
        let (name, value) = reader.spanned(Reader::string)?;
        let parameter = match document.raw(name) {
            "reasoning.encrypted_content" => Parameter::ReasoningProof,
            "message.output_text.logprobs" => Parameter::Logprobs,
            _ => {
                request.items.push_text(other(name, None));
                return Ok(());
            }
        };
        request.signs_reasoning |= parameter == Parameter::ReasoningProof;
        request.items.push(Item::Parameter(parameter, value));
        Ok(())
    })
}

fn read_instructions(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    read_content(reader, None, TextKind::Text, request)?;
    request.items.close();
    request.items.set_role(opened, Some(Role::System));
    Ok(())
}

/// Reads a prompt stored at the provider, with its variables.
fn read_prompt(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    if reader.peek()? == ValueKind::Object {
        reader.object(|reader, key| match &*key {
            "id" => {
                let ((), id) = reader.spanned(Reader::opaque)?;
                request.items.push(Item::Parameter(Parameter::StoredPrompt, id));
                Ok(())
            }
            _ => read_value(reader, None, TextKind::Text, &mut request.items),
        })?;
    } else {
        read_value(reader, None, TextKind::Text, &mut request.items)?;
    }
    request.items.texts_from_mut(first).for_each(|leaf| leaf.role = Some(Role::User));
    Ok(())
}

fn read_input(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, index| read_item(reader, index, request));
    }
    if let Some(span) = reader.maybe_string()? {
        request.items.open(Node::Message(Some(Role::User)));
        request.items.push_text(TextSpan { role: Some(Role::User), ..text(span, 0) });
        request.items.close();
    }
    Ok(())
}
