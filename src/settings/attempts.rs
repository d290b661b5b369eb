//! `attempts`: upstream instances of the filter, which make a call's attempts at several targets.

use super::problem::{Path, Problems};
use super::section::{Context, Section, object};
use super::units::{HOUR, Integer, MINUTE, Period, SECOND};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// Attempts of a call at several targets (see [fallback.md](fallback.md)). Absent, a call has one attempt.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct AttemptsSettings {
    /// Set when the filter is also an upstream filter of every provider's cluster, with the configuration
    /// `{"role": "attempt"}`, and the route chooses the cluster by the filter state `wasm.tollgate.target`. Default: no.
    upstream: Option<bool>,
    /// Most attempts of one call. Needs `upstream`.
    max: Option<Integer<1, 4, 16>>,
    /// Longest wait for the first event of a streamed answer. Needs `upstream`.
    first_event: Option<Period<10, { 5 * MINUTE }, HOUR>>,
    /// Rest of a target that answered 429 or 503 without a `retry-after`; it doubles each time in a row. Needs `upstream`.
    rest: Option<Period<1, { 2 * SECOND }, HOUR>>,
    /// Longest rest, also where `retry-after` asks for more. Needs `upstream`.
    longest_rest: Option<Period<1, { 5 * MINUTE }, { 24 * HOUR }>>,
}

/// Attempts of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptsPlan {
    /// Set when upstream instances of the filter make the attempts.
    pub upstream: bool,
    /// Upper bound on the attempts of one call.
    pub max: usize,
    /// Longest wait for the first event of a streamed answer.
    pub first_event: Duration,
    /// Rest after a first failure.
    pub rest: Duration,
    /// Longest rest.
    pub longest_rest: Duration,
}

impl Section for AttemptsSettings {
    type Checked = AttemptsPlan;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> AttemptsPlan {
        let plan = object::<Self>(text, at, problems).checked(at, problems);
        context.has_upstream = plan.upstream;
        plan
    }
}

impl AttemptsSettings {
    fn checked(self, at: &Path<'_>, problems: &mut Problems) -> AttemptsPlan {
        let upstream = self.upstream.unwrap_or_default();
        for (is_written, member) in [
            (self.max.is_some(), "max"),
            (self.first_event.is_some(), "first_event"),
            (self.rest.is_some(), "rest"),
            (self.longest_rest.is_some(), "longest_rest"),
        ] {
            if is_written && !upstream {
                problems.note(&at.member(member), "needs \"upstream\": true beside it");
            }
        }
        let max = Integer::checked(self.max, &at.member("max"), problems);
        AttemptsPlan {
            upstream,
            max: usize::try_from(max).unwrap_or(usize::MAX),
            first_event: Period::checked(self.first_event, &at.member("first_event"), problems),
            rest: Period::checked(self.rest, &at.member("rest"), problems),
            longest_rest: Period::checked(self.longest_rest, &at.member("longest_rest"), problems),
        }
    }
}
