//! Exceptions: differences that are known, each with the reason why the expectation is wrong.

use super::equal::{glob, same};
use super::exchange::RecordedExchange;
use serde::Deserialize;
use serde_json::Value;

/// One exception: where it holds, and why. What it does not name may be anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    /// Fields; `*` stands for anything.
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
    /// The expected value; `null` stands for null, and so differs from a line that does not have it.
    #[serde(default, deserialize_with = "present")]
    expected: Option<Value>,
    /// The value that was read.
    #[serde(default, deserialize_with = "present")]
    got: Option<Value>,
    /// Why the expectation is wrong.
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
    /// What it should be.
    pub(crate) expected: &'a Value,
    /// What it is.
    pub(crate) got: &'a Value,
}

/// All of them, with how often each was met.
#[derive(Default)]
pub(crate) struct Exceptions(Vec<(Exception, usize)>);

impl Exceptions {
    /// Adds one.
    pub(crate) fn add(&mut self, exception: Exception) {
        self.0.push((exception, 0));
    }

    /// Whether an exception holds for a difference; the first that does is counted.
    pub(crate) fn explain(&mut self, difference: &Difference<'_>) -> bool {
        let found = self.0.iter_mut().find(|(exception, _)| exception.holds(difference));
        found.map(|(_, met)| *met += 1).is_some()
    }

    /// Each with its fields, where it holds, how often it was met, and its reason.
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

    /// Where it holds, in words.
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

/// A value that is there, null too.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
