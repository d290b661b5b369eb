//! Counts of Cohere's APIs, also of rerank's: <https://docs.cohere.com/reference/chat>, `/v1/reference/chat`,
//! `/reference/embed` and `/reference/rerank`, read 2026-11-21.

use crate::dialect::texts::span;
use crate::document::{JsonResult, Reader};
use crate::model::Event;
use crate::usage::{ReportedUsage, UsageConvention};

/// Reads v1's `meta`, v2's `usage`. Cohere counts twice: `tokens` are those that the model read and wrote, including
/// the text that Cohere itself adds around a conversation; `billed_units` are those that cost. If only the latter are
/// reported, they are the count.
pub(in crate::dialect) fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| match &*key {
        "billed_units" => reader.maybe_object(|reader, key| read_billed(reader, &key, &mut counts)).map(drop),
        "tokens" => reader.maybe_object(|reader, key| read_tokens(reader, &key, &mut counts)).map(drop),
        "cached_tokens" => {
            counts.cache_read = reader.maybe_count()?;
            Ok(())
        }
        _ => reader.skip(),
    })?;
    if counts.input.is_none() && counts.output.is_none() {
        (counts.input, counts.output) = (counts.billed_input, counts.billed_output);
    }
    // Images are billed by tokens, or by number for models that do not count their tokens.
    if counts.input_image.is_some_and(|tokens| tokens > 0) {
        counts.input_images = None;
    }
    crate::dialect::texts::counted(counts, UsageConvention::Inclusive, span(start, reader.offset()), events);
    Ok(())
}

fn read_billed(reader: &mut Reader<'_>, key: &str, counts: &mut ReportedUsage) -> JsonResult {
    match key {
        "input_tokens" => counts.billed_input = reader.maybe_count()?,
        "output_tokens" => counts.billed_output = reader.maybe_count()?,
        "image_tokens" => counts.input_image = reader.maybe_count()?,
        "images" => counts.input_images = reader.maybe_count()?,
        "search_units" => counts.searches = reader.maybe_count()?,
        "pages" => counts.pages = reader.maybe_count()?,
        _ => reader.skip()?,
    }
    Ok(())
}

/// Reads token counts. The input includes image tokens, as the billed units of a chat do.
fn read_tokens(reader: &mut Reader<'_>, key: &str, counts: &mut ReportedUsage) -> JsonResult {
    match key {
        "input_tokens" => counts.input = reader.maybe_count()?,
        "output_tokens" => counts.output = reader.maybe_count()?,
        "reasoning_tokens" => counts.reasoning = reader.maybe_count()?,
        _ => reader.skip()?,
    }
    Ok(())
}
