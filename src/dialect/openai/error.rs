//! Errors.

use crate::document::escape_into;
use crate::model::Refusal;
use std::fmt::Write;

/// Writes an error: <https://platform.openai.com/docs/guides/error-codes/api-errors>, read 2026-11-20.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":{"message":""#);
    escape_into(&refusal.message(), &mut body);
    let (kind, code) = (refusal.openai_type(), refusal.code());
    let _ = write!(body, r#"","type":"{kind}","param":null,"code":"{code}"}}}}"#);
    body
}
