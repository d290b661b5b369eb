//! Every value of every request and of every whole answer is dropped, changed, and swapped with the next one of its type: the result reads
//! differently. Values without a canonical word are listed in `unmapped.tsv` and `unmapped_answers.tsv`, each with its reason.

use crate::exchanges::{Exchange, exchanges};
use crate::reading::{ANSWER_DIALECTS, DIALECTS, Reading, read, read_answer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tollgate::dialect::Dialect;

/// Values of one request that are tried, evenly over the request.
const MOST_VALUES: usize = 150;

#[test]
fn requests_that_mean_different_things_read_differently() {
    let requests = exchanges().into_iter().map(|exchange| (exchange.id, exchange.route.dialect, exchange.request));
    let (tried, bodies) = hold_for(requests, include_str!("unmapped.tsv"), DIALECTS, read);
    println!("{tried} mutations of {bodies} requests");
}

#[test]
fn answers_that_mean_different_things_read_differently() {
    let whole = exchanges().into_iter().filter(|exchange| !exchange.is_stream() && exchange.status == 200);
    let answers = whole.map(|exchange| (exchange.id, exchange.route.dialect, exchange.answer));
    let (tried, bodies) = hold_for(answers, include_str!("unmapped_answers.tsv"), ANSWER_DIALECTS, read_answer);
    println!("{tried} mutations of {bodies} answers");
}

/// Holds the law for bodies of some dialects. Returns how many mutations of how many bodies were tried.
fn hold_for(
    bodies: impl Iterator<Item = (String, Option<Dialect>, Vec<u8>)>,
    listed: &str,
    dialects: &[Dialect],
    read: fn(Dialect, &str) -> Option<Reading>,
) -> (usize, usize) {
    let allowed = allowed(listed);
    let mut missing: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut tried = 0;
    for (id, dialect, body) in bodies {
        let Some(dialect) = dialect.filter(|dialect| dialects.contains(dialect)) else { continue };
        let Ok(value) = serde_json::from_slice::<Value>(&body) else { continue };
        // Two exchanges often have the same body.
        if !seen.insert((dialect, value.to_string())) {
            continue;
        }
        let Some(before) = read(dialect, &value.to_string()) else { continue };
        for (mutation, path, other) in mutations(&value) {
            let Some(after) = read(dialect, &other.to_string()) else { continue };
            tried += 1;
            assert_ne!(before, after, "{id}: {mutation} at {path} is not seen");
            let name = format!("{dialect:?}");
            if before.items == after.items && !is_allowed(&allowed, &name, &before, &after) {
                missing.entry((name, path)).or_insert_with(|| format!("{id} {mutation}"));
            }
        }
    }
    assert!(tried > 50, "the fixtures are missing");
    let lines: Vec<String> = missing.iter().map(|((name, path), id)| format!("{name}\t{path}\t({id})")).collect();
    assert!(lines.is_empty(), "no word, and no reason in the list:\n{}", lines.join("\n"));
    (tried, seen.len())
}

/// Paths without a canonical word, by dialect.
fn allowed(listed: &str) -> Vec<(String, String)> {
    let lines = listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let (name, path, reason) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        assert!(!reason.is_empty() && cells.next().is_none(), "{line}");
        (name.to_owned(), path.to_owned())
    };
    lines.map(row).collect()
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

fn mutations(value: &Value) -> Vec<(&'static str, String, Value)> {
    let mut pointers = Vec::new();
    leaves(value, &mut String::new(), &mut pointers);
    let step = pointers.len().div_ceil(MOST_VALUES).max(1);
    let mut mutations = Vec::new();
    for (at, pointer) in pointers.iter().enumerate().step_by(step) {
        let path = path(pointer);
        let leaf = value.pointer(pointer).unwrap();
        let mut changed = value.clone();
        *changed.pointer_mut(pointer).unwrap() = other(leaf);
        mutations.push(("change", path.clone(), changed));
        // A null, an empty list and an empty text are the same as nothing.
        if !matches!(leaf, Value::Null) && !["[]", "\"\""].contains(&&*leaf.to_string()) {
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
