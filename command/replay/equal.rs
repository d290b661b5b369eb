//! Equality of facts: by value, except for a few rules, each with its reason.

use super::exchange::RecordedExchange;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// One rule of comparison, as `--help` shows it.
pub(crate) struct Rule {
    /// Facts that the rule applies to.
    pub(crate) facts: &'static str,
    /// Condition of equality, and the reason why it loses nothing.
    pub(crate) says: &'static str,
}

/// Every rule.
pub(crate) const RULES: &[Rule] = &[
    Rule { facts: "numbers", says: "3 equals 3.0: SDKs turn some counts into floats" },
    Rule { facts: "model, id, tier, finish reason", says: "an empty text says nothing, so it equals null" },
    Rule {
        facts: "request_params.stop",
        says: "a text equals a list of it, an empty list equals none: the request means the same",
    },
    Rule { facts: "request_params, error", says: "compared member by member, null equals absent" },
    Rule { facts: "block_types, stream_event_types", says: "they are sets" },
    Rule { facts: "error.message", says: "the expectations keep the first 300 characters" },
    Rule {
        facts: "raw_usage",
        says: "names in snake case, null equals absent, and where an SDK's types drop members that they do not know \
               (Google's and AWS's, and Anthropic's in streams) the expectations may lack some: all that they have must \
               be equal",
    },
    Rule {
        facts: "block_types and others that only some exchanges have",
        says: "compared where the expectations have them",
    },
];

/// Fields that describe the expectations' origin and not the exchange.
pub(crate) const NOT_FACTS: &[&str] = &["id", "oracle", "accumulator_checked", "notes"];

/// Reports whether a field's two values are equal, in this exchange.
pub(crate) fn equal(field: &str, exchange: &RecordedExchange, expected: &Value, got: &Value) -> bool {
    match field {
        "request_model" | "response_model" | "response_id" | "service_tier" => same(said(expected), said(got)),
        "finish_reasons" => same(&reasons(expected), &reasons(got)),
        "request_params.stop" => same(&list(expected), &list(got)),
        "block_types" | "stream_event_types" => same(&sorted(expected), &sorted(got)),
        "error.message" => same(&cut(expected), &cut(got)),
        "raw_usage" => usage(exchange, expected, got),
        _ => same(expected, got),
    }
}

/// Equality by value: numbers as numbers, objects in any order of their members.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| one == other)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}

/// Matches a name against a pattern with `*` for any text.
pub(crate) fn glob(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut left) = name.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return left.ends_with(piece);
        }
        let Some((_, behind)) = left.split_once(piece) else {
            return false;
        };
        left = behind;
    }
    true
}

fn said(value: &Value) -> &Value {
    match value {
        Value::String(text) if text.is_empty() => &Value::Null,
        value => value,
    }
}

fn reasons(value: &Value) -> Value {
    let Value::Array(reasons) = value else {
        return value.clone();
    };
    Value::Array(reasons.iter().filter(|reason| !said(reason).is_null()).cloned().collect())
}

/// Converts a text to a list with it, and an empty list to null.
fn list(value: &Value) -> Value {
    match value {
        Value::Array(texts) if texts.is_empty() => Value::Null,
        Value::String(_) => Value::Array(vec![value.clone()]),
        value => value.clone(),
    }
}

fn sorted(value: &Value) -> Value {
    let mut texts: Vec<_> = value.as_array().into_iter().flatten().cloned().collect();
    texts.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    texts.dedup();
    Value::Array(texts)
}

/// Truncates a message to the length in the expectations.
fn cut(value: &Value) -> Value {
    match value {
        Value::String(message) => Value::String(message.chars().take(KEPT_CHARACTERS).collect()),
        value => value.clone(),
    }
}

fn usage(exchange: &RecordedExchange, expected: &Value, got: &Value) -> bool {
    let (expected, got) = (tidy(expected), tidy(got));
    let drops_unknown = match exchange.operation.as_str() {
        "generate_content" | "converse" => true,
        "messages" | "raw_predict" | "invoke_model" => exchange.stream,
        _ => false,
    };
    match (&expected, &got) {
        (Value::Object(expected), Value::Object(got)) if drops_unknown => contains(got, expected),
        _ => same(&expected, &got),
    }
}

/// Reports whether an object contains all members of another one.
fn contains(all: &Map<String, Value>, some: &Map<String, Value>) -> bool {
    some.iter().all(|(name, some)| match (all.get(name), some) {
        (Some(Value::Object(all)), Value::Object(some)) => contains(all, some),
        (Some(all), some) => same(all, some),
        (None, _) => false,
    })
}

/// Converts names to snake case and removes nulls and empty objects.
fn tidy(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            let tidied: Map<_, _> = kept.map(|(name, value)| (snake(name).into_owned(), tidy(value))).collect();
            if tidied.is_empty() { Value::Null } else { Value::Object(tidied) }
        }
        Value::Array(elements) => Value::Array(elements.iter().map(tidy).collect()),
        value => value.clone(),
    }
}

fn snake(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    Cow::Owned(snake)
}

/// Maximum length of an error's message in the expectations, in characters.
const KEPT_CHARACTERS: usize = 300;
