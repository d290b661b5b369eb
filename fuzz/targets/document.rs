//! Any bytes as a document: spans lie within it, and a document read to its end is JSON to other parsers too.

use tollgate::document::{Document, Reader, Scalar, escape_into, locate};

pub(crate) fn run(bytes: &[u8]) {
    let Ok(document) = Document::new(bytes) else { return };
    let mut reader = Reader::new(document);
    let read = reader.scalars(&mut |part| {
        let (Scalar::Key(span) | Scalar::String(span) | Scalar::Number(span)) = part;
        let raw = document.as_str().get(span.range());
        assert!(raw.is_some());
        assert_eq!(span.escaped, document.raw(span).contains('\\'));
        let text = document.text(span);
        let mut offsets = [0, text.len()];
        locate(document.raw(span), &mut offsets);
        assert_eq!(offsets, [0, document.raw(span).len()]);
        let mut escaped = String::new();
        escape_into(&text, &mut escaped);
    });
    let is_json = read.is_ok() && reader.finish().is_ok();
    let json = document.as_str().trim_start_matches('\u{feff}');
    let theirs = serde_json::from_str::<&serde_json::value::RawValue>(json);
    // It reads deeper than this one, and gets no mark in the middle.
    let is_deep = theirs.is_ok() && !is_json && json.matches(['[', '{']).count() > 128;
    // It does not know Python's words for numbers that are not finite.
    let has_words = is_json && (json.contains("NaN") || json.contains("Infinity"));
    assert!(has_words || is_json == theirs.is_ok() || is_deep || document.as_str().matches('\u{feff}').count() > 1);
    let mut skipping = Reader::new(document);
    assert_eq!(skipping.value().is_ok() && skipping.finish().is_ok(), is_json);
}
