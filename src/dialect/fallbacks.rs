//! Fallback models of a request.
//!
//! Routers take a list of fallbacks: OpenRouter's and Vercel's `models`, a substitute for `model` at OpenRouter
//! (<https://openrouter.ai/docs/guides/routing/model-fallbacks>,
//! <https://vercel.com/docs/ai-gateway/models-and-providers/model-fallbacks>), the `fallbacks` of Anthropic and LiteLLM
//! (<https://docs.litellm.ai/docs/proxy/reliability>), read 2026-11-28.

use super::other_models::{note, read_settings};
use super::texts::read_other;
use super::tools::read_tool;
use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::{Request, TextSpan};

/// Reads the value of a member that names fallback models, and returns true. Returns false for any other member, which
/// is then still unread.
pub(super) fn read(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult<bool> {
    match key {
        "models" | "fallbacks" | "context_window_fallbacks" | "content_policy_fallbacks" => {
            read_list(reader, request)?;
        }
        "plugins" if reader.peek()? == ValueKind::Array => {
            reader.array(|reader, _| read_tool(reader, None, request))?;
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
