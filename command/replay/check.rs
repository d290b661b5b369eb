//! The check: compares facts with expectations, counts by provider, operation and field, and shows every difference.

use super::ReplayError;
use super::equal::{NOT_FACTS, equal};
use super::exceptions::{Difference, Exceptions};
use super::exchange::RecordedExchange;
use super::table::Table;
use super::text::wrap;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;

/// State of a check.
pub(crate) struct Check {
    expected: HashMap<String, Map<String, Value>>,
    exceptions: Exceptions,
    by_provider: BTreeMap<String, Count>,
    by_operation: BTreeMap<String, Count>,
    by_field: BTreeMap<String, Count>,
    all: Count,
    unexplained: Vec<Shown>,
    unexpected: Vec<String>,
    /// Exchanges without a difference, or with an exception for each.
    agreed: usize,
}

/// Counts of comparison results.
#[derive(Clone, Copy, Default)]
struct Count {
    exchanges: usize,
    equal: usize,
    different: usize,
    excepted: usize,
}

/// Result of a comparison, from best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Comparison {
    Equal,
    Excepted,
    Different,
}

/// A difference in the form of the report.
struct Shown {
    id: String,
    place: String,
    field: String,
    expected: String,
    got: String,
}

impl Check {
    /// Creates a check against these expectations.
    pub(crate) fn new(expected: Vec<Map<String, Value>>, exceptions: Exceptions) -> Self {
        let by_id = expected.into_iter().filter_map(|facts| Some((facts.get("id")?.as_str()?.to_owned(), facts)));
        Self {
            expected: by_id.collect(),
            exceptions,
            by_provider: BTreeMap::new(),
            by_operation: BTreeMap::new(),
            by_field: BTreeMap::new(),
            all: Count::default(),
            unexplained: Vec::new(),
            unexpected: Vec::new(),
            agreed: 0,
        }
    }

    /// Compares one exchange. `fields` limits the comparison, unless it is empty.
    pub(crate) fn compare(&mut self, exchange: &RecordedExchange, got: &Map<String, Value>, fields: &[String]) {
        let Some(expected) = self.expected.remove(&exchange.id) else {
            self.unexpected.push(exchange.id.clone());
            return;
        };
        let before = self.all.different;
        let compared =
            |field: &&String| !NOT_FACTS.contains(&field.as_str()) && (fields.is_empty() || fields.contains(field));
        for field in expected.keys().filter(compared) {
            let verdict = members(field, value(&expected, field), value(got, field))
                .iter()
                .map(|(field, expected, got)| self.judge(&Difference { exchange, field, expected, got }))
                .max()
                .unwrap_or(Comparison::Equal);
            for (counts, name) in [
                (&mut self.by_provider, &exchange.provider),
                (&mut self.by_operation, &exchange.operation),
                (&mut self.by_field, field),
            ] {
                counts.entry(name.clone()).or_default().add(verdict);
            }
            self.by_field.entry(field.clone()).or_default().exchanges += 1;
            self.all.add(verdict);
        }
        self.by_provider.entry(exchange.provider.clone()).or_default().exchanges += 1;
        self.by_operation.entry(exchange.operation.clone()).or_default().exchanges += 1;
        self.all.exchanges += 1;
        self.agreed += usize::from(self.all.different == before);
    }

    fn judge(&mut self, difference: &Difference<'_>) -> Comparison {
        let Difference { exchange, field, expected, got } = difference;
        if equal(field, exchange, expected, got) {
            return Comparison::Equal;
        }
        if self.exceptions.explain(difference) {
            return Comparison::Excepted;
        }
        let stream = if exchange.stream { " streamed" } else { "" };
        self.unexplained.push(Shown {
            id: exchange.id.clone(),
            place: format!("{} {}{stream}", exchange.provider, exchange.operation),
            field: (*field).to_owned(),
            expected: short(expected),
            got: short(got),
        });
        Comparison::Different
    }

    /// Writes the report. Returns `true` if everything agreed. `whole`: every exchange was read, so that remaining
    /// expectations are missing exchanges.
    pub(crate) fn report(&self, whole: bool, limit: usize, out: &mut impl Write) -> Result<bool, ReplayError> {
        let missing = if whole { self.expected.len() } else { 0 };
        self.write_counts(out)?;
        self.write_exceptions(out)?;
        self.write_differences(limit, out)?;
        if !self.unexpected.is_empty() {
            let shown: Vec<_> = self.unexpected.iter().take(limit).map(String::as_str).collect();
            writeln!(out, "\n{} exchanges without expectations: {}", self.unexpected.len(), shown.join(" "))?;
        }
        if missing > 0 {
            writeln!(out, "\n{missing} expectations without an exchange.")?;
        }
        let Count { exchanges, equal, different, excepted } = self.all;
        writeln!(
            out,
            "\n{exchanges} exchanges, {} of them as expected. {} facts: {equal} equal, {different} different, {excepted} \
             excepted. Not facts of an exchange, so not compared: {}.",
            self.agreed,
            equal + different + excepted,
            NOT_FACTS.join(", "),
        )?;
        Ok(different == 0 && missing == 0 && self.unexpected.is_empty())
    }

    fn write_counts(&self, out: &mut impl Write) -> Result<(), ReplayError> {
        for (head, counts) in
            [("provider", &self.by_provider), ("operation", &self.by_operation), ("field", &self.by_field)]
        {
            let mut table = Table::new(&[head, "exchanges", "equal", "different", "excepted"]);
            for (name, count) in counts {
                let mut row = vec![name.clone()];
                row.extend([count.exchanges, count.equal, count.different, count.excepted].map(shown));
                table.row(row);
            }
            table.write(out)?;
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_exceptions(&self, out: &mut impl Write) -> Result<(), ReplayError> {
        let mut list = String::new();
        for (field, place, met, reason) in self.exceptions.met() {
            let met = if met == 0 { "never".to_owned() } else { met.to_string() };
            list += &format!("{met:>5}  {field}\n");
            wrap(&format!("{place}: {reason}"), "       ", &mut list);
        }
        if !list.is_empty() {
            writeln!(out, "Exceptions, how often each was met, and why the expectation is wrong:\n{list}")?;
        }
        Ok(())
    }

    fn write_differences(&self, limit: usize, out: &mut impl Write) -> Result<(), ReplayError> {
        for shown in self.unexplained.iter().take(limit) {
            writeln!(out, "{} {} {}", shown.id, shown.place, shown.field)?;
            writeln!(out, "    expected {}", shown.expected)?;
            writeln!(out, "    got      {}", shown.got)?;
        }
        let left = self.unexplained.len().saturating_sub(limit);
        if left > 0 {
            writeln!(out, "… and {left} more; --limit {} shows them.", self.unexplained.len())?;
        }
        Ok(())
    }
}

impl Count {
    fn add(&mut self, verdict: Comparison) {
        match verdict {
            Comparison::Equal => self.equal += 1,
            Comparison::Different => self.different += 1,
            Comparison::Excepted => self.excepted += 1,
        }
    }
}

/// Splits a field for comparison: parameters and errors member by member, so that an exception can name one of them.
fn members<'a>(field: &str, expected: &'a Value, got: &'a Value) -> Vec<(String, &'a Value, &'a Value)> {
    match (field, expected, got) {
        ("request_params" | "error", Value::Object(expected), Value::Object(got)) => {
            let names: BTreeSet<_> = expected.keys().chain(got.keys()).collect();
            let member = |name| (format!("{field}.{name}"), value(expected, name), value(got, name));
            names.into_iter().map(|name| member(name)).collect()
        }
        _ => vec![(field.to_owned(), expected, got)],
    }
}

fn value<'a>(facts: &'a Map<String, Value>, field: &str) -> &'a Value {
    facts.get(field).unwrap_or(&Value::Null)
}

/// Formats a count in a table; zero is a dot.
fn shown(count: usize) -> String {
    if count == 0 { "·".to_owned() } else { count.to_string() }
}

/// Formats a value of a difference, shortened.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Maximum number of characters shown of a value.
const LONGEST_SHOWN: usize = 400;
