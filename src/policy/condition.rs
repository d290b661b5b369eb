//! Conditions for a target: facts of a call that make it one of the call's targets.

use super::hours::DailyHours;
use crate::pattern::Pattern;
use std::ops::RangeInclusive;

/// Conditions for a target. All that are set must hold; an empty list is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The client's paths, without their query.
    pub paths: Vec<Pattern>,
    /// Headers by their names in lower case, each with its permitted values.
    pub headers: Vec<(String, Vec<Pattern>)>,
    /// The key's teams.
    pub teams: Vec<Pattern>,
    /// Bytes of text in the request.
    pub text: Option<RangeInclusive<u64>>,
    /// Times.
    pub hours: Vec<DailyHours>,
}

/// Facts of a call that conditions are about.
pub struct CallFacts<'a> {
    /// The client's path, without its query.
    pub path: &'a str,
    /// Returns the value of a header.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The key's team.
    pub team: Option<&'a str>,
    /// Bytes of text in the request.
    pub text: u64,
    /// Arrival of the call, in seconds since 1970.
    pub time: u64,
    /// Class of quality that the call asks for.
    pub quality: Option<&'a str>,
}

/// Condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnmetCondition {
    /// The path.
    Path,
    /// A header.
    Header,
    /// The key's team.
    Team,
    /// The size of the text.
    Text,
    /// The time.
    Hours,
}

impl UnmetCondition {
    /// Name on spans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Header => "header",
            Self::Team => "team",
            Self::Text => "text",
            Self::Hours => "hours",
        }
    }
}

impl Conditions {
    /// Finds a condition that does not hold.
    pub fn unmet(&self, facts: &CallFacts<'_>) -> Option<UnmetCondition> {
        let is_one = |patterns: &[Pattern], value: Option<&str>| {
            patterns.is_empty() || value.is_some_and(|value| patterns.iter().any(|pattern| pattern.matches(value)))
        };
        let has = |(name, values): &(String, Vec<Pattern>)| {
            let value = (facts.header)(name);
            value.is_some() && is_one(values, value)
        };
        let checks = [
            (UnmetCondition::Path, is_one(&self.paths, Some(facts.path))),
            (UnmetCondition::Header, self.headers.iter().all(has)),
            (UnmetCondition::Team, is_one(&self.teams, facts.team)),
            (UnmetCondition::Text, self.text.as_ref().is_none_or(|range| range.contains(&facts.text))),
            (UnmetCondition::Hours, self.hours.is_empty() || self.hours.iter().any(|hours| hours.hold(facts.time))),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map(|(condition, _)| condition)
    }
}
