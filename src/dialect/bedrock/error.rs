//! Errors.

use crate::document::escape_into;
use crate::model::Refusal;

/// Writes an error body of the protocol `restJson1`. Clients take the code from `__type` when no header has it.
/// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>, read 2026-11-21.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = format!(r#"{{"__type":"{}","message":""#, refusal.code());
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
