//! Exceptions: known differences, each with the reason why the expectation is wrong.

use super::equal::{glob, same};
use super::exchange::RecordedExchange;
use serde::Deserialize;
use serde_json::Value;

/// One exception: its conditions and reason. Absent members match anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    /// Fields, with `*` for any text.
    field: Patterns,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    provider: Option<Patterns>,
    #[serde(default)]
    operation: Option<Patterns>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    status: Option<u16>,
    /// The expected value; `null` matches null only, unlike an absent member.
    #[serde(default, deserialize_with = "present")]
    expected: Option<Value>,
    /// The value that was read.
    #[serde(default, deserialize_with = "present")]
    got: Option<Value>,
    /// Reason why the expectation is wrong.
    reason: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Patterns {
    One(String),
    Several(Vec<String>),
}

/// A difference.
pub(crate) struct Difference<'a> {
    /// The exchange.
    pub(crate) exchange: &'a RecordedExchange,
    /// The field.
    pub(crate) field: &'a str,
    /// The expected value.
    pub(crate) expected: &'a Value,
    /// The value that was read.
    pub(crate) got: &'a Value,
}

/// All exceptions, each with the number of differences it matched.
#[derive(Default)]
pub(crate) struct Exceptions(Vec<(Exception, usize)>);

impl Exceptions {
    /// Adds an exception.
    pub(crate) fn add(&mut self, exception: Exception) {
        self.0.push((exception, 0));
    }

    /// Reports whether an exception matches a difference, and counts the first one that does.
    pub(crate) fn explain(&mut self, difference: &Difference<'_>) -> bool {
        let found = self.0.iter_mut().find(|(exception, _)| exception.holds(difference));
        found.map(|(_, met)| *met += 1).is_some()
    }

    /// Fields, conditions, number of matches and reason of each exception.
    pub(crate) fn met(&self) -> impl Iterator<Item = (String, String, usize, &str)> {
        self.0
            .iter()
            .map(|(exception, met)| (exception.field.shown(), exception.place(), *met, exception.reason.as_str()))
    }
}

impl Exception {
    fn holds(&self, difference: &Difference<'_>) -> bool {
        let exchange = difference.exchange;
        let fits = |patterns: &Option<Patterns>, name: &str| patterns.as_ref().is_none_or(|wanted| wanted.fit(name));
        let is = |wanted: &Option<Value>, value: &Value| wanted.as_ref().is_none_or(|wanted| same(wanted, value));
        self.field.fit(difference.field)
            && self.id.as_ref().is_none_or(|id| *id == exchange.id)
            && fits(&self.provider, &exchange.provider)
            && fits(&self.operation, &exchange.operation)
            && self.stream.is_none_or(|stream| stream == exchange.stream)
            && self.status.is_none_or(|status| status == exchange.response.status)
            && is(&self.expected, difference.expected)
            && is(&self.got, difference.got)
    }

    /// Conditions of the exception, in words.
    fn place(&self) -> String {
        let shown = |patterns: &Option<Patterns>| patterns.as_ref().map(Patterns::shown);
        let stream = self.stream.map(|stream| if stream { "streamed" } else { "whole" }.to_owned());
        let status = self.status.map(|status| status.to_string());
        let parts = [shown(&self.provider), shown(&self.operation), stream, status, self.id.clone()];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "everywhere".to_owned() } else { parts.join(" ") }
    }
}

impl Patterns {
    fn fit(&self, name: &str) -> bool {
        match self {
            Self::One(pattern) => glob(pattern, name),
            Self::Several(patterns) => patterns.iter().any(|pattern| glob(pattern, name)),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::One(pattern) => pattern.clone(),
            Self::Several(patterns) => patterns.join(", "),
        }
    }
}

/// Deserializes a member that is present, also null.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
