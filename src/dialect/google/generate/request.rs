//! Requests, of countTokens too.

use super::parameters::ROWS;
use crate::dialect::google::content::{one_or_several, read_content, read_content_of, read_model};
use crate::dialect::google::parameters::{read_config, read_kept};
use crate::dialect::google::tools::{read_tool, read_tool_config};
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::read_other;
use crate::dialect::unique_keys::UniqueKeys;
use crate::document::{Document, JsonResult, Reader};
use crate::model::{Parameter, Request, Role};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    crate::dialect::texts::read_members(document, read_member)
}

/// Reads a member of a request.
pub(in crate::dialect::google) fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    unique: &mut UniqueKeys,
    request: &mut Request,
) -> JsonResult {
    // Both spellings are one field.
    let name = if key == "system_instruction" { "systemInstruction" } else { key };
    unique.observe(name, &["model", "contents", "systemInstruction"]);
    match key {
        "model" => request.model = read_model(reader, request)?,
        "contents" => one_or_several(reader, |reader, index| read_content(reader, Some(index), request))?,
        "systemInstruction" | "system_instruction" => read_content_of(reader, Role::System, None, request)?,
        "generationConfig" | "generation_config" => read_config(reader, request)?,
        "tools" => one_or_several(reader, |reader, _| read_tool(reader, request))?,
        "toolConfig" | "tool_config" => read_tool_config(reader, request)?,
        "cachedContent" | "cached_content" => read_kept(reader, "cachedContent", Parameter::CachedContent, request)?,
        "safetySettings" | "safety_settings" => reader.stray()?,
        // countTokens may wrap the request to count.
        "generateContentRequest" | "generate_content_request" => {
            reader.maybe_object(|reader, key| read_member(reader, &key, unique, request))?;
        }
        _ if parameters::read(reader, ROWS, key, request)? => {}
        _ => read_other(reader, None, &mut request.items)?,
    }
    Ok(())
}
