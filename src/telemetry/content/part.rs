//! Parts of messages.

use crate::document::escape_into;
use std::fmt::Write;

/// Writes a tool call's part; arguments that are JSON stay JSON, others are a string.
pub(super) fn tool_call(id: Option<&str>, name: Option<&str>, arguments: &str, json: &mut String) {
    json.push_str(r#"{"type":"tool_call""#);
    if let Some(id) = id {
        member("id", id, json);
    }
    member("name", name.unwrap_or_default(), json);
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(arguments).is_ok();
    if is_json {
        let _ = write!(json, r#","arguments":{arguments}"#);
    } else if !arguments.is_empty() {
        member("arguments", arguments, json);
    }
    json.push('}');
}

pub(super) fn member(name: &str, value: &str, json: &mut String) {
    let _ = write!(json, ",\"{name}\":\"");
    escape_into(value, json);
    json.push('"');
}

pub(super) fn separate(json: &mut String) {
    if !json.ends_with('[') {
        json.push(',');
    }
}

pub(super) fn close(open: bool, json: &mut String) {
    if open {
        json.push_str("]}");
    }
}

/// Longest prefix of a text within `limit` bytes.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let end = text.floor_char_boundary(limit);
    text.get(..end).unwrap_or_default()
}
