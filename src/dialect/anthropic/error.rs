//! Errors.

use crate::document::escape_into;
use crate::model::Refusal;

/// Writes an error: <https://docs.anthropic.com/en/api/errors>, read 2026-11-20.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let kind = refusal.anthropic_type();
    let mut body = format!(r#"{{"type":"error","error":{{"type":"{kind}","message":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}}");
    body
}
