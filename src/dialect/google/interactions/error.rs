//! Errors.

use crate::document::escape_into;
use crate::model::Refusal;

/// Writes an error: `Error` of the same page. Unlike in Google's other APIs its code is a string.
pub(super) fn write_refusal(refusal: &Refusal) -> String {
    let mut body = format!(r#"{{"error":{{"code":"{}","message":""#, refusal.code());
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}}");
    body
}
