//! Models that a request may run in addition to the one that it names.
//!
//! Routers take a list of fallbacks: OpenRouter's and Vercel's `models`, a substitute for `model` at OpenRouter
//! (<https://openrouter.ai/docs/guides/routing/model-fallbacks>,
//! <https://vercel.com/docs/ai-gateway/models-and-providers/model-fallbacks>), the `fallbacks` of Anthropic and LiteLLM
//! (<https://docs.litellm.ai/docs/proxy/reliability>). A provider's own tools run models too: OpenAI's image generation
//! (<https://platform.openai.com/docs/api-reference/responses/create>), Anthropic's advisor
//! (`BetaAdvisorTool20260301Param` of its SDK), OpenRouter's advisor, fusion and others. All read 2026-11-28.

use super::texts::{other, read_other};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Request, TextSpan};

/// Reads the value of a member that names fallback models, and returns true. Returns false for any other member, which
/// is then still unread.
pub(super) fn read(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult<bool> {
    match key {
        "models" | "fallbacks" | "context_window_fallbacks" | "content_policy_fallbacks" => {
            read_list(reader, request)?;
        }
        "plugins" if reader.peek()? == ValueKind::Array => {
            reader.array(|reader, _| super::tools::read_tool(reader, None, request))?;
        }
        "providerOptions" if reader.peek()? == ValueKind::Object => reader.object(|reader, key| match &*key {
            "gateway" if reader.peek()? == ValueKind::Object => read_settings(reader, None, request),
            _ => read_other(reader, None, &mut request.items),
        })?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Reads a name or several; or overrides for each fallback, including its name; or, per model, a list of its fallbacks.
fn read_list(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_list(reader, request)),
        ValueKind::Object => {
            let first = request.items.len();
            let mut is_named = false;
            reader.object(|reader, key| {
                if &*key == "model" {
                    is_named = true;
                    return read_list(reader, request);
                }
                read_other(reader, None, &mut request.items)
            })?;
            if !is_named {
                let names: Vec<TextSpan> = request.items.texts_from(first).copied().collect();
                request.items.truncate(first);
                names.iter().for_each(|leaf| note(reader, leaf.span, request));
            }
            Ok(())
        }
        _ => {
            if let Some(name) = reader.maybe_string()? {
                note(reader, name, request);
            }
            Ok(())
        }
    }
}

pub(super) fn read_settings(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| read_setting(reader, &key, message, request))
}

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

fn note(reader: &Reader<'_>, name: Span, request: &mut Request) {
    request.other_models.push(reader.document().text(name).into_owned());
}
