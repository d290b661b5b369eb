//! Parameters common to chat completions and completions, and the request for usage in a stream.
//! <https://platform.openai.com/docs/api-reference/chat/create>, read 2026-11-21; the spellings of others are cited.

use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Parameters, Request};
use crate::usage::Fee;
use std::ops::Range;

/// Reads the value of a parameter and returns true. Returns false for any other member, which is then still unread.
pub(in crate::dialect) fn read(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult<bool> {
    let parameters = &mut request.parameters;
    match key {
        "max_tokens" => parameters.max_tokens = reader.maybe_count()?.or(parameters.max_tokens),
        // Newer name; `num_predict` is Ollama's.
        "max_completion_tokens" | "num_predict" => {
            parameters.max_tokens = parameters.max_tokens.or(reader.maybe_count()?);
        }
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" => parameters.top_p = reader.maybe_number()?,
        // Not OpenAI's own: OpenRouter, Together, vLLM and others.
        "top_k" => parameters.top_k = reader.maybe_integer()?,
        "frequency_penalty" => parameters.frequency_penalty = reader.maybe_number()?,
        "presence_penalty" => parameters.presence_penalty = reader.maybe_number()?,
        // The second is Mistral's.
        "seed" | "random_seed" => parameters.seed = reader.maybe_integer()?.or(parameters.seed),
        "n" => parameters.choices = reader.maybe_count()?,
        "service_tier" => parameters.service_tier = reader.api_text()?.map(Into::into),
        "stop" => crate::dialect::texts::read_stop(reader, request)?,
        // OpenAI's search models; Alibaba's: <https://www.alibabacloud.com/help/en/model-studio/web-search>, read
        // 2026-11-28.
        "web_search_options" if reader.peek()? == ValueKind::Object => {
            request.offered.fees.insert(Fee::WebSearch);
            crate::dialect::texts::read_other(reader, None, &mut request.items)?;
        }
        "enable_search" if reader.peek()? == ValueKind::Bool => {
            if reader.maybe_bool()? == Some(true) {
                request.offered.fees.insert(Fee::WebSearch);
            }
        }
        _ => return crate::dialect::other_models::read(reader, key, request),
    }
    Ok(true)
}

/// Fills in unset parameters from those that came in an object of their own.
pub(in crate::dialect) fn fill(parameters: &mut Parameters, others: Parameters) {
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

/// Request for usage in the stream: present or not, and the edit that adds it.
pub(in crate::dialect) struct StreamOptions {
    include_usage: bool,
    place: Range<usize>,
    text: &'static str,
}

impl StreamOptions {
    /// Options of a request without any.
    pub(in crate::dialect) fn none(document: Document<'_>) -> Self {
        let opening = document.as_str().find('{').map_or(0, |at| at + 1);
        Self { include_usage: false, place: opening..opening, text: r#""stream_options":{"include_usage":true},"# }
    }

    /// Reads the value of `stream_options`.
    pub(in crate::dialect) fn read(reader: &mut Reader<'_>) -> JsonResult<Self> {
        let document = reader.document();
        reader.peek()?;
        let start = reader.offset();
        let (mut include, mut is_empty) = (None, true);
        let is_object = reader.maybe_object(|reader, key| {
            is_empty = false;
            if &*key == "include_usage" {
                include = Some(reader.value()?);
                return Ok(());
            }
            reader.stray()
        })?;
        let include_usage = include.is_some_and(|value| document.raw(value) == "true");
        let (place, text) = match include {
            Some(value) => (value.range(), "true"),
            None if !is_object => (start..reader.offset(), r#"{"include_usage":true}"#),
            None if is_empty => (start + 1..start + 1, r#""include_usage":true"#),
            None => (start + 1..start + 1, r#""include_usage":true,"#),
        };
        Ok(Self { include_usage, place, text })
    }

    /// Applies the options to the request. `is_reported_anyway`: the request gets usage by other means, so no edit is needed.
    pub(in crate::dialect) fn apply(self, is_reported_anyway: bool, request: &mut Request) {
        request.usage_asked = self.include_usage;
        if request.stream && !self.include_usage && !is_reported_anyway {
            request.ask_usage = Some((self.place, self.text.to_owned()));
        }
    }
}
