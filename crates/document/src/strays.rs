//! Strays: values of a request with an unexpected type or an unknown name. A text in one may carry personal data like
//! any other, so that strays are collected and searched.

use super::{Document, JsonResult, Reader, Span, ValueKind};
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// Starts before the value at a span of the document.
    pub fn at(document: Document<'a>, value: Span) -> Self {
        let mut reader = Self::new(document);
        reader.at = value.start as usize;
        reader
    }

    /// Collects from now on the values that are skipped for their unexpected type.
    #[must_use]
    pub fn collecting_strays(mut self) -> Self {
        self.strays = Some(Vec::new());
        self
    }

    /// Takes the strays collected so far, in the order of the document.
    pub fn take_strays(&mut self) -> Vec<Span> {
        self.strays.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Skips a value of an unexpected type. Collects it as a stray if it can contain text.
    ///
    /// # Errors
    /// Not JSON.
    pub fn stray(&mut self) -> JsonResult {
        let kind = self.peek()?;
        let start = self.at;
        self.skip()?;
        if matches!(kind, ValueKind::String | ValueKind::Array | ValueKind::Object) {
            self.note_stray(start);
        }
        Ok(())
    }

    /// Skips a value that is an id, an address or encoded bytes: a string that cannot contain prose. Any other value is
    /// a stray.
    ///
    /// # Errors
    /// Not JSON.
    pub fn opaque(&mut self) -> JsonResult {
        if self.peek()? != ValueKind::String {
            return self.stray();
        }
        self.maybe_id().map(drop)
    }

    /// Skips a credential: a string of any form.
    ///
    /// # Errors
    /// Not JSON.
    pub fn credential(&mut self) -> JsonResult {
        self.maybe_string().map(drop)
    }

    /// Reads a word of the API, such as a type or a role. Any other value is a stray, also a string of another form.
    ///
    /// # Errors
    /// Not JSON.
    pub fn api_word(&mut self) -> JsonResult<Option<Span>> {
        if self.next_byte() != b'"' {
            self.stray()?;
            return Ok(None);
        }
        let span = self.string_here()?;
        Ok(self.fits(span, is_word).then_some(span))
    }

    /// Reads the text of a word of the API.
    ///
    /// # Errors
    /// Not JSON.
    pub fn api_text(&mut self) -> JsonResult<Option<Cow<'a, str>>> {
        Ok(self.api_word()?.map(|span| self.document().text(span)))
    }

    /// Reads an id or a tool's name. One that can be prose is also collected as a stray.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_id(&mut self) -> JsonResult<Option<Span>> {
        let id = self.maybe_string()?;
        if let Some(span) = id {
            self.fits(span, is_opaque);
        }
        Ok(id)
    }

    /// Checks the form of the string just read. A string of another form is a stray.
    fn fits(&mut self, span: Span, has_form: fn(&str) -> bool) -> bool {
        let fits = self.strays.is_none() || has_form(self.document().raw(span));
        if !fits {
            self.note_stray(span.start as usize - 1);
        }
        fits
    }

    /// Collects the member name just read, unless it is a word.
    #[inline(never)]
    pub(super) fn note_name(&mut self, raw: &str, span: Span) {
        if !is_word(raw) {
            self.note_stray(span.start as usize - 1);
        }
    }

    /// Collects the value that begins at an offset and was just skipped.
    pub(super) fn note_stray(&mut self, start: usize) {
        let span = self.span(start, false);
        if let Some(strays) = &mut self.strays {
            strays.push(span);
        }
    }
}

/// Matches strings, as written, that can be an id, an address or encoded bytes, and are not prose. Only the beginning
/// is examined.
fn is_opaque(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let head = bytes.get(..LONGEST_HEAD).unwrap_or(bytes);
    let has = |part: &[u8]| memchr::memmem::find(head, part).is_some();
    memchr::memchr3(b'@', b' ', b'\t', head).is_none() && !has(b"\\u") || has(b"://")
}

/// Number of bytes that are examined: a longer string without a space is not prose.
const LONGEST_HEAD: usize = 256;

/// Matches texts that can only be names: too few letters and digits for an API key or anyone's number.
pub fn is_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    let sort = |byte: &u8| SORTS.get(usize::from(*byte)).copied().unwrap_or(OTHER);
    let sorts = bytes.iter().fold(0, |sorts, byte| sorts | sort(byte));
    if bytes.len() < SHORTEST_KEY {
        // Most names have no digits.
        let has_few_digits = || bytes.iter().filter(|byte| byte.is_ascii_digit()).count() <= MOST_DIGITS;
        return sorts & OTHER == 0 && (sorts & DIGIT == 0 || has_few_digits());
    }
    bytes.len() < 2 * SHORTEST_KEY && sorts & !(NAME | CAPITAL) == 0 && sorts & NAME != 0
}

const fn sort_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'_' => NAME,
        b'A'..=b'Z' => CAPITAL,
        b'0'..=b'9' => DIGIT,
        b'-' | b'.' | b'/' | b'$' | b' ' => MARK,
        _ => OTHER,
    }
}

/// Sort of every byte, by its value.
const SORTS: [u8; 256] = {
    let mut sorts = [OTHER; 256];
    let (mut rest, mut byte) = (sorts.as_mut_slice(), 0);
    while let [first, others @ ..] = rest {
        *first = sort_of(byte);
        byte = byte.wrapping_add(1);
        rest = others;
    }
    sorts
};

const NAME: u8 = 1;
const CAPITAL: u8 = 1 << 1;
const DIGIT: u8 = 1 << 2;
const MARK: u8 = 1 << 3;
const OTHER: u8 = 1 << 4;

/// API keys of known shapes have at least 20 letters and digits.
const SHORTEST_KEY: usize = 20;
/// The shortest item that is searched for, an IPv4 address, has at least four digits.
const MOST_DIGITS: usize = 3;
