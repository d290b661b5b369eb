//! A JSON body as bytes plus where its parts lie: read once, edited by splicing, untouched parts untouched.

mod edit;
mod escape;
mod expected;
mod plain;
mod reader;
mod strays;
mod error;

pub use edit::Edits;
pub(crate) use error::JsonFault;
pub use error::{JsonError, JsonResult};
pub use escape::{escape_into, locate, unescape};
pub use reader::{Key, Reader, Scalar, ValueKind};
pub use strays::is_word;

use std::borrow::Cow;

/// Where a JSON string lies: the bytes between its quotes, as offsets into the document.
/// Where a number lies, when it stands for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte. A document is shorter than 4 GiB: [`Document::new`] refuses a longer one.
    pub start: u32,
    /// The byte after the last one; `start <= end`.
    pub end: u32,
    /// Whether the text has escapes, so that it differs from its bytes.
    pub escaped: bool,
}

impl Span {
    /// Its bytes' offsets.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A body that is UTF-8, not yet known to be JSON.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    text: &'a str,
}

impl<'a> Document<'a> {
    /// Takes a body, without copying it. A byte-order mark before the text is passed over by the [`Reader`].
    ///
    /// # Errors
    /// Bytes that are not UTF-8, or 4 GiB and more of them.
    pub fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(JsonError::new(0, JsonFault::TooLong));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self { text }),
            Err(error) => Err(JsonError::new(error.valid_up_to(), JsonFault::NotUtf8)),
        }
    }

    /// The whole text.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// What is written at a span, escapes and all; empty when the span is not of this document.
    pub fn raw(self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The text that a span stands for; a copy only where it has escapes.
    pub fn text(self, span: Span) -> Cow<'a, str> {
        let raw = self.raw(span);
        if span.escaped { unescape(raw) } else { Cow::Borrowed(raw) }
    }
}
