//! Reasons why a request's body cannot be read.

use crate::document::JsonError;

/// Reason why a request's body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The body is not JSON.
    NotJson(JsonError),
    /// The body is JSON, but not an object.
    NotAnObject,
    /// A field that policy depends on occurs twice, and readers differ in the occurrence that they use.
    Ambiguous(&'static str),
}

impl From<JsonError> for RequestError {
    fn from(reason: JsonError) -> Self {
        Self::NotJson(reason)
    }
}
