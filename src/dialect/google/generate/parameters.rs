//! Names of parameters.

use crate::dialect::parameters::{Row, row};
use crate::model::Parameter;

/// Members of a request, apart from the generation parameters.
pub(super) const ROWS: &[Row] = &[
    row("serviceTier", Parameter::ServiceTier),
    row("service_tier", Parameter::ServiceTier),
    // Vertex AI's.
    row("labels", Parameter::Metadata),
    row("store", Parameter::Store),
];
