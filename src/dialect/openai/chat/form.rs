//! Forms of chat completions that providers take.

use crate::dialect::chat_writing::{FunctionForm, NumberRow};
use crate::model::{Parameter, Variant};

/// Form of a request.
pub(super) struct ChatForm {
    /// Parameters that are numbers.
    pub(super) numbers: &'static [NumberRow],
    /// Parameters that are copied.
    pub(super) copied: &'static [(Parameter, &'static str)],
    /// Maximum number of stop sequences.
    pub(super) most_stops: usize,
    /// Service tiers.
    pub(super) tiers: &'static [&'static str],
    /// Members of a function.
    pub(super) functions: FunctionForm,
    /// Set for Mistral's messages.
    pub(super) is_mistral: bool,
    /// Set when instructions may be a developer's.
    pub(super) has_developer: bool,
}

impl ChatForm {
    /// Returns the form of a variant.
    pub(super) const fn of(variant: Variant) -> &'static Self {
        match variant {
            Variant::Mistral => &MISTRAL,
            Variant::Compatible => &COMPATIBLE,
            _ => &COMMON,
        }
    }
}

/// Bound on output tokens by its older name.
pub(super) const COMPATIBLE_BOUND: NumberRow = (Parameter::MaxTokens, "max_tokens", 0.0, f64::MAX);

/// OpenAI's: `completion_create_params` of the openai SDK 3.57.0.
const COMMON: ChatForm = ChatForm {
    numbers: &[
        (Parameter::MaxTokens, "max_completion_tokens", 0.0, f64::MAX),
        (Parameter::Temperature, "temperature", 0.0, 2.0),
        (Parameter::TopP, "top_p", 0.0, 1.0),
        (Parameter::FrequencyPenalty, "frequency_penalty", -2.0, 2.0),
        (Parameter::PresencePenalty, "presence_penalty", -2.0, 2.0),
        (Parameter::Seed, "seed", f64::MIN, f64::MAX),
        (Parameter::Choices, "n", 1.0, f64::MAX),
        (Parameter::TopLogprobs, "top_logprobs", 0.0, 20.0),
    ],
    copied: &[
        (Parameter::User, "user"),
        (Parameter::CacheKey, "prompt_cache_key"),
        (Parameter::CacheRetention, "prompt_cache_retention"),
        (Parameter::Verbosity, "verbosity"),
        (Parameter::Store, "store"),
        (Parameter::Modalities, "modalities"),
    ],
    most_stops: 4,
    tiers: &["auto", "default", "flex", "scale", "priority"],
    functions: FunctionForm { needs_schema: false, has_strict: true, has_references: true },
    is_mistral: false,
    has_developer: true,
};

/// Others' servers, several of which refuse what is newer or OpenAI's own: the role `developer` at DeepSeek
/// (<https://github.com/earendil-works/pi/issues/1048>), `prompt_cache_key` at Groq and Cerebras
/// (<https://github.com/zed-industries/zed/issues/36215>), `store` at Groq (<https://github.com/fanenr/chatbot/issues/21>;
/// all read 2026-11-29). Their tiers have other names.
const COMPATIBLE: ChatForm = ChatForm {
    copied: &[(Parameter::User, "user"), (Parameter::Modalities, "modalities")],
    tiers: &[],
    has_developer: false,
    ..COMMON
};

/// Mistral's: `ChatCompletionRequest` of the mistralai SDK 3.7.0, its ranges from <https://docs.mistral.ai/api/#tag/chat>,
/// read 2026-11-29.
const MISTRAL: ChatForm = ChatForm {
    numbers: &[
        (Parameter::MaxTokens, "max_tokens", 0.0, f64::MAX),
        (Parameter::Temperature, "temperature", 0.0, 1.5),
        // Zero is refused.
        (Parameter::TopP, "top_p", 0.0001, 1.0),
        (Parameter::TopK, "top_k", 0.0, f64::MAX),
        (Parameter::FrequencyPenalty, "frequency_penalty", -2.0, 2.0),
        (Parameter::PresencePenalty, "presence_penalty", -2.0, 2.0),
        (Parameter::Seed, "random_seed", 0.0, f64::MAX),
        (Parameter::Choices, "n", 1.0, f64::MAX),
        (Parameter::TopLogprobs, "top_logprobs", 0.0, f64::MAX),
    ],
    copied: &[(Parameter::CacheKey, "prompt_cache_key")],
    most_stops: usize::MAX,
    tiers: &["auto"],
    functions: FunctionForm { needs_schema: true, has_strict: true, has_references: true },
    is_mistral: true,
    has_developer: false,
};
