//! Names of parameters.

use crate::dialect::parameters::{Row, row, yielding};
use crate::model::Parameter;

/// Names of parameters that chat completions do not have.
pub(super) const ROWS: &[Row] = &[row("max_output_tokens", Parameter::MaxTokens)];

/// Members of `reasoning`. The last two are OpenRouter's: <https://openrouter.ai/docs/api-reference/responses-api/reasoning>,
/// read 2026-11-28.
pub(super) const REASONING: &[Row] = &[
    row("effort", Parameter::ReasoningLevel),
    row("summary", Parameter::ReasoningDisplay),
    yielding("generate_summary", Parameter::ReasoningDisplay),
    row("max_tokens", Parameter::ReasoningBudget),
    row("enabled", Parameter::ReasoningMode),
];

/// Members of `text`, apart from its format.
pub(super) const TEXT: &[Row] = &[row("verbosity", Parameter::Verbosity)];
