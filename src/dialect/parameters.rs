//! Parameters of a call: the names that a dialect gives them, and their reading.

use super::texts::{read_other, read_stop};
use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::{Item, Parameter, Parameters, Request};

/// Name of a parameter in one dialect.
pub(super) struct Row {
    /// Name of the member.
    pub(super) name: &'static str,
    /// The parameter.
    pub(super) parameter: Parameter,
    /// Set for a name that yields to another name of the same parameter when a request has both.
    pub(super) yields: bool,
}

/// Creates the row of a name.
pub(super) const fn row(name: &'static str, parameter: Parameter) -> Row {
    Row { name, parameter, yields: false }
}

/// Creates the row of a name that yields to another one.
pub(super) const fn yielding(name: &'static str, parameter: Parameter) -> Row {
    Row { yields: true, ..row(name, parameter) }
}

/// Reads the value of a parameter and returns true. Returns false for any other member, which is then still unread.
pub(super) fn read(reader: &mut Reader<'_>, rows: &[Row], name: &str, request: &mut Request) -> JsonResult<bool> {
    let Some(row) = rows.iter().find(|row| row.name == name) else { return Ok(false) };
    record(reader, row.parameter, request, |reader, request| read_value(reader, row, request))?;
    Ok(true)
}

/// Reads a value by `read` and records it as a parameter.
pub(super) fn record<'a, T>(
    reader: &mut Reader<'a>,
    parameter: Parameter,
    request: &mut Request,
    read: impl FnOnce(&mut Reader<'a>, &mut Request) -> JsonResult<T>,
) -> JsonResult<T> {
    let (value, span) = reader.spanned(|reader| read(reader, request))?;
    request.items.push(Item::Parameter(parameter, span));
    Ok(value)
}

/// Reads an object of parameters. Any other value is a stray.
pub(super) fn read_object(reader: &mut Reader<'_>, rows: &[Row], request: &mut Request) -> JsonResult {
    reader.maybe_object(|reader, key| read_setting(reader, rows, &key, request)).map(drop)
}

/// Reads an object of parameters. The texts of any other value are recorded.
pub(super) fn read_settings(reader: &mut Reader<'_>, rows: &[Row], request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_other(reader, None, &mut request.items);
    }
    read_object(reader, rows, request)
}

/// Reads a member of an object of parameters. The texts of any other member are recorded.
pub(super) fn read_setting(reader: &mut Reader<'_>, rows: &[Row], name: &str, request: &mut Request) -> JsonResult {
    if !read(reader, rows, name, request)? {
        read_other(reader, None, &mut request.items)?;
    }
    Ok(())
}

/// Reads a text as the value of a parameter.
pub(super) fn text(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult<Option<String>> {
    record(reader, parameter, request, |reader, _| Ok(reader.maybe_text()?.map(Into::into)))
}

/// Reads a switch as the value of a parameter. Anything but `true` is off.
pub(super) fn switch(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult<bool> {
    record(reader, parameter, request, |reader, _| Ok(reader.maybe_bool()? == Some(true)))
}

/// Reads a word of the API as the value of a parameter. Any other value is a stray.
pub(super) fn word(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult {
    record(reader, parameter, request, |reader, _| reader.api_word().map(drop))
}

/// Reads a value that the API takes from a list of its own, as the value of a parameter. One of another form is a stray.
pub(super) fn stray(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult {
    record(reader, parameter, request, |reader, _| reader.stray())
}

fn read_value(reader: &mut Reader<'_>, row: &Row, request: &mut Request) -> JsonResult {
    match row.parameter {
        parameter if set(reader, parameter, row.yields, &mut request.parameters)? => Ok(()),
        Parameter::Stop => read_stop(reader, request),
        _ => read_other(reader, None, &mut request.items),
    }
}

/// Reads the value of a parameter that is a number or a word of the API, and returns true. Returns false for any other
/// parameter, which is then still unread. `yields`: a value that is set already stays.
pub(super) fn set(
    reader: &mut Reader<'_>,
    parameter: Parameter,
    yields: bool,
    into: &mut Parameters,
) -> JsonResult<bool> {
    match parameter {
        Parameter::MaxTokens => fold(&mut into.max_tokens, reader.maybe_count()?, yields),
        Parameter::Temperature => fold(&mut into.temperature, reader.maybe_number()?, yields),
        Parameter::TopP => fold(&mut into.top_p, reader.maybe_number()?, yields),
        Parameter::TopK => fold(&mut into.top_k, reader.maybe_integer()?, yields),
        Parameter::FrequencyPenalty => fold(&mut into.frequency_penalty, reader.maybe_number()?, yields),
        Parameter::PresencePenalty => fold(&mut into.presence_penalty, reader.maybe_number()?, yields),
        Parameter::Seed => fold(&mut into.seed, reader.maybe_integer()?, yields),
        Parameter::Choices => fold(&mut into.choices, reader.maybe_count()?, yields),
        Parameter::ReasoningLevel => fold(&mut into.reasoning_level, reader.api_text()?.map(Into::into), yields),
        Parameter::ServiceTier => fold(&mut into.service_tier, reader.api_text()?.map(Into::into), yields),
        _ => return Ok(false),
    }
    Ok(true)
}

fn fold<T>(into: &mut Option<T>, value: Option<T>, yields: bool) {
    if !yields && value.is_some() || into.is_none() {
        *into = value;
    }
}

/// Fills in unset parameters from those that came in an object of their own.
pub(super) fn fill(parameters: &mut Parameters, others: Parameters) {
    parameters.max_tokens = parameters.max_tokens.or(others.max_tokens);
    parameters.temperature = parameters.temperature.or(others.temperature);
    parameters.top_p = parameters.top_p.or(others.top_p);
    parameters.top_k = parameters.top_k.or(others.top_k);
    parameters.frequency_penalty = parameters.frequency_penalty.or(others.frequency_penalty);
    parameters.presence_penalty = parameters.presence_penalty.or(others.presence_penalty);
    parameters.seed = parameters.seed.or(others.seed);
    if parameters.stop.is_empty() {
        parameters.stop = others.stop;
    }
}
