//! Names of parameters of Anthropic's messages, of their nested objects, and of the legacy text completions.
//! <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.

use crate::dialect::parameters::{Row, row, yielding};
use crate::model::Parameter;

/// Members of a request.
pub(in crate::dialect) const ROWS: &[Row] = &[
    row("max_tokens", Parameter::MaxTokens),
    yielding("max_tokens_to_sample", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("stop_sequences", Parameter::Stop),
    row("service_tier", Parameter::ServiceTier),
];

/// Members of `metadata`.
pub(super) const METADATA: &[Row] = &[row("user_id", Parameter::User)];

/// Members of `thinking`.
pub(super) const THINKING: &[Row] = &[
    row("type", Parameter::ReasoningMode),
    row("budget_tokens", Parameter::ReasoningBudget),
    row("display", Parameter::ReasoningDisplay),
];

/// Members of `output_config`, apart from its format.
pub(super) const OUTPUT_CONFIG: &[Row] = &[row("effort", Parameter::ReasoningLevel)];
