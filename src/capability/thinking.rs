//! Forms in which a model is asked to think.

/// Form in which a model is asked to think, or not to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThinkingForm {
    /// The model does not think; it takes no form.
    Unavailable,
    /// Anthropic's `thinking: {type: enabled, budget_tokens}` with 1,024 tokens or more.
    Budget,
    /// Either of Anthropic's forms, the budget and the adaptive one.
    BudgetOrAdaptive,
    /// Anthropic's `thinking: {type: adaptive}`, with `output_config.effort`. A budget is refused.
    Adaptive(AdaptiveUse),
    /// Gemini's `thinkingBudget`.
    GeminiBudget(BudgetRange),
    /// Gemini's `thinkingLevel`. Together with a budget it is refused, and it cannot be off.
    GeminiLevel,
    /// OpenAI's `reasoning_effort`, or `reasoning.effort`.
    Effort,
}

/// Situations in which a model with adaptive thinking thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdaptiveUse {
    /// When the request has the form.
    OnRequest,
    /// Unless the request has `thinking: {type: disabled}`, which an effort above `high` excludes.
    ByDefault,
    /// In every answer: `disabled` is refused.
    Always,
}

/// Range of a Gemini model's thinking budget, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetRange {
    /// The least budget besides 0.
    pub least: u16,
    /// The largest.
    pub most: u16,
    /// Set when 0 is taken, which turns thinking off.
    pub can_be_off: bool,
}
