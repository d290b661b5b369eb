//! Errors.

use crate::document::{JsonWriter, escape_into};
use crate::model::{ProviderError, Refusal};
use std::fmt::Write;

/// Writes an error: <https://google.aip.dev/193>, read 2026-11-21, with the gateway's own code as the reason in
/// `ErrorInfo`.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let http = refusal.status();
    let mut body = format!(r#"{{"error":{{"code":{http},"message":""#);
    escape_into(&refusal.message(), &mut body);
    let (status, reason) = (status_word(http), refusal.code().to_ascii_uppercase());
    let _ = write!(body, r#"","status":"{status}","details":[{{"@type":"type.googleapis.com/google.rpc.ErrorInfo","#);
    let _ = write!(body, r#""reason":"{reason}","domain":"tollgate"}}]}}}}"#);
    body
}

/// Writes a provider's error.
pub(in crate::dialect) fn write_error(error: &ProviderError) -> String {
    let http = match error.status() {
        // Anthropic's word for a provider that is overloaded.
        529 => 503,
        http => http,
    };
    let mut json = JsonWriter::default();
    json.begin_object().name("error").begin_object().name("code").raw(&http.to_string());
    json.name("message").string(&error.message).name("status").string(status_word(http)).end_object().end_object();
    json.finish()
}

/// Returns Google's name of an HTTP status: <https://cloud.google.com/apis/design/errors>, "Handling errors", read
/// 2026-11-21.
const fn status_word(http: u16) -> &'static str {
    match http {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        400..=499 => "INVALID_ARGUMENT",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    }
}
