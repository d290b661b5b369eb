//! Parameters common to chat completions and completions, and the request for usage in a stream.
//! <https://platform.openai.com/docs/api-reference/chat/create>, read 2026-11-21; the spellings of others are cited.

use crate::dialect::parameters::{self, Row, row, yielding};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::model::{Item, Parameter, Request};
use crate::usage::Fee;
use std::ops::Range;

/// Names of parameters. `num_predict` is Ollama's, `random_seed` and `prompt_mode` are Mistral's, `top_k` that of OpenRouter, Together, vLLM and
/// others, `enable_thinking` Alibaba's.
pub(in crate::dialect) const ROWS: &[Row] = &[
    // "This value is now deprecated in favor of `max_completion_tokens`"; where a request has both, the older one has
    // always been taken.
    yielding("max_completion_tokens", Parameter::MaxTokens),
    row("max_tokens", Parameter::MaxTokens),
    yielding("num_predict", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("seed", Parameter::Seed),
    row("random_seed", Parameter::Seed),
    row("n", Parameter::Choices),
    row("stop", Parameter::Stop),
    row("reasoning_effort", Parameter::ReasoningLevel),
    row("service_tier", Parameter::ServiceTier),
    row("parallel_tool_calls", Parameter::ParallelTools),
    row("logprobs", Parameter::Logprobs),
    row("top_logprobs", Parameter::TopLogprobs),
    row("safety_identifier", Parameter::User),
    row("user", Parameter::User),
    row("metadata", Parameter::Metadata),
    row("prompt_cache_key", Parameter::CacheKey),
    row("prompt_cache_retention", Parameter::CacheRetention),
    row("verbosity", Parameter::Verbosity),
    row("store", Parameter::Store),
    row("modalities", Parameter::Modalities),
    row("enable_thinking", Parameter::ReasoningMode),
    row("prompt_mode", Parameter::ReasoningMode),
];

/// Reads the value of a parameter and returns true. Returns false for any other member, which is then still unread.
pub(in crate::dialect) fn read(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult<bool> {
    match key {
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
        _ if parameters::read(reader, ROWS, key, request)? => {}
        _ => return crate::dialect::fallbacks::read(reader, key, request),
    }
    Ok(true)
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
        let opening = document.as_str().bytes().position(|byte| byte == b'{').map_or(0, |at| at + 1);
        Self { include_usage: false, place: opening..opening, text: r#""stream_options":{"include_usage":true},"# }
    }

    /// Reads the value of `stream_options`.
    pub(in crate::dialect) fn read(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult<Self> {
        let document = reader.document();
        reader.peek()?;
        let start = reader.offset();
        let (mut include, mut is_empty) = (None, true);
        let is_object = reader.maybe_object(|reader, key| {
            is_empty = false;
            if &*key == "include_usage" {
                let ((), value) = reader.spanned(Reader::stray)?;
                request.items.push(Item::Parameter(Parameter::StreamUsage, value));
                include = Some(value);
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
