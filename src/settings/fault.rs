//! Faults of values, in the operator's words.

use super::problem::Unknown;
use serde::de::{self, Expected, Unexpected};
use std::fmt;

/// A fault of a value, until its path is known. It shows none of the input: neither a wrong value nor a wrong name.
#[derive(Debug)]
pub(super) struct Fault {
    /// The words of the problem; `None` once it is recorded.
    pub(super) what: Option<String>,
}

impl Fault {
    /// A value of another type than expected.
    pub(super) fn wrong_type(expected: &str, found: &str) -> Self {
        Self { what: Some(format!("expected {expected}, found {found}")) }
    }

    /// A value of another type than a visitor expects.
    pub(super) fn unexpected(found: &str, expected: &dyn Expected) -> Self {
        let expected = match expected.to_string().as_str() {
            "u64" => "a whole number".to_owned(),
            "a sequence" => "a list".to_owned(),
            own => own.to_owned(),
        };
        Self::wrong_type(&expected, found)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.what.as_deref().unwrap_or_default())
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self { what: Some(what.to_string()) }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::unexpected(sort(&found), expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(word: &str, known: &'static [&'static str]) -> Self {
        Self::custom(Unknown { what: "member", word, known })
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::custom(Unknown { what: "word", word, known })
    }
}

fn sort(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Str(_) => "a string",
        Unexpected::Signed(number) if *number < 0 => "a negative number",
        Unexpected::Signed(_) | Unexpected::Unsigned(_) => "a whole number",
        Unexpected::Float(_) => "a decimal",
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unit => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}
