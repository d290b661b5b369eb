//! Request bodies: JSON of a dialect, a form, or opaque. One pipeline reads all of them.

use crate::dialect::{Dialect, Form, RequestError, read_form, read_unknown_request};
use crate::document::{Document, Edits, JsonError};
use crate::framing::multipart;
use crate::model::{Refusal, Request, TextKind};
use crate::redaction::{Placeholders, Redactor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;
use std::ops::Range;

/// Reader of one request's body.
#[derive(Clone)]
pub(super) struct BodyReader {
    /// Dialect of the body; `None` for a body that is only inspected and passed unchanged.
    pub(super) dialect: Option<Dialect>,
    /// Boundary of the parts, for a form.
    pub(super) form: Option<String>,
    /// Set when an unreadable body may pass unchanged.
    pub(super) may_pass: bool,
}

/// A request's body as read.
pub(super) struct RequestBody<'a> {
    pub(super) request: Request,
    pub(super) kind: ParsedBody<'a>,
    bytes: &'a [u8],
}

/// Kind of a body.
pub(super) enum ParsedBody<'a> {
    /// JSON of the dialect.
    Json(Document<'a>),
    /// A form. Its texts are not JSON and lie between files.
    Form {
        /// Ranges of the texts.
        texts: Vec<Range<usize>>,
        /// Ranges of the parts' headers, which contain names.
        names: Vec<Range<usize>>,
        /// First part that cannot be searched.
        unsearched: Option<Unsearched>,
        /// Range of the model's name.
        model: Option<Range<usize>>,
    },
    /// No known dialect. Readable facts are recorded, nothing is changed.
    Opaque,
}

/// A place of a body that cannot be searched.
#[derive(Clone, Copy)]
pub(super) struct Unsearched {
    pub(super) reason: &'static str,
    pub(super) at: usize,
}

impl BodyReader {
    /// Reads a body.
    ///
    /// # Errors
    /// The body is not of its dialect, and may not pass unread.
    pub(super) fn read<'a>(&self, bytes: &'a [u8]) -> Result<RequestBody<'a>, Refusal> {
        let opaque = || {
            let request = Document::new(bytes).and_then(read_unknown_request).unwrap_or_default();
            RequestBody { request, kind: ParsedBody::Opaque, bytes }
        };
        let Some(dialect) = self.dialect else {
            return Ok(opaque());
        };
        if let Some(boundary) = &self.form {
            let Form { request, texts, headers: names, opaque } = read_form(bytes, boundary).map_err(unreadable)?;
            let model = multipart::parts(bytes, boundary).find(|part| part.name == "model").map(|part| part.range);
            let unsearched = opaque.map(|opaque| Unsearched { reason: opaque.reason, at: opaque.at });
            return Ok(RequestBody { request, kind: ParsedBody::Form { texts, names, unsearched, model }, bytes });
        }
        let read = Document::new(bytes).map_err(RequestError::from);
        match read.and_then(|document| Ok((document, dialect.read_request(document)?))) {
            Ok((document, request)) => Ok(RequestBody { request, kind: ParsedBody::Json(document), bytes }),
            Err(RequestError::NotJson(_) | RequestError::NotAnObject) if self.may_pass => Ok(opaque()),
            Err(error) => Err(unreadable(error)),
        }
    }
}

impl RequestBody<'_> {
    /// Matches bodies that are not read in their dialect.
    pub(super) fn is_opaque(&self) -> bool {
        matches!(self.kind, ParsedBody::Opaque)
    }

    /// The body itself.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// Range of the model's name in a form.
    pub(super) fn model_field(&self) -> Option<Range<usize>> {
        match &self.kind {
            ParsedBody::Form { model, .. } => model.clone(),
            ParsedBody::Json(..) | ParsedBody::Opaque => None,
        }
    }

    /// Returns the first part that cannot be searched.
    pub(super) fn unsearched(&self) -> Option<Unsearched> {
        match &self.kind {
            ParsedBody::Form { unsearched, .. } => *unsearched,
            ParsedBody::Json(..) | ParsedBody::Opaque => None,
        }
    }

    /// Bytes of text, where they are counted for an estimate.
    pub(super) fn text_bytes(&self) -> u64 {
        match &self.kind {
            ParsedBody::Json(..) => self.request.items.texts().map(|leaf| leaf.span.range().len() as u64).sum(),
            ParsedBody::Form { texts, .. } => {
                texts.iter().filter_map(|range| self.text(range)).map(|text| text.len() as u64).sum()
            }
            ParsedBody::Opaque => 0,
        }
    }

    /// Replaces personal data in every text, adding to `table`. Places that cannot be searched go to `unsearched`.
    pub(super) fn redact(
        &self,
        redactor: &Redactor,
        table: &mut Placeholders,
        unsearched: &mut Vec<Unsearched>,
    ) -> Edits {
        let mut edits = Edits::default();
        match &self.kind {
            ParsedBody::Json(document) => {
                super::redact::redact(*document, &self.request.items, redactor, table, &mut edits);
            }
            ParsedBody::Form { texts, names, .. } if !redactor.kinds().is_empty() => {
                for range in names {
                    let text = self.bytes.get(range.clone()).unwrap_or_default();
                    match super::redact::redact_names(text, redactor, table) {
                        Ok(None) => {}
                        Ok(Some(redacted)) => edits.replace(range.clone(), redacted),
                        Err(reason) => unsearched.push(Unsearched { reason, at: range.start }),
                    }
                }
                for range in texts {
                    let Some(text) = self.text(range) else { continue };
                    let redacted = table.redact_text(redactor, text);
                    if redacted != text {
                        edits.replace(range.clone(), &redacted);
                    }
                }
            }
            ParsedBody::Form { .. } | ParsedBody::Opaque => {}
        }
        edits
    }

    /// Passes every text to `each`, in order, with its kind.
    pub(super) fn texts(&self, mut each: impl FnMut(&str, TextKind)) {
        match &self.kind {
            ParsedBody::Json(document) => {
                for leaf in self.request.items.texts() {
                    each(&decoded(document.text(leaf.span), leaf.place), leaf.place);
                }
            }
            ParsedBody::Form { texts, .. } => {
                texts.iter().filter_map(|range| self.text(range)).for_each(|text| each(text, TextKind::Text));
            }
            ParsedBody::Opaque => {}
        }
    }

    fn text(&self, range: &Range<usize>) -> Option<&str> {
        self.bytes.get(range.clone()).and_then(|text| std::str::from_utf8(text).ok())
    }
}

/// Decodes a text that is a request in Base64.
fn decoded(text: Cow<'_, str>, kind: TextKind) -> Cow<'_, str> {
    let inner = match kind {
        TextKind::Encoded => STANDARD.decode(&*text).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
        _ => None,
    };
    inner.map_or(text, Cow::Owned)
}

fn unreadable(error: RequestError) -> Refusal {
    let unreadable = |error: JsonError| Refusal::BodyUnreadable { reason: error.reason(), at: error.at() };
    match error {
        RequestError::NotJson(error) => unreadable(error),
        RequestError::NotAnObject => Refusal::BodyUnreadable { reason: "not an object", at: 0 },
        RequestError::Ambiguous(field) => Refusal::BodyAmbiguous { field },
    }
}
