//! Makers of signatures, and escaped text.

use std::borrow::Cow;

/// Inside of a JSON string, escaped.
pub type Escaped<'a> = Cow<'a, str>;

/// Company that signs or encrypts reasoning, for itself alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Maker {
    /// Anthropic: its signatures are valid at Vertex AI and Amazon Bedrock too.
    Anthropic,
    /// Google: the Gemini API and Vertex AI.
    Google,
    /// OpenAI, for the account that made the answer.
    OpenAi,
    /// Any other.
    Other,
}

impl Maker {
    /// Company that a router names as the maker of a signature
    /// (<https://openrouter.ai/docs/use-cases/reasoning-tokens>, read 2026-11-28).
    pub(super) fn of_format(format: &str) -> Option<Self> {
        let known = [("anthropic-", Self::Anthropic), ("google-", Self::Google), ("openai-", Self::OpenAi)];
        known.into_iter().find(|(prefix, _)| format.starts_with(prefix)).map(|(_, maker)| maker)
    }

    /// Company that signs calls: in a dialect of many makers only Google does.
    pub(super) const fn of_call(self) -> Self {
        match self {
            Self::Other => Self::Google,
            maker => maker,
        }
    }
}
