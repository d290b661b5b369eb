//! Names of parameters.

use crate::dialect::parameters::{Row, row};
use crate::model::Parameter;

/// Names of parameters at the top alone.
pub(super) const TOP_ROWS: &[Row] = &[row("think", Parameter::ReasoningLevel)];

/// Names of parameters, at the top or in `options`.
pub(super) const ROWS: &[Row] = &[
    row("num_predict", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("seed", Parameter::Seed),
    row("stop", Parameter::Stop),
    row("logprobs", Parameter::Logprobs),
    row("top_logprobs", Parameter::TopLogprobs),
    row("dimensions", Parameter::Dimensions),
    row("truncate", Parameter::Truncation),
];
