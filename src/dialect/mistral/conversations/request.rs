//! Requests.

use super::parameters::ROWS;
use super::turn::read_input;
use crate::dialect::openai::chat::read_parameter;
use crate::dialect::parameters::{self, read_setting};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::object;
use crate::dialect::tools::read_plain_tools;
use crate::dialect::turns::read_said;
use crate::document::{Document, ValueKind};
use crate::model::{Parameter, Request, Role};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let mut agent = None;
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "agent_id", "stream", "inputs", "instructions"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "agent_id" => agent = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "inputs" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, index| read_input(reader, index, &mut request))?;
            }
            "inputs" => read_said(reader, Role::User, Some(0), &mut request)?,
            "instructions" => read_said(reader, Role::System, None, &mut request)?,
            "tools" => read_plain_tools(reader, &mut request)?,
            "completion_args" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            "from_entry_id" | "agent_version" => reader.opaque()?,
            _ => read_setting(reader, ROWS, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    request.model = request.model.or(agent);
    unique.check().map(|()| request)
}
