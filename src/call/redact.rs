//! Redaction of a request: turns findings in its texts into edits of its document.

use super::found::Found;
use crate::dialect::Dialect;
use crate::document::{Document, Edits};
use crate::model::{Items, TextKind};
use crate::redaction::{Placeholders, Redactor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Replaces personal data in every text, adding to `table` and to `edits`.
pub(super) fn redact(
    document: Document<'_>,
    items: &Items,
    redactor: &Redactor,
    table: &mut Placeholders,
    edits: &mut Edits,
) {
    if redactor.kinds().is_empty() {
        return;
    }
    let mut found = Found::default();
    let mut has_encoded = false;
    for leaf in items.texts() {
        has_encoded |= leaf.place == TextKind::Encoded;
        found.find_in_leaf(document, leaf, redactor, table);
    }
    found.replace(document, table, edits);
    if !has_encoded {
        return;
    }
    for leaf in items.texts().filter(|leaf| leaf.place == TextKind::Encoded) {
        if let Some(with) = redact_encoded(&document.text(leaf.span), redactor, table) {
            edits.replace(leaf.span.range(), with);
        }
    }
}

/// Redacts names of fields and files in the headers of a form's part. `None` when nothing is replaced.
///
/// # Errors
/// A name is encoded so that it cannot be replaced.
pub(super) fn redact_names(
    headers: &[u8],
    redactor: &Redactor,
    table: &mut Placeholders,
) -> Result<Option<String>, &'static str> {
    let text = std::str::from_utf8(headers).map_err(|_| "a name in a form that is not UTF-8")?;
    let redacted = table.redact_text(redactor, text);
    // RFC 8187 encoding, and RFC 2047's, which does not belong here but occurs.
    let decoded = percent_encoding::percent_decode_str(&redacted).decode_utf8_lossy();
    let mut findings = Vec::new();
    if decoded != redacted {
        redactor.find(&decoded, &mut findings);
    }
    if !findings.is_empty() || redacted.contains("=?") {
        return Err("an encoded name in a form");
    }
    Ok((redacted != text).then(|| redacted.into_owned()))
}

/// Redacts a request within the request; `None` when nothing is replaced.
fn redact_encoded(text: &str, redactor: &Redactor, table: &mut Placeholders) -> Option<String> {
    let body = STANDARD.decode(text).ok()?;
    let inner = Document::new(&body).ok()?;
    // The path may name any model, so the body's members determine the API.
    let request = Dialect::BedrockModel.read_request(inner).ok()?;
    let mut edits = Edits::default();
    redact(inner, &request.items, redactor, table, &mut edits);
    (!edits.is_empty()).then(|| STANDARD.encode(edits.applied(&body)))
}
