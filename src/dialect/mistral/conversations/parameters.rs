//! Names of parameters.

use crate::dialect::parameters::{Row, row};
use crate::model::Parameter;

/// Names of parameters beside those of a chat, which are in `completion_args`.
pub(super) const ROWS: &[Row] = &[row("store", Parameter::Store), row("metadata", Parameter::Metadata)];
