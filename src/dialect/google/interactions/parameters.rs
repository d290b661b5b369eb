//! Names of parameters.

use crate::dialect::parameters::{Row, row};
use crate::model::Parameter;

/// Members of a request, apart from the generation parameters.
pub(super) const ROWS: &[Row] = &[row("service_tier", Parameter::ServiceTier), row("store", Parameter::Store)];

/// Generation parameters that generateContent nests in its thinking settings.
pub(super) const THINKING: &[Row] =
    &[row("thinking_level", Parameter::ReasoningLevel), row("thinking_summaries", Parameter::ReasoningDisplay)];
