//! Output format that a request asks for, in the forms that several dialects share: OpenAI's
//! `{"type":"json_schema","json_schema":{"name":…,"schema":{…}}}`, and the flat one of its responses.

use super::members::Members;
use super::texts::read_other;
use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::{Node, Property, Request};

/// Members of a format and of its `json_schema`.
pub(super) const FORMAT: Members = Members(&[
    ("type", Property::Type),
    ("name", Property::Name),
    ("description", Property::Description),
    ("schema", Property::Schema),
    ("strict", Property::Strict),
]);

/// Reads a format.
pub(super) fn read(reader: &mut Reader<'_>, members: &Members, request: &mut Request) -> JsonResult {
    request.items.open(Node::OutputFormat);
    reader.maybe_object(|reader, key| {
        members.read(reader, &key, request, |reader, request| match &*key {
            "type" => {
                request.parameters.output_type = match reader.api_text()?.as_deref() {
                    Some("text") => Some("text"),
                    Some("json_object" | "json_schema") => Some("json"),
                    _ => None,
                };
                Ok(())
            }
            "json_schema" if members.property(&key).is_none() && reader.peek()? == ValueKind::Object => {
                reader.object(|reader, key| {
                    members.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items))
                })
            }
            _ => read_other(reader, None, &mut request.items),
        })
    })?;
    request.items.close();
    Ok(())
}
