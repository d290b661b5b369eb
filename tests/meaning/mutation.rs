//! Every value of every request, of every whole answer and of every event of a streamed one is dropped, changed, and swapped
//! with the next one of its type: the result reads differently. Values without a canonical word are listed in
//! `unmapped.tsv` and `unmapped_answers.tsv`, each with its reason.

use crate::exchanges::{Exchange, exchanges};
use crate::reading::{DIALECTS, Reading, read, read_answer};
use crate::stream::frames;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tollgate::dialect::Dialect;

/// Upper bound on the values of one request or whole answer that are tried, evenly over it.
const MOST_VALUES: usize = 150;

/// Upper bound on the bytes that the changes of one value each come to: of a long body fewer values are tried.
const MOST_BYTES: usize = 1 << 20;

/// Values that are tried of a body of any length.
const FEWEST_VALUES: usize = 25;

/// Values of one stream that are tried, evenly over its events.
const MOST_VALUES_OF_STREAM: usize = 100;

#[test]
fn requests_that_mean_different_things_read_differently() {
    let mut law = Law::new(include_str!("unmapped.tsv"), "whole");
    for exchange in exchanges() {
        let Some(dialect) = exchange.route.dialect.filter(|dialect| DIALECTS.contains(dialect)) else { continue };
        law.body(&exchange.id, dialect, &exchange.request, &|body| read(dialect, body));
    }
    law.holds("requests");
}

#[test]
fn answers_that_mean_different_things_read_differently() {
    let mut law = Law::new(include_str!("unmapped_answers.tsv"), "whole");
    for exchange in exchanges().into_iter().filter(|exchange| !exchange.is_stream() && exchange.status == 200) {
        let Some(dialect) = exchange.route.dialect.filter(answers_its_call) else { continue };
        law.body(&exchange.id, dialect, &exchange.answer, &|body| read_answer(dialect, body));
    }
    law.holds("answers");
}

#[test]
fn streams_that_mean_different_things_read_differently() {
    let mut law = Law::new(include_str!("unmapped_answers.tsv"), "stream");
    for exchange in exchanges().into_iter().filter(|exchange| exchange.is_stream() && exchange.status == 200) {
        let Some(dialect) = exchange.route.dialect.filter(answers_its_call) else { continue };
        let frames = frames(&exchange);
        let values = |data: &str| serde_json::from_str::<Value>(data).map_or(0, |value| pointers(&value).len());
        let all: usize = frames.iter().map(|frame| values(&frame.data)).sum();
        let step = all.div_ceil(MOST_VALUES_OF_STREAM).max(1);
        let mut tried = 0;
        for frame in frames {
            let first = tried % step;
            tried += values(&frame.data);
            let Ok(value) = serde_json::from_str::<Value>(&frame.data) else { continue };
            law.document(&exchange.id, dialect, &value, ((step - first) % step, step), &|body| {
                frame.read(dialect, body)
            });
        }
    }
    law.holds("streams' events");
}

/// Matches all dialects but those whose answers have only texts of other calls, which are put back, and no fact of their
/// own call.
fn answers_its_call(dialect: &Dialect) -> bool {
    !matches!(dialect, Dialect::OpenAiConversations | Dialect::AnthropicBatches | Dialect::GeminiStored)
}

type Read<'r> = &'r dyn Fn(&str) -> Option<Reading>;

/// The law over some bodies, with its exceptions.
struct Law {
    allowed: Vec<(String, String)>,
    missing: BTreeMap<(String, String), String>,
    seen: BTreeSet<(Dialect, String)>,
    tried: usize,
}

impl Law {
    fn new(listed: &str, kind: &str) -> Self {
        Self { allowed: allowed(listed, kind), missing: BTreeMap::new(), seen: BTreeSet::new(), tried: 0 }
    }

    fn body(&mut self, id: &str, dialect: Dialect, body: &[u8], read: Read<'_>) {
        let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
        let most = (MOST_BYTES / body.len().max(1)).clamp(FEWEST_VALUES, MOST_VALUES);
        let step = pointers(&value).len().div_ceil(most).max(1);
        self.document(id, dialect, &value, (0, step), read);
    }

    /// Tries one value of a document in `step`, from `first` on.
    fn document(&mut self, id: &str, dialect: Dialect, value: &Value, tried: (usize, usize), read: Read<'_>) {
        // Two exchanges often have the same body.
        if !self.seen.insert((dialect, value.to_string())) {
            return;
        }
        let Some(before) = read(&value.to_string()) else { return };
        for (mutation, path, other) in mutations(value, tried) {
            let Some(after) = read(&other.to_string()) else { continue };
            self.tried += 1;
            let name = format!("{dialect:?}");
            let is_seen = before != after;
            if !is_seen || before.items == after.items && !is_allowed(&self.allowed, &name, &before, &after) {
                self.missing
                    .entry((name, path))
                    .or_insert_with(|| format!("{id} {mutation}{}", if is_seen { "" } else { " is not seen" }));
            }
        }
    }

    fn holds(self, what: &str) {
        println!("{} mutations of {} {what}", self.tried, self.seen.len());
        assert!(self.tried > 50, "the fixtures are missing");
        let lines: Vec<String> =
            self.missing.iter().map(|((name, path), id)| format!("{name}\t{path}\t({id})")).collect();
        assert!(lines.is_empty(), "no word, and no reason in the list:\n{}", lines.join("\n"));
    }
}

/// Paths without a canonical word, by dialect, of one kind of body.
fn allowed(listed: &str, kind: &str) -> Vec<(String, String)> {
    let lines = listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let (name, path, reason) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        assert!(!reason.is_empty() && cells.next().is_none(), "{line}");
        let (name, listed) = name.split_once(':').unwrap_or((name, kind));
        (listed == kind).then(|| (name.to_owned(), path.to_owned()))
    };
    lines.filter_map(row).collect()
}

/// Reports whether all that differs is allowed to have no canonical word.
fn is_allowed(allowed: &[(String, String)], name: &str, before: &Reading, after: &Reading) -> bool {
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (before.unmapped.iter().collect(), after.unmapped.iter().collect());
    before.symmetric_difference(&after).all(|(path, value)| {
        // Its only member was dropped.
        if matches!(value.as_str(), "{}" | "[]") {
            return true;
        }
        let covers = |listed: &str| {
            // With "=" the member itself, and nothing below it.
            if let Some(listed) = listed.strip_suffix('=') {
                return path == listed;
            }
            path.strip_prefix(listed).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        allowed.iter().any(|(dialect, listed)| (dialect == name || dialect == "*") && covers(listed))
    })
}

fn pointers(value: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    leaves(value, &mut String::new(), &mut pointers);
    pointers
}

fn mutations(value: &Value, (first, step): (usize, usize)) -> Vec<(&'static str, String, Value)> {
    let pointers = pointers(value);
    let mut mutations = Vec::new();
    for (at, pointer) in pointers.iter().enumerate().skip(first).step_by(step) {
        let path = path(pointer);
        let leaf = value.pointer(pointer).unwrap();
        let mut changed = value.clone();
        *changed.pointer_mut(pointer).unwrap() = other(leaf);
        mutations.push(("change", path.clone(), changed));
        // A null, an empty list and an empty text are the same as nothing.
        if !pointer.is_empty() && !matches!(leaf, Value::Null) && !["[]", "\"\""].contains(&&*leaf.to_string()) {
            mutations.push(("drop", path.clone(), dropped(value, pointer)));
        }
        let same = |next: &&String| {
            let next = value.pointer(next).unwrap();
            std::mem::discriminant(next) == std::mem::discriminant(leaf) && next != leaf
        };
        if let Some(next) = pointers[at + 1..].iter().find(same) {
            let mut swapped = value.clone();
            *swapped.pointer_mut(pointer).unwrap() = value.pointer(next).unwrap().clone();
            *swapped.pointer_mut(next).unwrap() = leaf.clone();
            mutations.push(("swap", path, swapped));
        }
    }
    mutations
}

fn leaves(value: &Value, pointer: &mut String, into: &mut Vec<String>) {
    let length = pointer.len();
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                leaves(member, pointer, into);
                pointer.truncate(length);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (index, element) in elements.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                leaves(element, pointer, into);
                pointer.truncate(length);
            }
        }
        _ => into.push(pointer.clone()),
    }
}

fn path(pointer: &str) -> String {
    let mut path = String::new();
    for step in pointer.split('/').skip(1) {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str("[]");
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(step);
        }
    }
    path
}

fn other(leaf: &Value) -> Value {
    match leaf {
        Value::String(text) => Value::String(format!("{text}x")),
        Value::Number(number) => Value::from(number.as_f64().unwrap() + 1.0),
        Value::Bool(switch) => Value::Bool(!switch),
        _ => Value::String("x".to_owned()),
    }
}

fn dropped(value: &Value, pointer: &str) -> Value {
    let mut without = value.clone();
    let (outer, name) = pointer.rsplit_once('/').unwrap();
    match without.pointer_mut(outer).unwrap() {
        Value::Object(members) => drop(members.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(elements) => drop(elements.remove(name.parse().unwrap())),
        _ => {}
    }
    without
}

#[test]
fn a_request_reads_alike_whatever_its_spacing() {
    for Exchange { route, request, .. } in crate::exchanges::fixtures() {
        let Some(dialect) = route.dialect.filter(|dialect| DIALECTS.contains(dialect)) else { continue };
        let value: Value = serde_json::from_slice(&request).unwrap();
        let spaced = serde_json::to_string_pretty(&value).unwrap();
        let scalars = |reading: Option<Reading>| {
            reading.unwrap().items.iter().filter(|item| !item.contains(['{', '['])).cloned().collect::<Vec<_>>()
        };
        assert_eq!(scalars(read(dialect, &value.to_string())), scalars(read(dialect, &spaced)));
    }
}
