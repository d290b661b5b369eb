//! Requests.

use super::parameters::{ROWS, THINKING};
use super::turn::read_input;
use crate::dialect::google::content::{one_or_several, read_content_of};
use crate::dialect::google::parameters::{OutputConfig, read_kept, read_parameter};
use crate::dialect::members::Members;
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{read_other, read_state, span};
use crate::document::{Document, JsonResult, Reader};
use crate::model::{Item, Node, Parameter, Property, Request, Role};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let (mut agent, mut output) = (None, OutputConfig::default());
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "agent", "stream", "input", "system_instruction"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "agent" => agent = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "input" => one_or_several(reader, |reader, index| read_input(reader, index, &mut request))?,
            _ => read_member(reader, &key, &mut output, &mut request)?,
        }
        Ok(())
    })?;
    output.write(&mut request);
    crate::dialect::texts::finish(reader, &mut request)?;
    request.model = request.model.or(agent);
    request.parameters.output_type = output.kind();
    unique.check().map(|()| request)
}

fn read_member(reader: &mut Reader<'_>, key: &str, output: &mut OutputConfig, request: &mut Request) -> JsonResult {
    match key {
        "system_instruction" => read_content_of(reader, Role::System, None, request),
        "generation_config" => reader.maybe_object(|reader, key| read_config(reader, &key, output, request)).map(drop),
        "response_mime_type" => output.read_media_type(reader),
        "response_modalities" => output.read_modalities(reader, request),
        "response_format" => one_or_several(reader, |reader, _| read_format(reader, output, request)),
        "tools" => one_or_several(reader, |reader, _| crate::dialect::google::tools::read_typed_tool(reader, request)),
        "previous_interaction_id" => read_kept(reader, "previous_interaction_id", Parameter::PreviousAnswer, request),
        "cached_content" => read_kept(reader, "cached_content", Parameter::CachedContent, request),
        "continuation_token" => read_state(reader, "continuation_token", request),
        "safety_settings" => reader.stray(),
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

fn read_config(reader: &mut Reader<'_>, key: &str, output: &mut OutputConfig, request: &mut Request) -> JsonResult {
    match key {
        "tool_choice" => crate::dialect::google::tools::read_typed_choice(reader, request),
        _ if parameters::read(reader, THINKING, key, request)? => Ok(()),
        _ => read_parameter(reader, key, output, request),
    }
}

/// Reads the output format: a type or, formerly, a JSON schema.
fn read_format(reader: &mut Reader<'_>, output: &mut OutputConfig, request: &mut Request) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let mut is_schema = false;
    request.items.open(Node::OutputFormat);
    reader.maybe_object(|reader, key| {
        FORMAT.read(reader, &key, request, |reader, request| match &*key {
            "type" => {
                is_schema = output.read_type(reader)?;
                Ok(())
            }
            "mime_type" => output.read_format(reader),
            _ => read_other(reader, None, &mut request.items),
        })
    })?;
    if is_schema {
        request.items.push(Item::Property(Property::Schema, span(start, reader.offset())));
    }
    request.items.close();
    Ok(())
}

/// Members of an output format.
const FORMAT: Members =
    Members(&[("type", Property::Type), ("mime_type", Property::MediaType), ("schema", Property::Schema)]);
