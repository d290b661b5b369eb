//! Any bytes as a document: what is read to its end hands out spans that lie within it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::document::{Document, Loose, Reader};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::new(bytes) else { return };
    let mut reader = Reader::new(document);
    let _ = reader.loose(&mut |part| {
        let (Loose::Key(span) | Loose::String(span) | Loose::Number(span)) = part;
        assert!(document.as_str().get(span.range()).is_some());
        assert_eq!(span.escaped, document.raw(span).contains('\\'));
    });
});
