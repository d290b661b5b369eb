//! Redaction of a request: turns findings in its texts into edits of its document.

use crate::dialect::Dialect;
use crate::document::{Document, Edits, JsonResult, Reader, Scalar, Span, Unescaped};
use crate::model::{Items, TextKind};
use crate::redaction::{Finding, Kind, Placeholders, Redactor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;

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
    let mut unescaped = Unescaped::default();
    for leaf in items.texts() {
        let text = unescaped.text(document, leaf.span);
        // Existing look-alikes of placeholders must stay distinct from new ones, wherever they stand.
        table.reserve(text);
        // A provider accepts signed text only unchanged, placeholders included.
        if leaf.place == TextKind::SignedReasoning {
            continue;
        }
        let first = found.values.len();
        found.find_in_text(text, leaf.place, redactor);
        found.locate(first, document, leaf.span, &unescaped);
    }
    found.replace(table, edits);
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

/// The values found in a document.
#[derive(Default)]
struct Found {
    values: Vec<LocatedValue>,
    /// The values' texts, one after another.
    texts: String,
    /// Findings in one text.
    findings: Vec<Finding>,
    /// A string of JSON within a text.
    inner: Unescaped,
}

/// A value to replace.
struct LocatedValue {
    /// Its range, first within a text, finally within the document.
    place: Range<usize>,
    kind: Kind,
    /// Range of its text in [`Found::texts`].
    text: Range<usize>,
    quotes: &'static str,
}

/// Quotes around the placeholder of a number, which has to become a string: in a document, and in JSON within a text.
const QUOTE: &str = "\"";
const ESCAPED_QUOTE: &str = "\\\"";

/// Number of values for which memory is taken at first: most requests have fewer.
const USUAL: usize = 8;

/// Length of most placeholders and values at most, in bytes.
const LONG: usize = 32;

impl Found {
    /// Appends the values in a text, with places relative to it.
    fn find_in_text(&mut self, text: &str, place: TextKind, redactor: &Redactor) {
        match place {
            TextKind::ArgumentNumber => self.find_number(text, 0, QUOTE, redactor),
            // Base64, searched after decoding.
            TextKind::Encoded if STANDARD.decode(text).is_ok() => {}
            // Any text may be JSON: other programs write JSON texts too.
            _ if looks_like_json(text) => {
                let (values, texts) = (self.values.len(), self.texts.len());
                if self.find_in_json(text, redactor).is_err() {
                    self.values.truncate(values);
                    self.texts.truncate(texts);
                    self.find(text, redactor);
                }
            }
            _ => self.find(text, redactor),
        }
    }

    fn find_in_json(&mut self, text: &str, redactor: &Redactor) -> JsonResult {
        let document = Document::new(text.as_bytes())?;
        let mut reader = Reader::new(document);
        let mut inner = std::mem::take(&mut self.inner);
        reader.scalars(&mut |part| match part {
            Scalar::Key(span) | Scalar::String(span) => {
                let first = self.values.len();
                self.find(inner.text(document, span), redactor);
                self.locate(first, document, span, &inner);
            }
            Scalar::Number(span) => {
                self.find_number(document.raw(span), span.start as usize, ESCAPED_QUOTE, redactor);
            }
        })?;
        self.inner = inner;
        reader.finish()
    }

    /// Appends the findings in a text, with places relative to it.
    fn find(&mut self, text: &str, redactor: &Redactor) {
        self.findings.clear();
        redactor.find(text, &mut self.findings);
        if self.values.capacity() == 0 && !self.findings.is_empty() {
            self.values.reserve(USUAL);
            self.texts.reserve(USUAL * LONG);
        }
        for Finding { range, kind } in self.findings.drain(..) {
            let start = self.texts.len();
            self.texts.push_str(text.get(range.clone()).unwrap_or_default());
            self.values.push(LocatedValue { place: range, kind, text: start..self.texts.len(), quotes: "" });
        }
    }

    /// Appends a number that is personal as a whole: a card number written without quotes.
    fn find_number(&mut self, raw: &str, start: usize, quotes: &'static str, redactor: &Redactor) {
        let (values, texts) = (self.values.len(), self.texts.len());
        self.find(raw, redactor);
        let found = self.values.drain(values..).find(|found| found.place == (0..raw.len()));
        self.texts.truncate(texts);
        if let Some(found) = found {
            self.texts.push_str(raw);
            let (place, text) = (start..start + raw.len(), texts..self.texts.len());
            self.values.push(LocatedValue { place, text, quotes, ..found });
        }
    }

    /// Maps the places from the value `first` on, in a span's text, to places in the document.
    fn locate(&mut self, first: usize, document: Document<'_>, span: Span, unescaped: &Unescaped) {
        let begin = span.start as usize;
        for LocatedValue { place, .. } in self.values.iter_mut().skip(first) {
            if span.escaped {
                *place = unescaped.locate(document.raw(span), place.clone());
            }
            *place = begin + place.start..begin + place.end;
        }
    }

    /// Replaces all values by placeholders.
    fn replace(&self, table: &mut Placeholders, edits: &mut Edits) {
        let mut with = String::with_capacity(LONG);
        for LocatedValue { place, kind, text, quotes } in &self.values {
            with.clear();
            with.push_str(quotes);
            table.write_placeholder(*kind, self.texts.get(text.clone()).unwrap_or_default(), &mut with);
            with.push_str(quotes);
            edits.replace(place.clone(), &with);
        }
    }
}

/// Matches texts that look like JSON: escapes in its strings would hide values.
fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}
