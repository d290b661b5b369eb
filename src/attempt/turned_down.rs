//! Errors that turn a request down for what it holds, so that another model may take it: its length, its content.

use memchr::memmem;

/// Reason why a provider turns a request down for what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnedDown {
    /// It is too long for the model.
    ContextLength,
    /// The provider's content policy does not allow it.
    ContentPolicy,
}

impl TurnedDown {
    /// Reads an error's body. Providers have few codes for these, and their words are the only sign otherwise.
    pub fn of(status: u16, body: &[u8]) -> Option<Self> {
        let text = body.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| memmem::find(&text, word.as_bytes()).is_some());
        match status {
            413 => Some(Self::ContextLength),
            400 | 403 | 422 if has(CONTENT_POLICY) => Some(Self::ContentPolicy),
            400 | 422 if has(CONTEXT_LENGTH) => Some(Self::ContextLength),
            _ => None,
        }
    }
}

/// Words of errors of length, in lower case: OpenAI's and Azure's code (and that of many others) with its message,
/// Anthropic's, Bedrock's, Gemini's, Cohere's, vLLM's and llama.cpp's messages, as users' reports of 2023 to 2026 have them.
const CONTEXT_LENGTH: &[&str] = &[
    "context_length_exceeded",
    "maximum context length",
    "prompt is too long",
    "input is too long",
    "exceeds the maximum number of tokens",
    "exceed context limit",
    "too many tokens",
    "context size",
    "exceed_context_size",
];

/// Words of errors of content, in lower case: Azure's codes (`content_filter`, `ResponsibleAIPolicyViolation`), OpenAI's
/// (`content_policy_violation`), and messages of both and of Anthropic, likewise.
const CONTENT_POLICY: &[&str] = &[
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    "content management policy",
    "content filtering policy",
    "usage policy",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_for_what_a_request_holds_are_told_from_others() {
        let of = |status, body: &str| TurnedDown::of(status, body.as_bytes());
        let openai = r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#;
        assert_eq!(of(400, openai), Some(TurnedDown::ContextLength));
        let anthropic = r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000"}}"#;
        assert_eq!(of(400, anthropic), Some(TurnedDown::ContextLength));
        assert_eq!(of(413, ""), Some(TurnedDown::ContextLength));
        let azure = r#"{"error":{"code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#;
        assert_eq!(of(400, azure), Some(TurnedDown::ContentPolicy));
        assert_eq!(of(400, r#"{"error":{"message":"Invalid 'temperature'"}}"#), None);
        assert_eq!(of(401, openai), None);
    }
}
