//! A document together with its edits, for whoever writes another document from it: redacted text is read without a
//! second parse.

use super::edit::place;
use super::order::sort_by_number;
use super::{Document, Edits, Span, unescape};
use std::borrow::Cow;
use std::ops::Range;

/// Document and the edits made to it.
#[derive(Clone, Debug)]
pub struct EditedDocument<'a> {
    document: Document<'a>,
    /// Edits by their place; they do not overlap.
    edits: Vec<(Range<usize>, &'a str)>,
}

impl<'a> EditedDocument<'a> {
    /// Creates the source of a document with edits.
    pub fn new(document: Document<'a>, edits: &'a Edits) -> Self {
        let mut edits: Vec<(Range<usize>, &str)> = edits.iter().collect();
        sort_by_number(&mut edits, |(range, _)| place(range));
        Self { document, edits }
    }

    /// The document without the edits.
    pub fn document(&self) -> Document<'a> {
        self.document
    }

    /// JSON text at a span, edited.
    pub fn raw(&self, span: Span) -> Cow<'a, str> {
        let (raw, within) = (self.document.raw(span), span.range());
        let first = self.edits.partition_point(|(range, _)| range.start < within.start);
        let mut edits = self.edits.iter().skip(first).take_while(|(range, _)| range.end <= within.end).peekable();
        if edits.peek().is_none() {
            return Cow::Borrowed(raw);
        }
        let (mut edited, mut done) = (String::with_capacity(raw.len()), within.start);
        for (range, with) in edits {
            let kept = Span { start: offset(done), end: offset(range.start), escaped: false };
            edited.push_str(self.document.raw(kept));
            edited.push_str(with);
            done = range.end;
        }
        let rest = Span { start: offset(done), end: span.end, escaped: false };
        edited.push_str(self.document.raw(rest));
        Cow::Owned(edited)
    }

    /// Inside of the JSON string at a span with or without its quotes, edited. `None` for any other value.
    pub fn string(&self, span: Span) -> Option<Cow<'a, str>> {
        let before = (span.start as usize).checked_sub(1).and_then(|at| self.document.as_str().as_bytes().get(at));
        match self.document.raw(span).as_bytes().first() {
            Some(b'"') if span.end >= span.start + 2 => {
                Some(self.raw(Span { start: span.start + 1, end: span.end - 1, ..span }))
            }
            _ if before == Some(&b'"') => Some(self.raw(span)),
            _ => None,
        }
    }

    /// Inside of one JSON string from the strings at several spans, edited.
    pub fn joined(&self, spans: &[Span]) -> String {
        spans.iter().filter_map(|span| self.string(*span)).collect::<Vec<_>>().concat()
    }

    /// Text of the JSON string at a span, edited and decoded. `None` for any other value.
    pub fn text(&self, span: Span) -> Option<Cow<'a, str>> {
        Some(match self.string(span)? {
            Cow::Borrowed(raw) => unescape(raw),
            Cow::Owned(raw) => Cow::Owned(unescape(&raw).into_owned()),
        })
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
