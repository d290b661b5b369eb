//! Requests.

use super::parameters::{ROWS, TOP_ROWS};
use super::turn::read_message;
use crate::dialect::parameters::{self, read_setting};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{read_other, span};
use crate::dialect::tools::read_plain_tools;
use crate::dialect::turns::{read_media_parts, read_said, read_suffix};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Item, Node, Parameter, PartKind, Property, Request, Role};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    // The default is a streamed answer. Endpoints that cannot stream say so themselves.
    let mut request = Request { stream: true, usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "name", "stream", "messages", "prompt", "system", "input"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            // Older name, in requests about a model.
            "name" => {
                let name = parameters::text(reader, Parameter::Model, &mut request)?;
                request.model = request.model.take().or(name);
            }
            "stream" => request.stream = read_stream(reader, &mut request)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            "prompt" => read_said(reader, Role::User, Some(0), &mut request)?,
            "suffix" => read_suffix(reader, &mut request)?,
            "system" => read_said(reader, Role::System, None, &mut request)?,
            "input" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, index| read_said(reader, Role::User, Some(index), &mut request))?;
            }
            "input" => read_said(reader, Role::User, Some(0), &mut request)?,
            "options" => {
                reader.maybe_object(|reader, key| read_setting(reader, ROWS, &key, &mut request))?;
            }
            "tools" => read_plain_tools(reader, &mut request)?,
            "format" => read_format(reader, &mut request)?,
            // Tokens of earlier calls' texts.
            "context" => crate::dialect::texts::read_state(reader, "context", &mut request)?,
            "images" => read_media_parts(reader, PartKind::Image, Property::Data, &mut request)?,
            // Time for which the model stays in memory.
            "keep_alive" => reader.opaque()?,
            _ if parameters::read(reader, TOP_ROWS, &key, &mut request)? => {}
            _ => read_setting(reader, ROWS, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads the switch that declines a streamed answer.
fn read_stream(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult<bool> {
    let is_declined = |reader: &mut Reader<'_>, _: &mut Request| Ok(reader.maybe_bool()? == Some(false));
    Ok(!parameters::record(reader, Parameter::Stream, request, is_declined)?)
}

/// Reads the output format: `json`, or a schema.
fn read_format(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::OutputFormat);
    let kind = reader.peek()?;
    let start = reader.offset();
    let is_json = match kind {
        ValueKind::String => reader.api_text()?.as_deref() == Some("json"),
        kind => {
            read_other(reader, None, &mut request.items)?;
            kind == ValueKind::Object
        }
    };
    let property = if kind == ValueKind::Object { Property::Schema } else { Property::Type };
    request.items.push(Item::Property(property, span(start, reader.offset())));
    request.items.close();
    if is_json {
        request.parameters.output_type = Some("json");
    }
    Ok(())
}
