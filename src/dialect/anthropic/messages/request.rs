//! Requests of Anthropic messages: <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.
//!
//! Skips images, and members that the provider has signed or encrypted for itself. On Amazon Bedrock older models take
//! the legacy API's members under the same path.

use super::turn::read_content;
use crate::dialect::anthropic::parameters::{METADATA, OUTPUT_CONFIG, THINKING};
use crate::dialect::members::Members;
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{read_other, read_state};
use crate::dialect::turns::{read_message, read_system};
use crate::dialect::unique_keys::UniqueKeys;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Node, Parameter, Property, Request};

pub(in crate::dialect) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    crate::dialect::texts::read_members(document, read_member)
}

/// Reads a member of a request.
pub(in crate::dialect::anthropic) fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    unique: &mut UniqueKeys,
    request: &mut Request,
) -> JsonResult {
    unique.observe(key, &["model", "stream", "messages", "system", "prompt"]);
    match key {
        "model" => request.model = parameters::text(reader, Parameter::Model, request)?,
        "stream" => request.stream = parameters::switch(reader, Parameter::Stream, request)?,
        "system" => read_system(reader, request, read_content)?,
        "messages" => {
            reader.maybe_array(|reader, index| read_message(reader, index, request, read_content))?;
        }
        _ => read_parameter(reader, key, request)?,
    }
    Ok(())
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "output_config" => return read_output_config(reader, request),
        // Predecessor of `output_config.format`.
        "output_format" => {
            return read_format(reader, request);
        }
        // Files and variables of an earlier call: <https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/
        // code-execution-tool#container-reuse>, read 2026-11-28.
        "container" => return read_container(reader, request),
        // Sealed by the provider: invalid once changed.
        "fallback_credit_token" => return reader.opaque(),
        "mcp_servers" => return reader.maybe_array(|reader, _| read_mcp_server(reader, request)).map(drop),
        "metadata" => return parameters::read_settings(reader, METADATA, request),
        "thinking" => return parameters::read_settings(reader, THINKING, request),
        "tool_choice" => return crate::dialect::tools::read_choice(reader, request),
        "tools" => {
            reader.maybe_array(|reader, _| crate::dialect::tools::read_tool(reader, None, request))?;
        }
        _ if crate::dialect::fallbacks::read(reader, key, request)? => {}
        _ => return crate::dialect::anthropic::complete::read_parameter(reader, key, request),
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
            "format" => read_format(reader, request),
            _ => parameters::read_setting(reader, OUTPUT_CONFIG, &key, request),
        })
        .map(drop)
}

/// Reads the output format: `{"type":"json_schema","schema":{…}}`.
fn read_format(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.parameters.output_type = Some("json");
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    request.items.open(Node::OutputFormat);
    reader.object(|reader, key| {
        FORMAT.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items))
    })?;
    request.items.close();
    Ok(())
}

/// Members of an output format.
const FORMAT: Members = Members(&[("type", Property::Type), ("schema", Property::Schema), ("name", Property::Name)]);

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
