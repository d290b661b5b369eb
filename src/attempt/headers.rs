//! Headers as raw bytes.

use std::borrow::Cow;
use std::fmt;

/// Headers of a request or an answer, pseudo-headers included. Names are in lower case, as Envoy keeps them.
///
/// All names are in one buffer and all values in another: a call has dozens of headers, and each would cost two
/// allocations. What is replaced or removed stays there until the headers are dropped.
#[derive(Clone, Default)]
pub struct Headers {
    names: String,
    values: Vec<u8>,
    entries: Vec<HeaderEntry>,
}

/// Ranges of a header's name and value.
#[derive(Clone, Copy)]
struct HeaderEntry {
    /// Distinguishes most names by one comparison.
    tag: u32,
    name: ByteRange,
    value: ByteRange,
}

/// Length of a name, and its last byte: few names share both.
fn tag(name: &str) -> u32 {
    (name.len() as u32) << 8 | u32::from(name.as_bytes().last().copied().unwrap_or(0))
}

/// ByteRange of some bytes in a buffer.
#[derive(Clone, Copy)]
struct ByteRange {
    start: usize,
    end: usize,
}

impl Headers {
    /// Creates headers from names and values, with memory for those that a request gets besides.
    pub fn of<'h>(pairs: impl Iterator<Item = (&'h str, &'h [u8])> + Clone) -> Self {
        let sum = |(count, names, values): (usize, usize, usize), (name, value): (&str, &[u8])| {
            (count + 1, names + name.len(), values + value.len())
        };
        let (count, names, values) = pairs.clone().fold(ADDED, sum);
        let mut headers = Self {
            names: String::with_capacity(names),
            values: Vec::with_capacity(values),
            entries: Vec::with_capacity(count),
        };
        pairs.for_each(|(name, value)| headers.push(name, value));
        headers
    }

    /// Adds a header behind the others.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        let tag = tag(name);
        let start = self.names.len();
        self.names.push_str(name);
        let name = ByteRange { start, end: self.names.len() };
        let value = self.put_value(value);
        self.entries.push(HeaderEntry { tag, name, value });
    }

    fn put_value(&mut self, value: &[u8]) -> ByteRange {
        let start = self.values.len();
        self.values.extend_from_slice(value);
        ByteRange { start, end: self.values.len() }
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> + Clone {
        self.entries.iter().map(|entry| (name_of(&self.names, *entry), value_of(&self.values, *entry)))
    }

    /// Keeps only the headers that match.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &[u8]) -> bool) {
        let Self { names, values, entries } = self;
        entries.retain(|entry| keep(name_of(names, *entry), value_of(values, *entry)));
    }

    /// Returns the first value of a header.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.position(name).and_then(|at| self.entries.get(at)).map(|entry| value_of(&self.values, *entry))
    }

    fn position(&self, name: &str) -> Option<usize> {
        let tag = tag(name);
        self.entries.iter().position(|entry| entry.tag == tag && name_of(&self.names, *entry) == name)
    }

    /// Returns the first value of a header if it is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(|value| std::str::from_utf8(value).ok())
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
        self.iter().any(|(name, value)| match name {
            "upgrade" | ":protocol" => true,
            ":method" => value.eq_ignore_ascii_case(b"CONNECT"),
            _ => false,
        })
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
    pub fn set(&mut self, name: &str, value: &[u8]) {
        let Some(first) = self.position(name) else {
            return self.push(name, value);
        };
        let place = self.put_value(value);
        let tag = tag(name);
        let mut index = 0;
        let Self { names, entries, .. } = self;
        entries.retain_mut(|entry| {
            let is_first = index == first;
            let is_other = index > first && entry.tag == tag && name_of(names, *entry) == name;
            if is_first {
                entry.value = place;
            }
            index += 1;
            !is_other
        });
    }

    /// Removes a header.
    pub fn remove(&mut self, name: &str) {
        if self.position(name).is_some() {
            self.retain(|known, _| known != name);
        }
    }
}

/// Headers that a request gets besides the client's at most, and usual lengths of their names and values together.
const ADDED: (usize, usize, usize) = (8, 128, 512);

fn name_of(names: &str, entry: HeaderEntry) -> &str {
    names.get(entry.name.start..entry.name.end).unwrap_or_default()
}

fn value_of(values: &[u8], entry: HeaderEntry) -> &[u8] {
    values.get(entry.value.start..entry.value.end).unwrap_or_default()
}

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
