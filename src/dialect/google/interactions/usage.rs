//! Usage.

use crate::document::{JsonResult, Reader};
use crate::model::Event;
use crate::usage::ReportedUsage;

/// Reads `Usage`. As in generateContent the output excludes thoughts and the input excludes tools' results.
pub(super) fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let start = reader.peek().map(|_| reader.offset())?;
    let mut counts = ReportedUsage::default();
    let mut is_empty = true;
    reader.maybe_object(|reader, key| {
        is_empty = false;
        read_count(reader, &key, &mut counts, events)
    })?;
    if !is_empty {
        events.push(crate::dialect::google::usage::report(counts, crate::dialect::texts::span(start, reader.offset())));
    }
    Ok(())
}

fn read_count(reader: &mut Reader<'_>, key: &str, counts: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "total_input_tokens" => counts.input = reader.maybe_count()?,
        "total_output_tokens" => counts.output = reader.maybe_count()?,
        "total_tokens" => counts.total = reader.maybe_count()?,
        "total_cached_tokens" => counts.cache_read = reader.maybe_count()?,
        // The second is the former name.
        "total_thought_tokens" | "total_reasoning_tokens" => {
            counts.reasoning = reader.maybe_count()?.or(counts.reasoning)
        }
        "total_tool_use_tokens" => counts.tool_input = reader.maybe_count()?,
        "input_tokens_by_modality" => {
            let input = crate::dialect::google::usage::read_modalities(reader)?;
            (counts.input_audio, counts.input_image, counts.input_video) = (input.audio, input.image, input.video);
        }
        "cached_tokens_by_modality" => {
            let cached = crate::dialect::google::usage::read_modalities(reader)?;
            (counts.cache_read_audio, counts.cache_read_image) = (cached.audio, cached.image);
        }
        "output_tokens_by_modality" => {
            let output = crate::dialect::google::usage::read_modalities(reader)?;
            (counts.output_audio, counts.output_image) = (output.audio, output.image);
        }
        // Uses of grounding tools: `[{"type":"google_search","count":2}]`.
        "grounding_tool_count" => {
            crate::dialect::google::usage::read_tools(reader, "type", &["count"], counts, events)?
        }
        _ => reader.skip()?,
    }
    Ok(())
}
