//! Headers as raw bytes.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Headers of a request or an answer, pseudo-headers included. Names are in lower case, as Envoy keeps them.
///
/// Names and values are in one buffer: a call has dozens of headers, and each would cost two allocations. What is replaced
/// or removed stays there until the headers are dropped.
#[derive(Clone, Default)]
pub struct Headers {
    text: String,
    /// Values that are not UTF-8.
    bytes: Vec<u8>,
    entries: Vec<HeaderEntry>,
    /// One bit for each tag in [`entries`](Self::entries), by its remainder: most names looked for are not there.
    tags: u64,
}

/// Ranges of a header's name and value.
#[derive(Clone, Copy)]
struct HeaderEntry {
    tag: u32,
    name: ByteRange,
    value: ByteRange,
    /// Set when the value is in [`Headers::text`].
    is_text: bool,
}

/// Range of a buffer. Envoy's limit on headers is far below 4 GiB.
#[derive(Clone, Copy)]
struct ByteRange {
    start: u32,
    end: u32,
}

impl ByteRange {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Length of a name, and its last byte: few names share both, and most are distinguished by one comparison.
const fn tag(name: &str) -> u32 {
    let last = match name.as_bytes() {
        [.., last] => *last,
        [] => 0,
    };
    (name.len() as u32) << 8 | last as u32
}

/// Bit of a tag in [`Headers::tags`].
const fn bit(tag: u32) -> u64 {
    1 << ((tag ^ tag >> 6) & 63)
}

impl Headers {
    /// Creates headers from names and values, with memory for those that a request gets besides.
    pub fn of<'h>(pairs: impl Iterator<Item = (&'h str, &'h [u8])> + Clone) -> Self {
        let sum = |(count, length): (usize, usize), (name, value): (&str, &[u8])| {
            (count + 1, length + name.len() + value.len())
        };
        let (count, length) = pairs.clone().fold((ADDED_HEADERS, ADDED_BYTES), sum);
        let mut headers =
            Self { text: String::with_capacity(length), entries: Vec::with_capacity(count), ..Self::default() };
        pairs.for_each(|(name, value)| headers.push(name, value));
        headers
    }

    /// Adds a header behind the others.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        let (value, is_text) = self.put_value(value);
        self.push_entry(name, value, is_text);
    }

    fn push_entry(&mut self, name: &str, value: ByteRange, is_text: bool) {
        let tag = tag(name);
        let name = put(&mut self.text, name);
        self.tags |= bit(tag);
        self.entries.push(HeaderEntry { tag, name, value, is_text });
    }

    fn put_value(&mut self, value: &[u8]) -> (ByteRange, bool) {
        match std::str::from_utf8(value) {
            Ok(value) => (put(&mut self.text, value), true),
            Err(_) => {
                let start = self.bytes.len() as u32;
                self.bytes.extend_from_slice(value);
                (ByteRange { start, end: self.bytes.len() as u32 }, false)
            }
        }
    }

    fn name(&self, entry: &HeaderEntry) -> &str {
        self.text.get(entry.name.range()).unwrap_or_default()
    }

    fn value(&self, entry: &HeaderEntry) -> &[u8] {
        let buffer = if entry.is_text { self.text.as_bytes() } else { &self.bytes };
        buffer.get(entry.value.range()).unwrap_or_default()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> + Clone {
        self.entries.iter().map(|entry| (self.name(entry), self.value(entry)))
    }

    /// Names and values of the headers whose names match, in order.
    pub fn matching<'h>(
        &'h self,
        is_wanted: impl Fn(&str) -> bool + Clone + 'h,
    ) -> impl Iterator<Item = (&'h str, &'h [u8])> + Clone {
        let wanted = move |entry: &'h HeaderEntry| Some((self.name(entry), entry)).filter(|(name, _)| is_wanted(name));
        self.entries.iter().filter_map(wanted).map(|(name, entry)| (name, self.value(entry)))
    }

    /// Values of a header, in order.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let first = self.position(name).unwrap_or(self.entries.len());
        let others = self.entries.iter().skip(first).filter(move |entry| self.name(entry) == name);
        others.map(|entry| self.value(entry))
    }

    /// Keeps only the headers that match.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &[u8]) -> bool) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|entry| keep(self.name(entry), self.value(entry)));
        self.entries = entries;
    }

    /// Returns the first value of a header.
    #[inline]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.find(name).map(|entry| self.value(entry))
    }

    /// Returns the first value of a header if it is UTF-8.
    #[inline]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.find(name).filter(|entry| entry.is_text).and_then(|entry| self.text.get(entry.value.range()))
    }

    #[inline]
    fn find(&self, name: &str) -> Option<&HeaderEntry> {
        self.position(name).and_then(|at| self.entries.get(at))
    }

    /// Place of a header's first entry. The names looked for are mostly literals, so that the compiler knows their tags.
    #[inline]
    fn position(&self, name: &str) -> Option<usize> {
        let tag = tag(name);
        if self.tags & bit(tag) == 0 { None } else { self.position_of(tag, name) }
    }

    #[inline(never)]
    fn position_of(&self, tag: u32, name: &str) -> Option<usize> {
        let text = self.text.as_bytes();
        let is_named = |entry: &HeaderEntry| text.get(entry.name.range()) == Some(name.as_bytes());
        self.entries.iter().position(|entry| entry.tag == tag && is_named(entry))
    }

    /// Returns the length of the body, if it is declared.
    pub fn content_length(&self) -> Option<usize> {
        self.text("content-length").and_then(|length| length.parse().ok())
    }

    /// Returns the media type in lower case, without parameters.
    pub fn media_type(&self) -> Option<Cow<'_, str>> {
        let value = self.text("content-type")?;
        let end = memchr::memchr(b';', value.as_bytes()).unwrap_or(value.len());
        let bare = value.get(..end).unwrap_or_default().trim();
        let is_lower = !bare.bytes().any(|byte| byte.is_ascii_uppercase());
        Some(if is_lower { Cow::Borrowed(bare) } else { Cow::Owned(bare.to_ascii_lowercase()) })
    }

    /// Reports whether the request asks for another protocol on the connection, or for a tunnel: `upgrade`, as in
    /// HTTP/1.1 and in Envoy's HTTP/2 codec, `:protocol` (RFC 8441 section 4), or `CONNECT`. Envoy removes an `upgrade`
    /// that `connection` does not list, or that asks for HTTP/2.
    pub fn asks_for_upgrade(&self) -> bool {
        let connects = |method: &[u8]| method.eq_ignore_ascii_case(b"CONNECT");
        self.find("upgrade").or_else(|| self.find(":protocol")).is_some() || self.all(":method").any(connects)
    }

    /// Matches error statuses, 4xx and 5xx.
    pub fn is_error(&self) -> bool {
        matches!(self.first(":status"), Some([b'4' | b'5', ..]))
    }

    /// Reports whether the body is compressed or otherwise encoded.
    pub fn is_encoded(&self) -> bool {
        self.first("content-encoding")
            .is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case(b"identity"))
    }

    /// Sets a header to one value, in place if it exists. Of several values the first is replaced and the others are
    /// removed.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = put(&mut self.text, value);
        let Some(first) = self.position(name) else {
            return self.push_entry(name, value, true);
        };
        if let Some(entry) = self.entries.get_mut(first) {
            *entry = HeaderEntry { value, is_text: true, ..*entry };
        }
        let tag = tag(name);
        let is_other =
            |index: usize, entry: &HeaderEntry| index > first && entry.tag == tag && self.name(entry) == name;
        if !self.entries.iter().enumerate().any(|(index, entry)| is_other(index, entry)) {
            return;
        }
        let others = self.entries.iter().enumerate().filter(|(index, entry)| !is_other(*index, entry));
        self.entries = others.map(|(_, entry)| *entry).collect();
    }

    /// Removes a header.
    pub fn remove(&mut self, name: &str) {
        if self.position(name).is_some() {
            self.retain(|known, _| known != name);
        }
    }
}

fn put(buffer: &mut String, text: &str) -> ByteRange {
    let start = buffer.len() as u32;
    buffer.push_str(text);
    ByteRange { start, end: buffer.len() as u32 }
}

/// Number of headers that a request gets besides the client's at most.
const ADDED_HEADERS: usize = 8;
/// Length that their names and values have in most requests, in bytes.
const ADDED_BYTES: usize = 640;

impl<N: AsRef<str>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut headers = Self::default();
        for (name, value) in pairs {
            headers.push(name.as_ref(), value.as_ref());
        }
        headers
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lossy = self.iter().map(|(name, value)| (name, String::from_utf8_lossy(value)));
        formatter.debug_map().entries(lossy).finish()
    }
}
