//! The reader: one pass over a JSON text that checks all of it and returns the spans of its strings.

use super::error::{JsonError, JsonFault, JsonResult};
use super::{Document, Span, unescape};
use std::ops::Deref;

/// Maximum nesting depth of objects and arrays. Bounds the stack: readers of nested values call each other.
const MAX_DEPTH: u32 = 128;

/// Kind of the next value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A number, or a word that Python's `json` writes for a number that is not finite: `NaN`, `Infinity`, `-Infinity`.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`
    Null,
}

/// Kind of the value that begins with a byte, by RFC 8259.
const KINDS: [Option<ValueKind>; 256] = {
    let mut kinds = [None; 256];
    let (mut rest, mut byte) = (kinds.as_mut_slice(), 0);
    while let [first, others @ ..] = rest {
        *first = match byte {
            b'{' => Some(ValueKind::Object),
            b'[' => Some(ValueKind::Array),
            b'"' => Some(ValueKind::String),
            b'-' | b'0'..=b'9' => Some(ValueKind::Number),
            b't' | b'f' => Some(ValueKind::Bool),
            b'n' => Some(ValueKind::Null),
            _ => None,
        };
        byte = byte.wrapping_add(1);
        rest = others;
    }
    kinds
};

/// A member's name.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// Span of the name.
    pub span: Span,
    name: &'a str,
}

impl Deref for Key<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.name
    }
}

/// A part of a value of unknown shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A member's name.
    Key(Span),
    /// A string.
    String(Span),
    /// A number.
    Number(Span),
}

/// Reads a document value by value. Skipped values are checked too: a text read to its [`finish`](Reader::finish) is
/// JSON throughout.
#[derive(Debug)]
pub struct Reader<'a> {
    document: Document<'a>,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    depth: u32,
    /// Refuses Python's words for numbers that are not finite, as RFC 8259 requires.
    is_strict: bool,
    /// Values of an unexpected type, when they are collected.
    pub(super) strays: Option<Vec<Span>>,
}

impl<'a> Reader<'a> {
    /// Starts before the first value and refuses Python's words for numbers that are not finite.
    pub fn strict(document: Document<'a>) -> Self {
        Self { is_strict: true, ..Self::new(document) }
    }

    /// Starts before the first value.
    pub fn new(document: Document<'a>) -> Self {
        let bytes = document.as_str().as_bytes();
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { document, bytes, at, depth: 0, is_strict: false, strays: None }
    }

    /// The document being read.
    pub fn document(&self) -> Document<'a> {
        self.document
    }

    /// Returns the kind of the next value.
    ///
    /// # Errors
    /// No value begins here.
    pub fn peek(&mut self) -> JsonResult<ValueKind> {
        let byte = self.next_byte();
        match KINDS.get(usize::from(byte)) {
            Some(Some(kind)) => Ok(*kind),
            _ if matches!(byte, b'N' | b'I') && !self.is_strict => Ok(ValueKind::Number),
            _ => self.wrong(JsonFault::NoValue),
        }
    }

    /// Reads an object. `member` reads or skips exactly one value for each name.
    ///
    /// # Errors
    /// Not an object, or not JSON.
    pub fn object(&mut self, mut member: impl FnMut(&mut Self, Key<'_>) -> JsonResult) -> JsonResult {
        self.each_member(&mut member)
    }

    /// The loop of [`object`](Self::object). Not generic: compiled once, not once for each of hundreds of callers.
    fn each_member(&mut self, member: &mut dyn FnMut(&mut Self, Key<'_>) -> JsonResult) -> JsonResult {
        self.open(b'{', JsonFault::NotAnObject)?;
        if self.closes(b'}') {
            return Ok(());
        }
        loop {
            if self.next_byte() != b'"' {
                return self.wrong(JsonFault::NotAString);
            }
            let start = self.at + 1;
            let (raw, escaped) = self.name_here()?;
            let span = self.span_of_string(start, escaped);
            self.colon()?;
            if escaped {
                member(self, Key { span, name: &unescape(raw) })?;
            } else {
                member(self, Key { span, name: raw })?;
            }
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads an array. `element` reads or skips exactly one value for each index.
    ///
    /// # Errors
    /// Not an array, or not JSON.
    pub fn array(&mut self, mut element: impl FnMut(&mut Self, u32) -> JsonResult) -> JsonResult {
        self.each_element(&mut element)
    }

    fn each_element(&mut self, element: &mut dyn FnMut(&mut Self, u32) -> JsonResult) -> JsonResult {
        self.open(b'[', JsonFault::NotAnArray)?;
        if self.closes(b']') {
            return Ok(());
        }
        for index in 0.. {
            element(self, index)?;
            if !self.goes_on(b']')? {
                break;
            }
        }
        Ok(())
    }

    /// Reads any value and passes every name, string and number in it to `each`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn scalars(&mut self, each: &mut dyn FnMut(Scalar)) -> JsonResult {
        match self.peek()? {
            ValueKind::Object => self.object(|reader, key| {
                each(Scalar::Key(key.span));
                reader.scalars(each)
            }),
            ValueKind::Array => self.array(|reader, _| reader.scalars(each)),
            ValueKind::String => {
                each(Scalar::String(self.string_here()?));
                Ok(())
            }
            ValueKind::Number => {
                each(Scalar::Number(self.number()?));
                Ok(())
            }
            ValueKind::Bool | ValueKind::Null => self.skip(),
        }
    }

    /// Skips any value.
    ///
    /// # Errors
    /// Not JSON.
    pub fn skip(&mut self) -> JsonResult {
        match self.peek()? {
            ValueKind::Object => self.skip_members(),
            ValueKind::Array => self.length().map(drop),
            ValueKind::String => self.pass_string().map(drop),
            ValueKind::Number => self.number().map(drop),
            ValueKind::Bool if self.word(b"true") || self.word(b"false") => Ok(()),
            ValueKind::Null if self.word(b"null") => Ok(()),
            ValueKind::Bool | ValueKind::Null => self.wrong(JsonFault::NoValue),
        }
    }

    /// The loop of [`each_member`](Self::each_member) without the members' names.
    fn skip_members(&mut self) -> JsonResult {
        self.open(b'{', JsonFault::NotAnObject)?;
        if self.closes(b'}') {
            return Ok(());
        }
        loop {
            if self.next_byte() != b'"' {
                return self.wrong(JsonFault::NotAString);
            }
            self.pass_string()?;
            self.colon()?;
            self.skip()?;
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// Skips any value and returns its span.
    ///
    /// # Errors
    /// Not JSON.
    pub fn value(&mut self) -> JsonResult<Span> {
        self.spanned(Self::skip).map(|((), span)| span)
    }

    /// Reads any value by `read` and returns its span besides.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn spanned<T>(&mut self, read: impl FnOnce(&mut Self) -> JsonResult<T>) -> JsonResult<(T, Span)> {
        self.peek()?;
        let start = self.at;
        let value = read(self)?;
        Ok((value, self.span(start, false)))
    }

    /// Current offset: right behind the last value read, or, after a [`peek`](Self::peek), at the next one's first
    /// byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Span from an earlier offset to the current one.
    pub fn span_from(&self, start: usize) -> Span {
        self.span(start, false)
    }

    /// Checks that only white space follows.
    ///
    /// # Errors
    /// Something else follows.
    pub fn finish(mut self) -> JsonResult {
        self.white_space();
        if self.at < self.bytes.len() {
            return self.wrong(JsonFault::TextAfterEnd);
        }
        Ok(())
    }

    /// Reads a number by the grammar of RFC 8259, section 6, or a word that Python's `json` writes and reads in its
    /// place: <https://docs.python.org/3/library/json.html#infinite-and-nan-number-values>, read 2026-11-28.
    pub(super) fn number(&mut self) -> JsonResult<Span> {
        let start = self.at;
        if matches!(self.bytes.get(start), Some(b'N' | b'I')) {
            let is_word = self.word(b"NaN") || self.word(b"Infinity");
            return if is_word { Ok(self.span(start, false)) } else { self.wrong(JsonFault::NoValue) };
        }
        if self.took(b'-') && !self.is_strict && self.word(b"Infinity") {
            return Ok(self.span(start, false));
        }
        if !self.took(b'0') && !self.digits() {
            return self.wrong(JsonFault::NoDigit);
        }
        if self.took(b'.') && !self.digits() {
            return self.wrong(JsonFault::NoDigitAfterPoint);
        }
        if self.took(b'e') || self.took(b'E') {
            if !self.took(b'+') {
                self.took(b'-');
            }
            if !self.digits() {
                return self.wrong(JsonFault::NoDigitInExponent);
            }
        }
        Ok(self.span(start, false))
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at > start
    }

    pub(super) fn open(&mut self, bracket: u8, otherwise: JsonFault) -> JsonResult {
        if self.next_byte() != bracket {
            return self.wrong(otherwise);
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.wrong(JsonFault::NestedTooDeeply);
        }
        Ok(())
    }

    fn colon(&mut self) -> JsonResult {
        if self.next_byte() != b':' {
            return self.wrong(JsonFault::NoColon);
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.next_byte() == bracket;
        if closes {
            self.at += 1;
            self.depth -= 1;
        }
        closes
    }

    pub(super) fn goes_on(&mut self, bracket: u8) -> JsonResult<bool> {
        match self.next_byte() {
            b',' => {
                self.at += 1;
                Ok(true)
            }
            byte if byte == bracket => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            _ => self.wrong(JsonFault::NoComma),
        }
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let is_next = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    fn took(&mut self, byte: u8) -> bool {
        let is_next = self.bytes.get(self.at) == Some(&byte);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    /// Skips white space. Returns the byte behind it; 0, which no JSON has there, at the end of the text.
    #[inline(always)]
    pub(super) fn next_byte(&mut self) -> u8 {
        let next = self.bytes.get(self.at).copied().unwrap_or(0);
        if next > b' ' { next } else { self.byte_behind_space() }
    }

    #[inline(never)]
    fn byte_behind_space(&mut self) -> u8 {
        self.white_space();
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn white_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// Span from `start` to the current offset. Offsets fit: [`Document::new`] refuses a longer text.
    pub(super) fn span(&self, start: usize, escaped: bool) -> Span {
        Span { start: start as u32, end: self.at as u32, escaped }
    }

    /// Returns an error at the current offset: `fault`, or `EndsEarly` at the end of the text.
    #[cold]
    pub(super) fn wrong<T>(&self, fault: JsonFault) -> JsonResult<T> {
        let fault = if self.at < self.bytes.len() { fault } else { JsonFault::EndsEarly };
        Err(JsonError::new(self.at, fault))
    }
}
