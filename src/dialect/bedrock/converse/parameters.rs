//! Names of parameters of Converse, of Amazon Nova's InvokeModel and of models behind Converse:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html> and
//! <https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html>, read 2026-11-21.

use crate::dialect::parameters::{Row, row, yielding};
use crate::model::Parameter;

/// Members of `inferenceConfig`; the names with underscores are Nova's.
pub(in crate::dialect) const INFERENCE: &[Row] = &[
    row("maxTokens", Parameter::MaxTokens),
    row("max_new_tokens", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("topP", Parameter::TopP),
    row("top_p", Parameter::TopP),
    row("topK", Parameter::TopK),
    row("top_k", Parameter::TopK),
    row("stopSequences", Parameter::Stop),
];

/// Members of `serviceTier`.
pub(super) const SERVICE_TIER: &[Row] = &[row("type", Parameter::ServiceTier)];

/// Members of `outputConfig`, apart from its format.
pub(super) const OUTPUT: &[Row] = &[row("effort", Parameter::ReasoningLevel)];

/// Members of a request.
pub(super) const ROWS: &[Row] = &[row("requestMetadata", Parameter::Metadata)];

/// Members of `additionalModelRequestFields` that are parameters, for the models of Anthropic, Amazon and others.
pub(super) const ADDITIONAL: &[Row] = &[yielding("top_k", Parameter::TopK)];

/// Members of the reasoning settings among `additionalModelRequestFields`: `thinking`, `reasoning_config` of Anthropic's
/// models.
pub(super) const THINKING: &[Row] = &[
    row("type", Parameter::ReasoningMode),
    row("budget_tokens", Parameter::ReasoningBudget),
    row("display", Parameter::ReasoningDisplay),
];

/// Members of `reasoningConfig` of Amazon's models:
/// <https://docs.aws.amazon.com/nova/latest/nova2-userguide/core-inference.html>, read 2026-11-29.
pub(super) const REASONING: &[Row] =
    &[row("type", Parameter::ReasoningMode), row("maxReasoningEffort", Parameter::ReasoningLevel)];
