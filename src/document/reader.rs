//! The reader: one pass over a JSON text, checking all of it, handing out where strings lie.

use super::plain::plain_length;
use super::unreadable::{Fault, Unreadable};
use super::{Document, Span, unescape};
use std::borrow::Cow;
use std::ops::Deref;

/// How deep objects and arrays may be nested. Bounds the stack: readers of nested values call each other.
const MAX_DEPTH: u32 = 128;

type Result<T> = std::result::Result<T, Unreadable>;

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A number, or one of the words that Python's `json` writes for what is none: `NaN`, `Infinity`, `-Infinity`.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`
    Null,
}

/// A member's name.
#[derive(Clone, Debug)]
pub struct Key<'a> {
    /// Where it lies.
    pub span: Span,
    name: Cow<'a, str>,
}

impl Deref for Key<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.name
    }
}

/// A part of a value whose shape is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loose {
    /// A member's name.
    Key(Span),
    /// A string.
    String(Span),
    /// A number.
    Number(Span),
}

/// Reads a document value by value. Everything passed over is checked too: a text that was read to its
/// [`finish`](Reader::finish) is JSON throughout.
#[derive(Debug)]
pub struct Reader<'a> {
    document: Document<'a>,
    bytes: &'a [u8],
    pub(super) at: usize,
    depth: u32,
    /// Whether Python's words for what is no number are refused, as RFC 8259 has it.
    is_strict: bool,
    /// Values of an unexpected type, where they are collected.
    pub(super) strays: Option<Vec<Span>>,
}

impl<'a> Reader<'a> {
    /// Begins before the first value, and takes no word of Python's for a number.
    pub fn strict(document: Document<'a>) -> Self {
        Self { is_strict: true, ..Self::new(document) }
    }

    /// Begins before the first value.
    pub fn new(document: Document<'a>) -> Self {
        let bytes = document.as_str().as_bytes();
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { document, bytes, at, depth: 0, is_strict: false, strays: None }
    }

    /// The document that is read.
    pub fn document(&self) -> Document<'a> {
        self.document
    }

    /// The kind of the next value.
    ///
    /// # Errors
    /// No value begins here.
    pub fn peek(&mut self) -> Result<Kind> {
        self.white_space();
        match self.bytes.get(self.at) {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'N' | b'I') if !self.is_strict => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            _ => self.wrong(Fault::NoValue),
        }
    }

    /// Reads an object; `member` reads, or skips, exactly one value for each name.
    ///
    /// # Errors
    /// Not an object, or not JSON.
    pub fn object(&mut self, mut member: impl FnMut(&mut Self, Key<'a>) -> Result<()>) -> Result<()> {
        self.each_member(&mut member)
    }

    /// The loop itself, once in the program and not once for every reader of an object: there are hundreds.
    fn each_member(&mut self, member: &mut dyn FnMut(&mut Self, Key<'a>) -> Result<()>) -> Result<()> {
        self.open(b'{', Fault::NotAnObject)?;
        if self.closes(b'}') {
            return Ok(());
        }
        loop {
            let span = self.string()?;
            let raw = self.document.raw(span);
            self.note_name(raw, span);
            self.colon()?;
            // Each name is made where it is handed over: copied first, it would keep the processor waiting.
            if span.escaped {
                member(self, Key { span, name: unescape(raw) })?;
            } else {
                member(self, Key { span, name: Cow::Borrowed(raw) })?;
            }
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads an array; `element` reads, or skips, exactly one value for each index.
    ///
    /// # Errors
    /// Not an array, or not JSON.
    pub fn array(&mut self, mut element: impl FnMut(&mut Self, u32) -> Result<()>) -> Result<()> {
        self.each_element(&mut element)
    }

    fn each_element(&mut self, element: &mut dyn FnMut(&mut Self, u32) -> Result<()>) -> Result<()> {
        self.open(b'[', Fault::NotAnArray)?;
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

    /// Reads a string.
    ///
    /// # Errors
    /// Not a string, or not JSON.
    pub fn string(&mut self) -> Result<Span> {
        self.white_space();
        if !self.took(b'"') {
            return self.wrong(Fault::NotAString);
        }
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_length(self.bytes.get(self.at..).unwrap_or_default());
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return self.wrong(Fault::ControlCharacter),
            }
        }
        let span = self.span(start, escaped);
        self.at += 1;
        Ok(span)
    }

    /// Reads a string; any other value is skipped and is `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_string(&mut self) -> Result<Option<Span>> {
        if self.peek()? == Kind::String {
            return self.string().map(Some);
        }
        self.stray()?;
        Ok(None)
    }

    /// Reads a string's text; any other value is skipped and is `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_text(&mut self) -> Result<Option<Cow<'a, str>>> {
        Ok(self.maybe_string()?.map(|span| self.document.text(span)))
    }

    /// Reads a number that `T` can hold; any other value is skipped and is `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_number<T: std::str::FromStr>(&mut self) -> Result<Option<T>> {
        if self.peek()? == Kind::Number {
            let span = self.number()?;
            return Ok(self.finite(span).and_then(|span| self.document.raw(span).parse().ok()));
        }
        self.stray()?;
        Ok(None)
    }

    /// Reads a count: a whole number, also one that is written with a point (`12.0`), of which what is begun counts whole
    /// (`1.2` seconds are 2), or as a text, as protocol buffers have theirs in JSON
    /// (<https://protobuf.dev/programming-guides/json/>, read 2026-11-28). Any other value is skipped and is `None`, as
    /// is one below zero or above 2^53.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_count(&mut self) -> Result<Option<u64>> {
        self.peek()?;
        let start = self.at;
        let Some(span) = self.scalar()? else {
            return Ok(None);
        };
        let text = self.document.raw(span);
        let whole = || {
            let value = text.parse::<f64>().ok()?.ceil();
            (0.0..=9_007_199_254_740_992.0).contains(&value).then_some(value as u64)
        };
        let count = text.parse().ok().or_else(whole);
        if count.is_none() {
            self.note_stray(start);
        }
        Ok(count)
    }

    /// Reads a whole number, also one that is written with a point (`40.0`). Any other value is skipped and is `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_integer(&mut self) -> Result<Option<i64>> {
        if self.peek()? != Kind::Number {
            self.stray()?;
            return Ok(None);
        }
        let span = self.number()?;
        let text = self.document.raw(span);
        let is_whole = |value: &f64| value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
        let whole = || text.parse::<f64>().ok().filter(is_whole).map(|value| value as i64);
        Ok(text.parse().ok().or_else(whole))
    }

    /// Reads a string or a number; any other value, and a number that is none (`NaN`), is skipped and is `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn scalar(&mut self) -> Result<Option<Span>> {
        match self.peek()? {
            Kind::String => self.string().map(Some),
            Kind::Number => self.number().map(|span| self.finite(span)),
            _ => self.stray().map(|()| None),
        }
    }

    /// Reads `true` or `false`; any other value is skipped and is `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_bool(&mut self) -> Result<Option<bool>> {
        let is_bool = self.peek()? == Kind::Bool;
        let is_true = self.bytes.get(self.at) == Some(&b't');
        self.stray()?;
        Ok(is_bool.then_some(is_true))
    }

    /// Reads an object as [`object`](Self::object) does; any other value is skipped.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_object(&mut self, member: impl FnMut(&mut Self, Key<'a>) -> Result<()>) -> Result<bool> {
        let is_object = self.peek()? == Kind::Object;
        if is_object { self.object(member) } else { self.stray() }?;
        Ok(is_object)
    }

    /// Reads an array as [`array`](Self::array) does; any other value is skipped.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_array(&mut self, element: impl FnMut(&mut Self, u32) -> Result<()>) -> Result<bool> {
        let is_array = self.peek()? == Kind::Array;
        if is_array { self.array(element) } else { self.stray() }?;
        Ok(is_array)
    }

    /// Reads any value, handing out every name, string and number in it.
    ///
    /// # Errors
    /// Not JSON.
    pub fn loose(&mut self, each: &mut dyn FnMut(Loose)) -> Result<()> {
        match self.peek()? {
            Kind::Object => self.object(|reader, key| {
                each(Loose::Key(key.span));
                reader.loose(each)
            }),
            Kind::Array => self.array(|reader, _| reader.loose(each)),
            Kind::String => {
                each(Loose::String(self.string()?));
                Ok(())
            }
            Kind::Number => {
                each(Loose::Number(self.number()?));
                Ok(())
            }
            Kind::Bool | Kind::Null => self.skip(),
        }
    }

    /// Passes over any value.
    ///
    /// # Errors
    /// Not JSON.
    pub fn skip(&mut self) -> Result<()> {
        match self.peek()? {
            Kind::Object => self.skip_members(),
            Kind::Array => self.array(|reader, _| reader.skip()),
            Kind::String => self.string().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Bool if self.word(b"true") || self.word(b"false") => Ok(()),
            Kind::Null if self.word(b"null") => Ok(()),
            Kind::Bool | Kind::Null => self.wrong(Fault::NoValue),
        }
    }

    /// The loop of [`each_member`](Self::each_member) for those who want no member's name.
    fn skip_members(&mut self) -> Result<()> {
        self.open(b'{', Fault::NotAnObject)?;
        if self.closes(b'}') {
            return Ok(());
        }
        loop {
            self.string()?;
            self.colon()?;
            self.skip()?;
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// Passes over any value and says where it lies.
    ///
    /// # Errors
    /// Not JSON.
    pub fn value(&mut self) -> Result<Span> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        Ok(self.span(start, false))
    }

    /// Where the reader stands: right behind the value that was read last, or, after a [`peek`](Self::peek), at the
    /// next one's first byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Makes sure that nothing but white space follows.
    ///
    /// # Errors
    /// Something follows.
    pub fn finish(mut self) -> Result<()> {
        self.white_space();
        if self.at < self.bytes.len() {
            return self.wrong(Fault::TextAfterEnd);
        }
        Ok(())
    }

    /// The span of a number, unless it is a word for what is none.
    fn finite(&self, span: Span) -> Option<Span> {
        self.document.raw(span).ends_with(|last: char| last.is_ascii_digit()).then_some(span)
    }

    /// A number by the grammar of RFC 8259, section 6, or a word that Python's `json` writes in its place and reads too:
    /// <https://docs.python.org/3/library/json.html#infinite-and-nan-number-values>, read 2026-11-28.
    fn number(&mut self) -> Result<Span> {
        let start = self.at;
        if matches!(self.bytes.get(start), Some(b'N' | b'I')) {
            let is_word = self.word(b"NaN") || self.word(b"Infinity");
            return if is_word { Ok(self.span(start, false)) } else { self.wrong(Fault::NoValue) };
        }
        if self.took(b'-') && !self.is_strict && self.word(b"Infinity") {
            return Ok(self.span(start, false));
        }
        if !self.took(b'0') && !self.digits() {
            return self.wrong(Fault::NoDigit);
        }
        if self.took(b'.') && !self.digits() {
            return self.wrong(Fault::NoDigitAfterPoint);
        }
        if self.took(b'e') || self.took(b'E') {
            if !self.took(b'+') {
                self.took(b'-');
            }
            if !self.digits() {
                return self.wrong(Fault::NoDigitInExponent);
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

    /// Checks the escape at the current backslash and passes over it.
    fn escape(&mut self) -> Result<()> {
        let length = match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6).unwrap_or_default();
                if digits.len() < 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return self.wrong(Fault::NoSuchEscape);
                }
                6
            }
            _ => return self.wrong(Fault::NoSuchEscape),
        };
        self.at += length;
        Ok(())
    }

    fn open(&mut self, bracket: u8, otherwise: Fault) -> Result<()> {
        self.white_space();
        if !self.took(bracket) {
            return self.wrong(otherwise);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.wrong(Fault::NestedTooDeeply);
        }
        Ok(())
    }

    fn colon(&mut self) -> Result<()> {
        self.white_space();
        if self.took(b':') { Ok(()) } else { self.wrong(Fault::NoColon) }
    }

    fn closes(&mut self, bracket: u8) -> bool {
        self.white_space();
        let closes = self.took(bracket);
        if closes {
            self.depth -= 1;
        }
        closes
    }

    fn goes_on(&mut self, bracket: u8) -> Result<bool> {
        if self.closes(bracket) {
            return Ok(false);
        }
        if self.took(b',') {
            return Ok(true);
        }
        self.wrong(Fault::NoComma)
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

    fn white_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// From `start` to here. Offsets fit: [`Document::new`] lets no longer text in.
    pub(super) fn span(&self, start: usize, escaped: bool) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { start: offset(start), end: offset(self.at), escaped }
    }

    /// What is wrong here; at the end of the text, that it ends.
    #[cold]
    fn wrong<T>(&self, fault: Fault) -> Result<T> {
        let fault = if self.at < self.bytes.len() { fault } else { Fault::EndsEarly };
        Err(Unreadable::new(self.at, fault))
    }
}
