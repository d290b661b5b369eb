//! Requests of Amazon Bedrock's Converse, ConverseStream and CountTokens, and of Amazon Nova's InvokeModel:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html> and
//! <https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html>, read 2026-11-21.
//!
//! The path names the model and selects streaming. Skips media and their locations.

use super::parameters::{ADDITIONAL, INFERENCE, REASONING, ROWS, SERVICE_TIER, THINKING};
use super::tools::{read_output_config, read_tool_config};
use super::turn::read_content;
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{other, read_other};
use crate::dialect::turns::{read_message, read_system};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Request, Role, TextKind, TextSpan};
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
        "inferenceConfig" => parameters::read_object(reader, INFERENCE, request),
        "outputConfig" => read_output_config(reader, request),
        "toolConfig" => read_tool_config(reader, request),
        "serviceTier" => parameters::read_object(reader, SERVICE_TIER, request),
        "additionalModelRequestFields" if reader.peek()? == ValueKind::Object => read_additional(reader, request),
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
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

/// Reads parameters that only some models have.
fn read_additional(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| match (&*key, reader.peek()?) {
        ("thinking" | "reasoning_config", ValueKind::Object) => parameters::read_object(reader, THINKING, request),
        ("reasoningConfig", ValueKind::Object) => parameters::read_object(reader, REASONING, request),
        // Amazon Nova's.
        ("inferenceConfig", ValueKind::Object) => parameters::read_object(reader, INFERENCE, request),
        _ if parameters::read(reader, ADDITIONAL, &key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    })
}

fn read_variable(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    read_other(reader, None, &mut request.items)?;
    for leaf in request.items.texts_from_mut(first) {
        (leaf.place, leaf.role) = (TextKind::Text, Some(Role::User));
    }
    Ok(())
}
