//! Errors.

use crate::document::{JsonWriter, escape_into};
use crate::model::{ProviderError, Refusal};

/// Writes an error: <https://docs.ollama.com/api/errors>, read 2026-11-21.
pub(super) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}

/// Writes a provider's error.
pub(super) fn write_error(error: &ProviderError) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("error").string(&error.message).end_object();
    json.finish()
}
