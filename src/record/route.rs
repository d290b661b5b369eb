//! Record of the choice among the targets of a model.

use crate::policy::ChoiceReason;

/// Choice among the targets of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteRecord {
    /// Reason for the target that was tried first.
    pub reason: ChoiceReason,
    /// Targets that were not tried, or not in their place: `provider/model: reason`.
    pub passed_over: Vec<String>,
}
