//! OpenAI chat completions: <https://platform.openai.com/docs/api-reference/chat>, read 2026-11-21. Answers are read in
//! `answer.rs`, together with those of completions.

use super::parameters::{REASONING, THINKING};
use super::turn::read_message;
use crate::dialect::openai::parameters::{self as own, StreamOptions};
use crate::dialect::output_format::{self, FORMAT};
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{read_other, text};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Parameter, Request, Role, TextSpan};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request::default();
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let mut options = StreamOptions::none(document);
    let (mut streams_usage_by_default, mut agent) = (false, None);
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "agent_id", "stream", "stream_options", "messages"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            // Mistral's agents have a model of their own: <https://docs.mistral.ai/api/#tag/agents>.
            "agent_id" => agent = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "stream_options" => options = StreamOptions::read(reader, &mut request)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            // OpenRouter: <https://openrouter.ai/docs/use-cases/usage-accounting>.
            "usage" => streams_usage_by_default |= read_usage_options(reader, &mut request)?,
            // Azure's answers from the caller's own data. Azure refuses `stream_options` in such requests:
            // <https://github.com/Azure/azure-sdk-for-js/issues/30751>, read 2026-11-28.
            "data_sources" | "dataSources" => {
                streams_usage_by_default |= reader.peek()? == ValueKind::Array;
                read_data_sources(reader, &mut request)?;
            }
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check()?;
    request.model = request.model.or(agent);
    options.apply(streams_usage_by_default, &mut request);
    Ok(request)
}

/// Reads data sources. Their locations and credentials would be invalid once changed; instructions for the answer are
/// texts: <https://learn.microsoft.com/en-us/azure/ai-services/openai/references/on-your-data>, read 2026-11-28.
fn read_data_sources(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_data_sources(reader, request)),
        ValueKind::Object => reader.object(|reader, key| match &*key {
            "parameters" => read_data_sources(reader, request),
            "role_information" | "roleInformation" | "filter" => read_other(reader, None, &mut request.items),
            _ => reader.skip(),
        }),
        _ => reader.skip(),
    }
}

fn read_usage_options(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult<bool> {
    let mut include = false;
    reader.maybe_object(|reader, key| match &*key {
        "include" if reader.peek()? == ValueKind::Bool => {
            include = reader.maybe_bool()? == Some(true);
            Ok(())
        }
        _ => read_other(reader, None, &mut request.items),
    })?;
    Ok(include)
}

/// Reads a parameter or any other member.
pub(in crate::dialect) fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "reasoning" => parameters::read_settings(reader, REASONING, request)?,
        "thinking" => parameters::read_settings(reader, THINKING, request)?,
        "response_format" => output_format::read(reader, &FORMAT, request)?,
        "modalities" => read_modalities(reader, request)?,
        "tools" => {
            reader.maybe_array(|reader, _| crate::dialect::tools::read_tool(reader, None, request))?;
        }
        "functions" => {
            reader.maybe_array(|reader, _| crate::dialect::tools::read_tool(reader, None, request))?;
        }
        "tool_choice" | "function_call" => crate::dialect::tools::read_choice(reader, request)?,
        // Ollama's own parameters, in addition to OpenAI's.
        "options" => read_options(reader, request)?,
        // Fill in the middle (Mistral), with answers like a chat's.
        "prompt" | "suffix" if reader.peek()? == ValueKind::String => {
            let leaf = TextSpan { role: Some(Role::User), ..text(reader.string()?, 0) };
            request.items.push_text(leaf);
        }
        _ => {
            if !own::read(reader, key, request)? {
                read_other(reader, None, &mut request.items)?;
            }
        }
    }
    Ok(())
}

fn read_options(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let mut inner = Request::default();
    reader.maybe_object(|reader, key| {
        if !own::read(reader, &key, &mut inner)? {
            read_other(reader, None, &mut inner.items)?;
        }
        Ok(())
    })?;
    request.items.append(&mut inner.items);
    parameters::fill(&mut request.parameters, inner.parameters);
    Ok(())
}

/// Reads the requested output modalities. A modality other than plain text becomes the output type.
fn read_modalities(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let document = reader.document();
    let first = request.items.len();
    parameters::record(reader, Parameter::Modalities, request, |reader, request| {
        read_other(reader, None, &mut request.items)
    })?;
    let asks = |word: &str| request.items.texts_from(first).any(|leaf| document.raw(leaf.span) == word);
    let told = [("audio", "speech"), ("image", "image")].into_iter().find(|(word, _)| asks(word));
    if let (None, Some((_, kind))) = (request.parameters.output_type, told) {
        request.parameters.output_type = Some(kind);
    }
    Ok(())
}
