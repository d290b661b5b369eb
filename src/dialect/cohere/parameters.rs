//! Parameters of Cohere's APIs: <https://docs.cohere.com/reference/chat>, `/v1/reference/chat` and `/reference/embed`, read
//! 2026-11-21.

use crate::dialect::members::Members;
use crate::dialect::output_format;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::tools::{read_choice, read_plain_tools};
use crate::document::{JsonResult, Reader};
use crate::model::{Parameter, Property, Request};

/// Names of parameters of chat and generate, v1 and v2.
pub(super) const ROWS: &[Row] = &[
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
    row("strict_tools", Parameter::StrictTools),
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
