//! Parameters of a call: the names that a dialect gives them, and their reading.

use super::texts::{read_other, read_stop, span};
use crate::document::{JsonResult, Reader};
use crate::model::{Item, Parameter, Parameters, Request};

/// Name of a parameter in one dialect.
pub(super) struct Row {
    /// Name of the member.
    pub(super) name: &'static str,
    /// The parameter.
    pub(super) parameter: Parameter,
    /// Set for a name that yields to another name of the same parameter when a request has both.
    pub(super) yields: bool,
    /// Set for a name that is read but never written: other providers' name in the same API.
    pub(super) is_foreign: bool,
}

/// Creates the row of a name.
pub(super) const fn row(name: &'static str, parameter: Parameter) -> Row {
    Row { name, parameter, yields: false, is_foreign: false }
}

/// Creates the row of a name that yields to another one.
pub(super) const fn yielding(name: &'static str, parameter: Parameter) -> Row {
    Row { yields: true, ..row(name, parameter) }
}

/// Creates the row of a name that other providers have in the same API.
pub(super) const fn foreign(name: &'static str, parameter: Parameter) -> Row {
    Row { is_foreign: true, ..row(name, parameter) }
}

/// Returns the name under which a parameter is written.
pub(super) fn name(rows: &[Row], parameter: Parameter) -> Option<&'static str> {
    rows.iter().find(|row| row.parameter == parameter && !row.is_foreign).map(|row| row.name)
}

/// Reads the value of a parameter and returns true. Returns false for any other member, which is then still unread.
pub(super) fn read(reader: &mut Reader<'_>, rows: &[Row], name: &str, request: &mut Request) -> JsonResult<bool> {
    let Some(row) = rows.iter().find(|row| row.name == name) else { return Ok(false) };
    reader.peek()?;
    let start = reader.offset();
    read_value(reader, row, request)?;
    request.items.push(Item::Parameter(row.parameter, span(start, reader.offset())));
    Ok(true)
}

/// Reads an object of parameters.
pub(super) fn read_object(reader: &mut Reader<'_>, rows: &[Row], request: &mut Request) -> JsonResult {
    let read_member = |reader: &mut Reader<'_>, name: &str, request: &mut Request| {
        if !read(reader, rows, name, request)? {
            read_other(reader, None, &mut request.items)?;
        }
        Ok(())
    };
    reader.maybe_object(|reader, key| read_member(reader, &key, request)).map(drop)
}

/// Reads a text as the value of a parameter.
pub(super) fn text(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult<Option<String>> {
    reader.peek()?;
    let start = reader.offset();
    let text = reader.maybe_text()?.map(Into::into);
    request.items.push(Item::Parameter(parameter, span(start, reader.offset())));
    Ok(text)
}

/// Reads a switch as the value of a parameter. Anything but `true` is off.
pub(super) fn switch(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult<bool> {
    reader.peek()?;
    let start = reader.offset();
    let is_on = reader.maybe_bool()? == Some(true);
    request.items.push(Item::Parameter(parameter, span(start, reader.offset())));
    Ok(is_on)
}

/// Reads a value that the API takes from a list of its own, as the value of a parameter. One of another form is a stray.
pub(super) fn stray(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    reader.stray()?;
    request.items.push(Item::Parameter(parameter, span(start, reader.offset())));
    Ok(())
}

/// Reads a member of an object of parameters. The texts of any other member are recorded.
pub(super) fn read_setting(reader: &mut Reader<'_>, rows: &[Row], name: &str, request: &mut Request) -> JsonResult {
    if !read(reader, rows, name, request)? {
        read_other(reader, None, &mut request.items)?;
    }
    Ok(())
}

fn read_value(reader: &mut Reader<'_>, row: &Row, request: &mut Request) -> JsonResult {
    let into = &mut request.parameters;
    match row.parameter {
        Parameter::MaxTokens => fold(&mut into.max_tokens, reader.maybe_count()?, row),
        Parameter::Temperature => fold(&mut into.temperature, reader.maybe_number()?, row),
        Parameter::TopP => fold(&mut into.top_p, reader.maybe_number()?, row),
        Parameter::TopK => fold(&mut into.top_k, reader.maybe_integer()?, row),
        Parameter::FrequencyPenalty => fold(&mut into.frequency_penalty, reader.maybe_number()?, row),
        Parameter::PresencePenalty => fold(&mut into.presence_penalty, reader.maybe_number()?, row),
        Parameter::Seed => fold(&mut into.seed, reader.maybe_integer()?, row),
        Parameter::Choices => fold(&mut into.choices, reader.maybe_count()?, row),
        Parameter::ReasoningLevel => fold(&mut into.reasoning_level, reader.api_text()?.map(Into::into), row),
        Parameter::ServiceTier => fold(&mut into.service_tier, reader.api_text()?.map(Into::into), row),
        Parameter::Stop => return read_stop(reader, request),
        _ => return read_other(reader, None, &mut request.items),
    }
    Ok(())
}

fn fold<T>(into: &mut Option<T>, value: Option<T>, row: &Row) {
    if !row.yields && value.is_some() || into.is_none() {
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
