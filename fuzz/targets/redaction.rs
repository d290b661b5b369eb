//! Any text: replaced values are restored byte for byte.

use tollgate::redaction::{Escape, Kinds, Placeholders, Redactor};

pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let redactor = Redactor::new(Kinds::ALL);
    let mut table = Placeholders::default();
    let redacted = table.redact_text(&redactor, &text).into_owned();
    assert_eq!(table.restored(&redacted, Escape::None), text);
}
