//! JSON bodies: the bytes and the spans of their parts. Read once, edited by splicing; parts without an edit keep their
//! bytes.

mod edit;
mod elements;
mod escape;
mod expected;
mod key_set;
mod numbers;
mod order;
mod plain;
mod reader;
mod edited;
mod strays;
mod string;
mod unescaped;
mod error;
mod writer;

pub use edit::Edits;
pub use edited::EditedDocument;
pub use error::JsonFault;
pub use error::{JsonError, JsonResult};
pub use escape::{escape_into, locate, unescape};
pub use key_set::KeySet;
pub use order::sort_by_number;
pub use reader::{Key, Reader, Scalar, ValueKind};
pub use strays::is_word;
pub use unescaped::Unescaped;
pub use writer::JsonWriter;

use std::borrow::Cow;

/// Span of a JSON string, the bytes between its quotes, or of a number, as offsets into the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte. A document is shorter than 4 GiB: [`Document::new`] refuses a longer one.
    pub start: u32,
    /// The byte after the last one; `start <= end`.
    pub end: u32,
    /// Set when the source has escapes, so that the text differs from its bytes.
    pub escaped: bool,
}

impl Span {
    /// Span of a string with its quotes.
    #[must_use]
    pub fn quoted(self) -> Self {
        Self { start: self.start.saturating_sub(1), end: self.end.saturating_add(1), escaped: false }
    }

    /// Byte range of the span.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// UTF-8 body, not yet known to be JSON.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    text: &'a str,
}

impl<'a> Document<'a> {
    /// Takes a body without copying it. The [`Reader`] skips a byte-order mark before the text.
    ///
    /// # Errors
    /// Not UTF-8, or 4 GiB and longer.
    pub fn new(bytes: &'a [u8]) -> JsonResult<Self> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(JsonError::new(0, JsonFault::TooLong));
        }
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => Ok(Self { text }),
            // It does not say where: that is found again.
            Err(_) => {
                let end = std::str::from_utf8(bytes).err().map_or(bytes.len(), |error| error.valid_up_to());
                Err(JsonError::new(end, JsonFault::NotUtf8))
            }
        }
    }

    /// The whole text.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// Text at a span as written, with its escapes; empty when the span is not within this document.
    pub fn raw(self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Decoded text at a span; a copy only where it has escapes.
    pub fn text(self, span: Span) -> Cow<'a, str> {
        let raw = self.raw(span);
        if span.escaped { unescape(raw) } else { Cow::Borrowed(raw) }
    }
}
