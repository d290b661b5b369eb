//! Common parts of Cohere's APIs: parameters, counts and errors. <https://docs.cohere.com/reference/chat>,
//! `/v1/reference/chat`, `/reference/embed` and `/reference/rerank`, read 2026-11-21.

use crate::dialect::texts::{read_other, read_stop, span};
use crate::document::{JsonResult, Reader, escape_into};
use crate::model::{Event, Refusal, Request};
use crate::usage::{ReportedUsage, UsageConvention};

/// Reads a request member common to chat and generate, v1 and v2, and returns true. Returns false for any other member,
/// which is then still unread.
pub(in crate::dialect) fn read_parameter(
    reader: &mut Reader<'_>,
    key: &str,
    request: &mut Request,
) -> JsonResult<bool> {
    let parameters = &mut request.parameters;
    match key {
        "model" => request.model = reader.maybe_text()?.map(Into::into),
        "stream" => request.stream = reader.maybe_bool()? == Some(true),
        "max_tokens" => parameters.max_tokens = reader.maybe_count()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "p" => parameters.top_p = reader.maybe_number()?,
        "k" => parameters.top_k = reader.maybe_integer()?,
        "frequency_penalty" => parameters.frequency_penalty = reader.maybe_number()?,
        "presence_penalty" => parameters.presence_penalty = reader.maybe_number()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "num_generations" => parameters.choices = reader.maybe_count()?,
        "stop_sequences" => read_stop(reader, request)?,
        "response_format" => read_response_format(reader, request)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn read_response_format(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => {
                request.parameters.output_type = match reader.api_text()?.as_deref() {
                    Some("text") => Some("text"),
                    Some("json_object") => Some("json"),
                    _ => None,
                };
                Ok(())
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

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

/// Writes an error: <https://docs.cohere.com/reference/errors>, read 2026-11-21. Cohere's clients choose the exception
/// by status.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"message":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
