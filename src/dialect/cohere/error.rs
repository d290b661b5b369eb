//! Errors.

use crate::document::escape_into;
use crate::model::Refusal;

/// Writes an error: <https://docs.cohere.com/reference/errors>, read 2026-11-21. Cohere's clients choose the exception
/// by status.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"message":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
