//! Redaction of a request: turns findings in its texts into edits of its document.

use crate::dialect::Dialect;
use crate::document::{Document, Edits, JsonResult, Reader, Scalar, Span, escape_into, locate};
use crate::model::{Items, TextKind, TextSpan};
use crate::redaction::{Finding, Kind, Placeholders, Redactor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;

/// A value to replace, and its range: first within a text, finally within the document.
struct LocatedValue {
    range: Range<usize>,
    kind: Kind,
    value: String,
    /// Set when the value is a JSON number: its placeholder has to become a string.
    number: bool,
}

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
    let mut findings = Vec::new();
    let found: Vec<(&TextSpan, Vec<LocatedValue>)> = items
        .texts()
        .map(|leaf| {
            let text = document.text(leaf.span);
            // Existing look-alikes of placeholders must stay distinct from new ones, wherever they stand.
            table.reserve(&text);
            // A provider accepts signed text only unchanged, placeholders included.
            if leaf.place == TextKind::SignedReasoning {
                return (leaf, Vec::new());
            }
            (leaf, find_in_text(&text, leaf.place, redactor, &mut findings))
        })
        .filter(|(_, found)| !found.is_empty())
        .collect();
    for (leaf, mut found) in found {
        locate_in(document, leaf.span, &mut found);
        replace(leaf, &found, table, edits);
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

fn find_in_text(text: &str, place: TextKind, redactor: &Redactor, findings: &mut Vec<Finding>) -> Vec<LocatedValue> {
    let mut found = Vec::new();
    match place {
        TextKind::ArgumentNumber => find_number(text, 0, redactor, findings, &mut found),
        // Base64, searched after decoding.
        TextKind::Encoded if STANDARD.decode(text).is_ok() => {}
        // Any text may be JSON: other programs write JSON texts too.
        _ if looks_like_json(text) => {
            if find_in_json(text, redactor, findings, &mut found).is_err() {
                found.clear();
                find(text, redactor, findings, &mut found);
            }
        }
        _ => find(text, redactor, findings, &mut found),
    }
    found
}

/// Matches texts that look like JSON: escapes in its strings would hide values.
fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

fn find_in_json(
    text: &str,
    redactor: &Redactor,
    findings: &mut Vec<Finding>,
    found: &mut Vec<LocatedValue>,
) -> JsonResult {
    let document = Document::new(text.as_bytes())?;
    let mut reader = Reader::new(document);
    reader.scalars(&mut |part| match part {
        Scalar::Key(span) | Scalar::String(span) => {
            let first = found.len();
            find(&document.text(span), redactor, findings, found);
            locate_in(document, span, found.get_mut(first..).unwrap_or_default());
        }
        Scalar::Number(span) => {
            find_number(document.raw(span), span.start as usize, redactor, findings, found);
        }
    })?;
    reader.finish()
}

/// Appends the findings in a text, with ranges relative to it.
fn find(text: &str, redactor: &Redactor, findings: &mut Vec<Finding>, found: &mut Vec<LocatedValue>) {
    findings.clear();
    redactor.find(text, findings);
    found.extend(findings.drain(..).map(|Finding { range, kind }| LocatedValue {
        value: text.get(range.clone()).unwrap_or_default().to_owned(),
        range,
        kind,
        number: false,
    }));
}

/// Appends a number that is personal as a whole: a card number written without quotes.
fn find_number(
    raw: &str,
    start: usize,
    redactor: &Redactor,
    findings: &mut Vec<Finding>,
    found: &mut Vec<LocatedValue>,
) {
    findings.clear();
    redactor.find(raw, findings);
    let whole = findings.drain(..).find(|finding| finding.range == (0..raw.len()));
    found.extend(whole.map(|finding| LocatedValue {
        range: start..start + raw.len(),
        kind: finding.kind,
        value: raw.to_owned(),
        number: true,
    }));
}

/// Maps ranges in a span's text to ranges in the document, all in one pass, because each pass starts at the span's
/// start.
fn locate_in(document: Document<'_>, span: Span, found: &mut [LocatedValue]) {
    if span.escaped && !found.is_empty() {
        let mut offsets: Vec<usize> = found.iter().flat_map(|found| [found.range.start, found.range.end]).collect();
        locate(document.raw(span), &mut offsets);
        let (places, _) = offsets.as_chunks();
        for (found, &[start, end]) in found.iter_mut().zip(places) {
            found.range = start..end;
        }
    }
    let begin = span.start as usize;
    for LocatedValue { range, .. } in found {
        *range = begin + range.start..begin + range.end;
    }
}

fn replace(leaf: &TextSpan, found: &[LocatedValue], table: &mut Placeholders, edits: &mut Edits) {
    for found in found {
        let placeholder = table.placeholder_for(found.kind, &found.value);
        let text = match (found.number, leaf.place) {
            (false, _) => placeholder.to_owned(),
            (true, TextKind::ArgumentNumber) => format!("\"{placeholder}\""),
            (true, _) => {
                let mut escaped = String::new();
                escape_into(&format!("\"{placeholder}\""), &mut escaped);
                escaped
            }
        };
        edits.replace(found.range.clone(), text);
    }
}
