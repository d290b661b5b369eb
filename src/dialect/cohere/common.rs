//! Common parts of Cohere's APIs: parameters, counts and errors. <https://docs.cohere.com/reference/chat>,
//! `/v1/reference/chat`, `/reference/embed` and `/reference/rerank`, read 2026-11-21.

use crate::dialect::members::Members;
use crate::dialect::output_format;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::texts::span;
use crate::dialect::tools::{read_choice, read_plain_tools};
use crate::document::{JsonResult, Reader, escape_into};
use crate::model::{Event, Parameter, Property, Refusal, Request};
use crate::usage::{ReportedUsage, UsageConvention};

/// Names of parameters of chat and generate, v1 and v2.
const ROWS: &[Row] = &[
    row("max_tokens", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("p", Parameter::TopP),
    row("k", Parameter::TopK),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("seed", Parameter::Seed),
    row("num_generations", Parameter::Choices),
    row("stop_sequences", Parameter::Stop),
    row("logprobs", Parameter::Logprobs),
];

/// Members of `response_format`. `schema` is v1's name.
const FORMAT: Members =
    Members(&[("type", Property::Type), ("json_schema", Property::Schema), ("schema", Property::Schema)]);

/// Reads a request member common to chat and generate, v1 and v2, and returns true. Returns false for any other member,
/// which is then still unread.
pub(in crate::dialect) fn read_parameter(
    reader: &mut Reader<'_>,
    key: &str,
    request: &mut Request,
) -> JsonResult<bool> {
    match key {
        "model" => request.model = parameters::text(reader, Parameter::Model, request)?,
        "stream" => request.stream = parameters::switch(reader, Parameter::Stream, request)?,
        "response_format" => output_format::read(reader, &FORMAT, request)?,
        "tools" => read_plain_tools(reader, request)?,
        "tool_choice" => read_choice(reader, request)?,
        _ => return parameters::read(reader, ROWS, key, request),
    }
    Ok(true)
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
