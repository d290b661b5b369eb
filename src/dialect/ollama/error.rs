//! Errors.

use crate::document::escape_into;
use crate::model::Refusal;

/// Writes an error: <https://docs.ollama.com/api/errors>, read 2026-11-21.
pub(super) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
