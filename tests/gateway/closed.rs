//! What cannot be searched does not leave: values of every other type in every place of every dialect's requests.

use super::exchanges::{Exchange, exchanges};
use super::support::{Answer, Gateway, KEY, settings_for_all};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MARK: &str = "mark@closed.example";

/// The marker as, and within, every type of value.
fn values() -> Vec<Value> {
    let deep = (0..20).fold(json!(MARK), |inner, _| json!({"content": [{"type": inner}]}));
    vec![
        json!(MARK),
        json!({"type": MARK}),
        json!({"x": {"url": MARK}}),
        json!({MARK: 1}),
        json!([MARK]),
        json!([{"text": MARK, "data": [MARK]}]),
        json!({"a": {MARK: {MARK: [MARK]}}}),
        deep,
        json!("{\"mail\": \"mark\\u0040closed.example\"}"),
    ]
}

/// Members whose text goes on as it is: a model's name, by which the provider is asked, and a credential for others.
const OPAQUE: &[&str] = &["model", "model_id", "version", "authorization_token"];

/// What a provider has signed goes back to it as it was.
fn is_signed(path: &str) -> bool {
    ["/thinking", "/reasoningText/text", "/reasoning_details", "/[reasoning.text]", "/[reasoning.text]/text"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// A value's path without its indices, so that equal places are tried once.
fn places(value: &Value, path: &str, pointer: &str, into: &mut BTreeMap<String, String>) {
    into.entry(path.to_owned()).or_insert_with(|| pointer.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{path}/{name}"), &format!("{pointer}/{escaped}"), into);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                let kind = value.get("type").and_then(Value::as_str).unwrap_or("*");
                places(value, &format!("{path}/[{kind}]"), &format!("{pointer}/{index}"), into);
            }
        }
        _ => {}
    }
}

fn through(gateway: &Gateway, exchange: &Exchange, request: &str) -> Option<String> {
    let (key, authority) = (format!("Bearer {KEY}"), exchange.authority());
    let headers = [
        ("authorization", key.as_str()),
        (":authority", authority.as_str()),
        ("content-type", exchange.request_type.as_str()),
    ];
    let seen = gateway.call(&exchange.method, &exchange.path, &headers, &[request.as_bytes()], &Answer::json("{}"));
    seen.upstream.is_some().then(|| seen.sent().to_owned())
}

#[test]
fn a_value_of_any_type_in_any_place_is_searched_or_refused() {
    let gateway = Gateway::new(&settings_for_all(""));
    let (mut tried, mut refused, mut left) = (0, 0, BTreeSet::new());
    let mut known = BTreeSet::new();
    for exchange in exchanges() {
        let Some(dialect) = exchange.route.dialect else { continue };
        if !exchange.request_type.starts_with("application/json") || exchange.request.len() > LONGEST {
            continue;
        }
        let Ok(request) = serde_json::from_slice::<Value>(&exchange.request) else { continue };
        let mut found = BTreeMap::new();
        places(&request, "", "", &mut found);
        for (path, pointer) in found {
            let name = path.rsplit('/').next().unwrap_or_default();
            if path.is_empty()
                || OPAQUE.contains(&name)
                || is_signed(&path)
                || !known.insert(format!("{dialect:?}{path}"))
            {
                continue;
            }
            for value in values() {
                let mut changed = request.clone();
                *changed.pointer_mut(&pointer).unwrap() = value.clone();
                tried += 1;
                match through(&gateway, &exchange, &changed.to_string()) {
                    None => refused += 1,
                    Some(sent) if sent.contains("closed.example") => {
                        left.insert(format!("{dialect:?} {path}: {value}"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    println!("{tried} tried, {refused} refused");
    assert!(left.is_empty(), "{} of them: {left:#?}", left.len());
    assert!(tried > 1000);
}

/// Longest request that is tried so often.
const LONGEST: usize = 1 << 16;
