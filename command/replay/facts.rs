//! Facts of one exchange, in the field names of the recordings' expectations.

use serde::Serialize;
use serde_json::{Map, Number, Value};

/// The facts of one exchange. `None` is "not reported".
#[derive(Default, Serialize)]
pub(crate) struct Facts {
    pub(crate) id: String,
    pub(crate) provider: Option<String>,
    /// `other` where no route is known.
    pub(crate) operation: &'static str,
    pub(crate) stream: bool,
    pub(crate) status: u16,
    pub(crate) response_kind: &'static str,
    pub(crate) request_model: Option<String>,
    pub(crate) response_model: Option<String>,
    pub(crate) response_id: Option<String>,
    pub(crate) usage_present: bool,
    pub(crate) usage_source: Option<&'static str>,
    pub(crate) input_tokens: Option<u64>,
    pub(crate) output_tokens: Option<u64>,
    pub(crate) total_tokens: Option<u64>,
    pub(crate) cached_tokens: Option<u64>,
    pub(crate) cache_creation_tokens: Option<u64>,
    pub(crate) reasoning_tokens: Option<u64>,
    pub(crate) audio_input_tokens: Option<u64>,
    pub(crate) audio_output_tokens: Option<u64>,
    pub(crate) tool_use_prompt_tokens: Option<u64>,
    pub(crate) norm_input_tokens: Option<u64>,
    pub(crate) norm_output_tokens: Option<u64>,
    pub(crate) finish_reasons: Vec<String>,
    pub(crate) tool_calls: Vec<Option<String>>,
    pub(crate) builtin_tool_calls: Vec<Option<String>>,
    pub(crate) choices: Option<usize>,
    pub(crate) service_tier: Option<String>,
    pub(crate) error: Option<ErrorFacts>,
    pub(crate) output_text_bytes: Option<usize>,
    pub(crate) output_text_sha256: Option<String>,
    pub(crate) reasoning_text_bytes: Option<usize>,
    pub(crate) refusal: Option<String>,
    pub(crate) raw_usage: Option<Value>,
    pub(crate) request_params: Map<String, Value>,
    pub(crate) reported_cost: Option<Value>,
    #[serde(flatten)]
    pub(crate) some: SomeFacts,
    /// The counts in disjoint buckets, the input of prices: not a field of the expectations.
    pub(crate) usage: Map<String, Value>,
    /// Parts that could not be read, in fixed words.
    pub(crate) notes: Vec<&'static str>,
}

/// Facts that only some exchanges have.
#[derive(Default, Serialize)]
pub(crate) struct SomeFacts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) block_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stream_event_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header_usage: Option<[Option<u64>; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invocation_metrics: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cohere_generation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cohere_response_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) billed_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) billed_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) search_units: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) embedding_dims: Option<u32>,
}

/// An error reported by the provider.
#[derive(Default, Serialize)]
pub(crate) struct ErrorFacts {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) http_status: u16,
    pub(crate) in_stream: bool,
}

/// Returns a text as a JSON number if it is one, else as a string.
pub(crate) fn number_or_text(text: &str) -> Value {
    match serde_json::from_str::<Number>(text) {
        Ok(number) => Value::Number(number),
        Err(_) => Value::String(text.to_owned()),
    }
}
