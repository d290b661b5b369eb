//! Server-sent events (WHATWG HTML, section 9.2, "Server-sent events"), cut out of a byte stream that arrives in any
//! pieces.

use std::borrow::Cow;
use std::ops::Range;

/// One whole event.
#[derive(Debug)]
pub struct Event<'a> {
    /// All its bytes, the empty line that ends it included.
    pub raw: &'a [u8],
    /// Where the data lies in `raw`; `None` when it is spread over several `data:` lines, or there is none.
    pub data_at: Option<usize>,
    /// The data: the values of its `data:` lines, joined by line feeds. Empty when there are none (a comment).
    pub data: Cow<'a, [u8]>,
}

/// What comes out of a [`Decoder`], in the order of the stream. Put together, the bytes of all pieces are the stream.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A whole event.
    Event(Event<'a>),
    /// Bytes of an event that is longer than the limit: they go by unread.
    Unread(&'a [u8]),
}

/// Cuts a stream into events. Holds no more than one unfinished event, and that only up to its limit.
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    held: Vec<u8>,
    scan: Scan,
    /// Within an event that exceeded the limit: its bytes pass, only its end is looked for.
    passing: bool,
}

/// How far the current event has been looked at; offsets count from the event's first byte.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    line: usize,
    first_data: Option<Range<usize>>,
    more_data: Vec<Range<usize>>,
    after_crlf: bool,
}

impl Decoder {
    /// `limit`: longest event that is read, in bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, held: Vec::new(), scan: Scan::default(), passing: false }
    }

    /// Takes the next bytes of the stream and hands out what they complete, at once.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(Piece<'_>)) {
        let mut held = std::mem::take(&mut self.held);
        if held.is_empty() {
            // Mostly a chunk is some whole events: they are read where they lie, only an unfinished rest is copied.
            let used = self.cut(chunk, &mut each);
            held.extend_from_slice(chunk.get(used..).unwrap_or_default());
        } else {
            held.extend_from_slice(chunk);
            let used = self.cut(&held, &mut each);
            held.drain(..used);
        }
        self.held = held;
    }

    /// How many bytes have come in that have not gone out.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// The stream is over: what is left, though its empty line is missing, goes out as an event.
    pub fn finish(&mut self, mut each: impl FnMut(Piece<'_>)) {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return;
        }
        if self.passing || held.len() > self.limit {
            each(Piece::Unread(&held));
            return;
        }
        let end = held.len();
        if self.scan.line < end {
            let line = self.scan.line..end;
            self.scan.field(&held, line);
        }
        each(Piece::Event(self.scan.event(&held)));
        self.scan = Scan::default();
    }

    /// Hands out all that is whole in `bytes`, which begin with an event's first byte; returns how many bytes that was.
    fn cut(&mut self, bytes: &[u8], each: &mut impl FnMut(Piece<'_>)) -> usize {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            if let Some(end) = self.scan.end_of_event(rest) {
                let raw = rest.get(..end).unwrap_or_default();
                // An event too long is not read even when it comes in one piece: what is read must not depend on cuts.
                if self.passing || end > self.limit {
                    each(Piece::Unread(raw));
                } else {
                    each(Piece::Event(self.scan.event(raw)));
                }
                self.passing = false;
                self.scan = Scan::default();
                used += end;
            } else {
                if self.passing || rest.len() > self.limit {
                    used += self.let_pass(rest, each);
                }
                return used;
            }
        }
    }

    /// Lets go of an event that grows too long, but for its last line's beginning as far as that decides its end.
    fn let_pass(&mut self, rest: &[u8], each: &mut impl FnMut(Piece<'_>)) -> usize {
        self.passing = true;
        let line_is_empty = self.scan.line == self.scan.at;
        // A line that has begun can be forgotten but for the fact that it has; one that has not, not even begun.
        // So may a carriage return whose line feed is still to come.
        let keep = usize::from(!line_is_empty) + usize::from(self.scan.at < rest.len());
        let going = rest.len().saturating_sub(keep);
        if let Some(gone) = rest.get(..going).filter(|gone| !gone.is_empty()) {
            each(Piece::Unread(gone));
        }
        self.scan = Scan {
            at: self.scan.at.saturating_sub(going),
            line: self.scan.line.saturating_sub(going),
            after_crlf: self.scan.after_crlf,
            ..Scan::default()
        };
        going
    }
}

impl Scan {
    /// The offset after the empty line that ends the event, once it has come.
    fn end_of_event(&mut self, bytes: &[u8]) -> Option<usize> {
        loop {
            let unseen = bytes.get(self.at..)?;
            let Some(found) = memchr::memchr2(b'\n', b'\r', unseen) else {
                self.at = bytes.len();
                return None;
            };
            let end = self.at + found;
            let is_empty = end == self.line;
            let returns = bytes.get(end) == Some(&b'\r');
            let feeds = returns && bytes.get(end + 1) == Some(&b'\n');
            // A carriage return at the very end may be half of a line end: known once the next byte is there.
            // It is waited for only where that can matter, so that a stream with bare returns is not held.
            let undecided = returns && end + 1 == bytes.len();
            if undecided && (!is_empty || self.after_crlf) {
                self.at = end;
                return None;
            }
            if is_empty {
                return Some(end + if feeds && self.after_crlf { 2 } else { 1 });
            }
            self.field(bytes, self.line..end);
            self.line = end + if feeds { 2 } else { 1 };
            self.at = self.line;
            self.after_crlf = feeds;
        }
    }

    /// Notes a line that carries data.
    fn field(&mut self, bytes: &[u8], line: Range<usize>) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        // A stream may begin with a byte-order mark.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let Some(value) = text.strip_prefix(b"data") else {
            return;
        };
        let value = match value {
            [b':', b' ', value @ ..] | [b':', value @ ..] => value,
            [] => value,
            _ => return,
        };
        let range = line.end - value.len()..line.end;
        if self.first_data.is_none() {
            self.first_data = Some(range);
        } else {
            self.more_data.push(range);
        }
    }

    fn event<'a>(&self, raw: &'a [u8]) -> Event<'a> {
        let piece = |range: &Range<usize>| raw.get(range.clone()).unwrap_or_default();
        let Some(first) = &self.first_data else {
            return Event { raw, data_at: None, data: Cow::Borrowed(&[]) };
        };
        if self.more_data.is_empty() {
            return Event { raw, data_at: Some(first.start), data: Cow::Borrowed(piece(first)) };
        }
        let mut data = piece(first).to_vec();
        for range in &self.more_data {
            data.push(b'\n');
            data.extend_from_slice(piece(range));
        }
        Event { raw, data_at: None, data: Cow::Owned(data) }
    }
}
