//! Members and values as written, in forms that leave a fault to be reported together with all other ones.

use super::problem::{Path, Problems, Unknown};
#[cfg(schema)]
use super::schema::{Schema, json_schema, schemas};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A member that must be there. Parsing leaves a missing one empty: it is one problem of several.
#[derive(Debug)]
pub(super) struct Required<T>(Option<T>);

impl<T> Default for Required<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Required<T> {
    /// The member, if it is there.
    pub(super) fn as_ref(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The member, or a problem. `what` describes it, such as "the provider's name".
    pub(super) fn or_note(self, what: &str, at: &Path<'_>, problems: &mut Problems) -> Option<T> {
        required(self.0, what, at, problems)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Required<T> {
    // Serde gives an absent member to whoever reads an option.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self)
    }
}

/// Requires a member. `what` describes it for the problem, such as "the provider's name".
pub(super) fn required<T>(member: Option<T>, what: &str, at: &Path<'_>, problems: &mut Problems) -> Option<T> {
    if member.is_none() {
        problems.note(at, format_args!("missing: write {what}"));
    }
    member
}

/// Names with values, in the order written.
#[derive(Debug)]
pub(super) struct Named<T>(pub(super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de> + NamedValue> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + NamedValue> Visitor<'de> for NamedVisitor<T> {
            type Value = Named<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(T::EXPECTED)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Named<T>, A::Error> {
                let mut named = Vec::new();
                while let Some(member) = members.next_entry()? {
                    named.push(member);
                }
                Ok(Named(named))
            }
        }
        deserializer.deserialize_map(NamedVisitor(PhantomData))
    }
}

/// A value with a name of the operator's choice.
pub(super) trait NamedValue {
    /// The expected object, in the words of a problem.
    const EXPECTED: &'static str;
    /// Schema of the names.
    #[cfg(schema)]
    fn names() -> Schema;
}

/// A word of a list, as written. An unknown one is left to be reported with its suggestion.
#[derive(Debug)]
pub(super) struct Word<T> {
    written: String,
    listed: PhantomData<T>,
}

/// A list of words with their meanings.
pub(super) trait Listed: Copy + 'static {
    /// Common name of the words, for a problem: "kind of data".
    const NAME: &'static str;

    /// Every word with its meaning.
    fn list() -> impl Iterator<Item = (&'static str, Self)>;
}

impl<T: Listed> Word<T> {
    /// The word's meaning, or a problem.
    pub(super) fn checked(&self, at: &Path<'_>, problems: &mut Problems) -> Option<T> {
        let found = T::list().find(|(word, _)| *word == self.written);
        if found.is_none() {
            let known: Vec<&str> = T::list().map(|(word, _)| word).collect();
            problems.note(at, Unknown { what: T::NAME, word: &self.written, known: &known });
        }
        found.map(|(_, meaning)| meaning)
    }
}

impl<'de, T> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|written| Self { written, listed: PhantomData })
    }
}

#[cfg(schema)]
schemas! {
    [T: JsonSchema] Required<T> = T::json_schema;
    [T: JsonSchema + NamedValue] Named<T> = |generator| json_schema!({
        "type": "object", "propertyNames": T::names(), "additionalProperties": T::json_schema(generator),
    });
    [T: Listed] Word<T> = |_| json_schema!({
        "type": "string", "enum": T::list().map(|(word, _)| word).collect::<Vec<_>>(),
    });
}
