//! Serde's messages in the operator's words, without quotes of the input.

use super::problem::Unknown;
use std::fmt;

/// A message of serde. It shows none of the input: neither a wrong value nor a wrong name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.0;
        // The last one: serde's quotes of the input come before it, and the text behind it is from types in this crate.
        let (fault, expected) = said.rsplit_once(", expected ").unwrap_or((said, ""));
        let wrong = |kind| fault.strip_prefix(kind);
        if let Some(found) = wrong("invalid type: ").or_else(|| wrong("invalid value: ")) {
            return write!(formatter, "expected {}, found {}", sort_expected(expected), sort_found(found));
        }
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let unknown = |what, word: &str| Unknown { what, word: word.trim_matches('`'), known: &known }.to_string();
        if let Some(field) = wrong("unknown field ") {
            return formatter.write_str(&unknown("member", field));
        }
        if let Some(variant) = wrong("unknown variant ") {
            return formatter.write_str(&unknown("word", variant));
        }
        // Message of serde_json for a number in place of an enum's word; a reader knows that it is a value.
        formatter.write_str(if said == "expected value" { "expected a word" } else { said })
    }
}

fn sort_expected(expected: &str) -> &str {
    match expected {
        "u64" => "a whole number",
        "a sequence" => "a list",
        "string or map" => "a word",
        own => own,
    }
}

fn sort_found(found: &str) -> &'static str {
    const SORTS: [(&str, &str); 8] = [
        ("string", "a string"),
        ("integer `-", "a negative number"),
        ("integer", "a whole number"),
        ("floating point", "a decimal"),
        ("boolean", "true or false"),
        ("null", "null"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    let fitting = SORTS.iter().find(|(start, _)| found.starts_with(start));
    fitting.map_or("something else", |(_, sort)| sort)
}
