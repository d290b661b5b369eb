//! Reading of bodies without a known dialect, by member names common to most APIs. Nothing is recorded for editing, so
//! requests and answers pass unchanged.
//!
//! In APIs that do not run a model at once (files, batches, assistants, …) an answer may be a list, a stored file or
//! the state of a job. Counts and errors in such an answer are not the call's own.

use super::api::AnswerFrame;
use super::failure::Reported;
use super::parameters::{fill, set};
use super::table::Dialect;
use super::texts::non_empty;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Event, Parameter, Parameters, Request};
use crate::usage::UsageConvention;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Reads a request: model, streaming, parameters. Its `texts` stay empty.
///
/// # Errors
/// Not JSON.
pub fn read_unknown_request(document: Document<'_>) -> JsonResult<Request> {
    let mut reader = Reader::new(document);
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut nested = Parameters::default();
    let mut model_id = None;
    reader.maybe_object(|reader, key| {
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "model_id" => model_id = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "models" | "fallbacks" => {
                super::fallbacks::read(reader, &key, &mut request)?;
                request.items.truncate(0);
            }
            _ if GROUPS.contains(&&*key) => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut nested))?;
            }
            _ => read_parameter(reader, &key, &mut request.parameters)?,
        }
        Ok(())
    })?;
    fill(&mut request.parameters, nested);
    request.model = request.model.take().or(model_id);
    reader.finish()?;
    Ok(request)
}

/// Members that hold the parameters in some APIs. The tables of parameters have the members of these objects, but not
/// the objects.
const GROUPS: &[&str] =
    &["inferenceConfig", "generationConfig", "generation_config", "textGenerationConfig", "options", "parameters"];

/// Parameters of every dialect, and their indices by name. Maps of one type share their code in the filter.
static PARAMETERS: LazyLock<(Vec<Parameter>, BTreeMap<String, usize>)> = LazyLock::new(|| {
    let (mut parameters, mut index) = (Vec::new(), BTreeMap::new());
    for row in Dialect::ALL.iter().flat_map(|dialect| dialect.parameters()) {
        index.insert(row.name.to_owned(), parameters.len());
        parameters.push(row.parameter);
    }
    (parameters, index)
});

/// Parameter of a name.
fn parameter(name: &str) -> Option<Parameter> {
    let (parameters, index) = &*PARAMETERS;
    parameters.get(*index.get(name)?).copied()
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, parameters: &mut Parameters) -> JsonResult {
    match parameter(key) {
        // Of several upper bounds the first.
        Some(Parameter::MaxTokens) => set(reader, Parameter::MaxTokens, true, parameters).map(drop),
        Some(Parameter::Stop) => read_stop(reader, parameters),
        Some(parameter) if set(reader, parameter, false, parameters)? => Ok(()),
        _ => reader.skip(),
    }
}

fn read_stop(reader: &mut Reader<'_>, parameters: &mut Parameters) -> JsonResult {
    if reader.peek()? != ValueKind::Array {
        parameters.stop.extend(reader.maybe_text()?.map(Into::into));
        return Ok(());
    }
    reader.array(|reader, _| {
        parameters.stop.extend(reader.maybe_text()?.map(Into::into));
        Ok(())
    })
}

/// Reads an answer, or a frame of one: its id and model, and an error when the frame is marked as one. `own`: its
/// counts and errors are the call's own.
///
/// # Errors
/// Not JSON.
pub fn read_unknown_answer(frame: AnswerFrame<'_>, own: bool, events: &mut Vec<Event>) -> JsonResult {
    if !frame.is_whole && frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(frame.document);
    if !frame.is_whole && !own {
        reader.skip()?;
        return reader.finish();
    }
    let failed = frame.is_exception;
    let mut reported = Reported::default();
    // Texts need no restoring: none was redacted.
    let mut texts = Vec::new();
    let (mut id, mut model) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            "model" => model = non_empty(reader)?,
            "usage" if own => read_usage(reader, events)?,
            // Tools of an assistant's run, without the number of their uses.
            "tools" if own && reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| read_tool(reader, events))?
            }
            _ if failed && reported.read_flat(reader, &key, &mut texts)? => {}
            _ if own && reported.read_marked(reader, &key, &mut texts)? => {}
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    events.extend(id.map(Event::Id));
    events.extend(model.map(Event::Model));
    reported.finish(!failed, events);
    reader.finish()
}

/// Reads an offered tool.
fn read_tool(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    reader
        .maybe_object(|reader, key| {
            if &*key != "type" {
                return reader.skip();
            }
            let kind = reader.maybe_string()?.map(|kind| document.text(kind));
            let hosted = kind.filter(|kind| kind != "function" && kind != "custom");
            events.extend(hosted.and_then(|kind| super::hosted_tools::of_tool(&kind)).map(Event::Fee));
            Ok(())
        })
        .map(drop)
}

/// Reads usage with known counts; a member called usage may hold anything.
fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    super::openai::usage::read(reader, events)?;
    match events.last_mut() {
        Some(Event::Usage(counted)) if counted.counts.is_empty() => {
            events.pop();
        }
        Some(Event::Usage(counted)) if is_anthropics(document.raw(counted.raw)) => {
            counted.convention = UsageConvention::CacheExcluded;
        }
        _ => {}
    }
    Ok(())
}

/// Matches counts with Anthropic's names, whose input excludes cache reads and writes.
fn is_anthropics(usage: &str) -> bool {
    let has = |name: &str| usage.contains(name);
    let is_cached = has(r#""cache_read_input_tokens""#) || has(r#""cache_creation_input_tokens""#);
    is_cached && has(r#""input_tokens""#) && !has(r#""prompt_tokens""#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_sets_the_same_parameter_in_every_dialect() {
        let sets = |parameter| {
            let mut reader = Reader::new(Document::new(b"1").unwrap());
            parameter == Parameter::Stop || set(&mut reader, parameter, false, &mut Parameters::default()).unwrap()
        };
        for row in Dialect::ALL.iter().flat_map(|dialect| dialect.parameters()).filter(|row| sets(row.parameter)) {
            assert_eq!(parameter(row.name), Some(row.parameter), "{}", row.name);
        }
    }
}
