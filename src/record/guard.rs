//! The guard record: what a guard said of a call.

use crate::policy::GuardFault;

/// Question to a guard, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRecord {
    /// The answer.
    pub decision: GuardDecision,
    /// Name of the rule that decided; never a text of the call.
    pub rule: Option<String>,
    /// Time from the question to the answer, in nanoseconds; `None` when the call ended before.
    pub waited: Option<u64>,
}

/// Answer of a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardDecision {
    /// The call may go on.
    Allowed,
    /// The call is refused.
    Refused,
    /// The guard gave no verdict; the settings decided.
    Failed(GuardFault),
    /// The call ended before the answer.
    Abandoned,
}

impl GuardDecision {
    /// Name on spans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Failed(_) => "failed",
            Self::Abandoned => "abandoned",
        }
    }
}
