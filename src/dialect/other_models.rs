//! Models that a request may run in addition to the one that it names.
//!
//! A provider's own tools run models too: OpenAI's image generation
//! (<https://platform.openai.com/docs/api-reference/responses/create>), Anthropic's advisor
//! (`BetaAdvisorTool20260301Param` of its SDK), OpenRouter's advisor, fusion and others. All read 2026-11-28. Fallbacks
//! are read in `fallbacks.rs`.

use super::texts::{other, read_other};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::Request;

/// Reads the settings of a tool, a plugin or a router.
pub(super) fn read_settings(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| read_setting(reader, &key, message, request))
}

/// Reads one setting, which may name models.
pub(super) fn read_setting(
    reader: &mut Reader<'_>,
    key: &str,
    message: Option<u32>,
    request: &mut Request,
) -> JsonResult {
    match (key, reader.peek()?) {
        ("model" | "judge_model", ValueKind::String) => {
            let name = reader.string()?;
            note(reader, name, request);
            Ok(())
        }
        ("models" | "analysis_models", ValueKind::Array) => reader.array(|reader, _| {
            match reader.peek()? {
                ValueKind::String => {
                    let name = reader.string()?;
                    note(reader, name, request);
                }
                _ => read_other(reader, message, &mut request.items)?,
            }
            Ok(())
        }),
        (_, ValueKind::String) => {
            request.items.push_text(other(reader.string()?, message));
            Ok(())
        }
        _ => read_other(reader, message, &mut request.items),
    }
}

/// Records a model.
pub(super) fn note(reader: &Reader<'_>, name: Span, request: &mut Request) {
    request.other_models.push(reader.document().text(name).into_owned());
}
