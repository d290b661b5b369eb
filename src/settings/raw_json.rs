//! JSON as written: values that are sent on and mean nothing to the settings.

use super::member::NamedValue;
#[cfg(schema)]
use super::schema::{Schema, json_schema, schemas};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// A JSON value as written.
#[derive(Debug)]
pub(super) struct RawJson(pub(super) String);

/// Name by which the deserializer of settings knows that a value is wanted as written.
pub(super) const RAW_JSON: &str = "RawJson";

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;
        impl Visitor<'_> for RawVisitor {
            type Value = RawJson;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<RawJson, E> {
                Ok(RawJson(text.to_owned()))
            }
        }
        deserializer.deserialize_newtype_struct(RAW_JSON, RawVisitor)
    }
}

impl NamedValue for RawJson {
    const EXPECTED: &'static str = "an object of members of a request's body";

    #[cfg(schema)]
    fn names() -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(schema)]
schemas! {
    [] RawJson = |_| json_schema!({ "title": "JSON" });
}
