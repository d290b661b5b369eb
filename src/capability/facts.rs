//! Facts about a model. One that is not known is `None`.

use super::effort::{Effort, Efforts};
use super::thinking::ThinkingForm;

/// Capabilities of a model, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Upper bound on output tokens, thinking included.
    pub max_output: Option<u32>,
    /// Upper bound on input tokens.
    pub max_input: Option<u32>,
    /// Set when it takes images.
    pub images: Option<bool>,
    /// Set when it takes audio.
    pub audio: Option<bool>,
    /// Set when it takes documents (PDF).
    pub documents: Option<bool>,
    /// Set when it calls tools.
    pub tools: Option<bool>,
    /// Set when it may call several tools in one turn.
    pub parallel_tools: Option<bool>,
    /// Set when it takes a tool choice that makes it call a tool.
    pub forced_tools: Option<bool>,
    /// Set when it takes a JSON schema for its output, without a forced tool.
    pub schema: Option<bool>,
    /// Set when it reasons, or can.
    pub reasoning: Option<bool>,
    /// Permitted sampling parameters.
    pub sampling: Option<PermittedSampling>,
    /// Form in which it is asked to think.
    pub thinking: Option<ThinkingForm>,
    /// Levels of effort, or of thinking, that it takes.
    pub efforts: Option<Efforts>,
    /// Level without one in the request.
    pub default_effort: Option<Effort>,
    /// Set when chat completions take the bound on output as `max_tokens`; `max_completion_tokens` is taken always.
    pub max_tokens: Option<bool>,
    /// Set when chat completions take functions together with another effort than `none`.
    pub tools_while_reasoning: Option<bool>,
    /// Set when function calls in the history need their thought signatures (Gemini).
    pub signed_calls: Option<bool>,
}

/// Permitted sampling parameters: temperature, `top_p`, `top_k`; at OpenAI also penalties and logprobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermittedSampling {
    /// All, also together.
    Any,
    /// Temperature or `top_p`, not both.
    OneOf,
    /// All while the effort is `none`, else none.
    WithoutReasoning,
    /// None; at most the default values are taken.
    Refused,
}

impl Capabilities {
    /// Nothing known.
    pub const UNKNOWN: Self = Self {
        max_output: None,
        max_input: None,
        images: None,
        audio: None,
        documents: None,
        tools: None,
        parallel_tools: None,
        forced_tools: None,
        schema: None,
        reasoning: None,
        sampling: None,
        thinking: None,
        efforts: None,
        default_effort: None,
        max_tokens: None,
        tools_while_reasoning: None,
        signed_calls: None,
    };

    /// The facts of one source, and where it knows none those of another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            max_output: self.max_output.or(other.max_output),
            max_input: self.max_input.or(other.max_input),
            images: self.images.or(other.images),
            audio: self.audio.or(other.audio),
            documents: self.documents.or(other.documents),
            tools: self.tools.or(other.tools),
            parallel_tools: self.parallel_tools.or(other.parallel_tools),
            forced_tools: self.forced_tools.or(other.forced_tools),
            schema: self.schema.or(other.schema),
            reasoning: self.reasoning.or(other.reasoning),
            sampling: self.sampling.or(other.sampling),
            thinking: self.thinking.or(other.thinking),
            efforts: self.efforts.or(other.efforts),
            default_effort: self.default_effort.or(other.default_effort),
            max_tokens: self.max_tokens.or(other.max_tokens),
            tools_while_reasoning: self.tools_while_reasoning.or(other.tools_while_reasoning),
            signed_calls: self.signed_calls.or(other.signed_calls),
        }
    }

    /// Reports whether a request with this effort, or with none, may have sampling parameters.
    pub fn takes_sampling(&self, effort: Option<Effort>) -> Option<bool> {
        match self.sampling? {
            PermittedSampling::Any | PermittedSampling::OneOf => Some(true),
            PermittedSampling::Refused => Some(false),
            PermittedSampling::WithoutReasoning => Some(effort.or(self.default_effort)? == Effort::None),
        }
    }

    /// Adds the form of thinking that other facts imply.
    pub(super) fn completed(mut self) -> Self {
        let implied = match self.efforts {
            Some(levels) if !levels.is_empty() => Some(ThinkingForm::Effort),
            _ if self.reasoning == Some(false) => Some(ThinkingForm::Unavailable),
            _ => None,
        };
        self.thinking = self.thinking.or(implied);
        self
    }
}
