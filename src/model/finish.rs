//! Canonical finish reasons, beside the providers' words.

/// Reason why a choice ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FinishReason {
    /// The model was done, or came to a stop sequence.
    Stop,
    /// A bound on tokens was reached.
    Length,
    /// The model calls tools.
    ToolCalls,
    /// A filter stopped the output.
    ContentFilter,
    /// The model refused.
    Refusal,
    /// The output is broken.
    Error,
    /// A reason without a canonical word; not always an end (Anthropic's `pause_turn`).
    Other,
}

impl FinishReason {
    /// Returns the reason that a provider's word stands for. No word stands for two reasons in two dialects. Sources:
    /// the types of the providers' SDKs, as of 2026-11-21: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1,
    /// botocore 1.44.8, cohere 7.3.1, mistralai 3.7.0, ollama 0.6.3.
    pub fn of(word: &str) -> Self {
        match word {
            "stop" | "end_turn" | "stop_sequence" | "STOP" | "COMPLETE" | "STOP_SEQUENCE" | "completed" | "eos"
            | "eos_token" => Self::Stop,
            "length"
            | "max_tokens"
            | "model_context_window_exceeded"
            | "MAX_TOKENS"
            | "model_length"
            | "max_output_tokens" => Self::Length,
            "tool_calls" | "function_call" | "tool_use" | "TOOL_CALL" => Self::ToolCalls,
            "content_filter"
            | "content_filtered"
            | "guardrail_intervened"
            | "SAFETY"
            | "RECITATION"
            | "BLOCKLIST"
            | "PROHIBITED_CONTENT"
            | "SPII"
            | "MODEL_ARMOR"
            | "LANGUAGE"
            | "IMAGE_SAFETY"
            | "IMAGE_PROHIBITED_CONTENT"
            | "IMAGE_RECITATION" => Self::ContentFilter,
            "refusal" => Self::Refusal,
            "error"
            | "ERROR"
            | "TIMEOUT"
            | "failed"
            | "malformed_model_output"
            | "malformed_tool_use"
            | "MALFORMED_FUNCTION_CALL"
            | "MALFORMED_RESPONSE"
            | "MISSING_THOUGHT_SIGNATURE"
            | "TOO_MANY_TOOL_CALLS"
            | "UNEXPECTED_TOOL_CALL" => Self::Error,
            _ => Self::Other,
        }
    }
}
