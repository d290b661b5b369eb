//! Names of parameters.

use crate::dialect::parameters::{Row, row};
use crate::model::Parameter;

/// Members of `thinking`, as Z.ai and others have it: <https://docs.z.ai/guides/capabilities/thinking-mode>.
pub(super) const THINKING: &[Row] =
    &[row("type", Parameter::ReasoningMode), row("budget_tokens", Parameter::ReasoningBudget)];

/// Members of OpenRouter's `reasoning`: <https://openrouter.ai/docs/use-cases/reasoning-tokens>, read 2026-11-28.
pub(super) const REASONING: &[Row] = &[
    row("effort", Parameter::ReasoningLevel),
    row("max_tokens", Parameter::ReasoningBudget),
    row("enabled", Parameter::ReasoningMode),
    row("exclude", Parameter::ReasoningDisplay),
];
