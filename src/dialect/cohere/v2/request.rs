//! Requests.

use super::turn::read_message;
use crate::dialect::cohere::parameters::read_parameter;
use crate::dialect::members;
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::read_other;
use crate::dialect::turns::read_part_of;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Node, Parameter, PartKind, Property, Request, Role};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "messages"]);
        match &*key {
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            "documents" if reader.peek()? == ValueKind::Array => read_documents(reader, &mut request)?,
            "thinking" => read_thinking(reader, &mut request)?,
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.items)?;
                }
            }
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads documents beside the conversation, which the model may cite.
fn read_documents(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::Message(Some(Role::User)));
    reader.array(|reader, _| {
        read_part_of(PartKind::File, request, |request| match reader.peek()? {
            ValueKind::Object => super::turn::read_document(reader, 0, request),
            _ => members::record(reader, Property::Result, request, |reader, request| {
                read_other(reader, None, &mut request.items)
            }),
        })
    })?;
    request.items.close();
    Ok(())
}

/// Reads the mode of reasoning and the number of its tokens.
fn read_thinking(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => parameters::stray(reader, Parameter::ReasoningMode, request),
            "token_budget" => parameters::stray(reader, Parameter::ReasoningBudget, request),
            _ => reader.stray(),
        })
        .map(drop)
}
