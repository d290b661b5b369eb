//! Server-sent events (WHATWG HTML, section 9.2, "Server-sent events"), read from a byte stream that arrives in any
//! pieces.

use super::{Frame, Piece, SkipReason};
use std::borrow::Cow;
use std::ops::Range;

/// Splits a stream into events.
#[derive(Debug)]
pub(super) struct Events {
    limit: usize,
    scan: Scan,
    /// Set within an event that exceeded the limit: its bytes are skipped up to its end.
    passing: bool,
}

/// Scan of the current event; offsets count from the event's first byte.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    line: usize,
    after_crlf: bool,
    /// The value of the last `event` line.
    name: Range<usize>,
    /// The value of the first `data` line.
    data: Option<Range<usize>>,
    /// Set when other data can be put in its place: not behind a `data` without a colon.
    has_place: bool,
    /// Set when there are more `data` lines.
    more_data: bool,
    /// The value of the first `error` line: older servers of llama.cpp write `error: {…}` in place of an event with
    /// data (`server_sent_event(sink, "error", …)` in their `server.cpp`, read 2026-11-28).
    error: Option<Range<usize>>,
}

impl Events {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, scan: Scan::default(), passing: false }
    }

    pub(super) fn next<'a>(&mut self, rest: &'a [u8]) -> Option<Piece<'a>> {
        let Some(end) = self.scan.end_of_event(rest) else {
            self.passing |= rest.len() > self.limit;
            let going = if self.passing { self.scan.forget(rest.len()) } else { 0 };
            let gone = rest.get(..going).filter(|gone| !gone.is_empty());
            return gone.map(|bytes| Piece::Skipped { bytes, reason: SkipReason::TooLarge });
        };
        let raw = rest.get(..end).unwrap_or_default();
        let scan = std::mem::take(&mut self.scan);
        // An event over the limit is skipped even when it arrives in one piece: the result must not depend on chunk
        // boundaries.
        if std::mem::take(&mut self.passing) || end > self.limit {
            return Some(Piece::Skipped { bytes: raw, reason: SkipReason::TooLarge });
        }
        Some(Piece::Frame(scan.event(raw)))
    }

    /// Treats the rest at the stream's end as an event, though its empty line is missing.
    pub(super) fn last<'a>(&mut self, held: &'a [u8]) -> Piece<'a> {
        let mut scan = std::mem::take(&mut self.scan);
        if std::mem::take(&mut self.passing) || held.len() > self.limit {
            return Piece::Skipped { bytes: held, reason: SkipReason::TooLarge };
        }
        let end = held.strip_suffix(b"\r").unwrap_or(held).len();
        scan.field(held, scan.line..end);
        Piece::Frame(scan.event(held))
    }
}

impl Scan {
    /// Offset after the empty line that ends the event, once it has arrived.
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
            // A carriage return at the very end may be half of a line end; the next byte decides. The scan waits for it
            // only where it matters, so that a stream with bare carriage returns is not held back.
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

    /// Records a line with data or the name.
    fn field(&mut self, bytes: &[u8], line: Range<usize>) {
        let text = without_mark(line.start, bytes.get(line.clone()).unwrap_or_default());
        if let Some(value) = value(text, b"data") {
            if self.data.is_some() {
                self.more_data = true;
                return;
            }
            self.data = Some(line.end - value.len()..line.end);
            self.has_place = text.contains(&b':');
        } else if let Some(value) = value(text, b"event") {
            self.name = line.end - value.len()..line.end;
        } else if let Some(value) = value(text, b"error") {
            self.error.get_or_insert(line.end - value.len()..line.end);
        }
    }

    /// Drops an event that grows too long, except the start of its last line that is needed to recognize its end.
    /// Returns the number of bytes dropped.
    fn forget(&mut self, length: usize) -> usize {
        let line_is_empty = self.line == self.at;
        // Only the presence of a started line's first byte matters; a line not yet started keeps none. A carriage
        // return whose line feed is still to come is kept as well.
        let keep = usize::from(!line_is_empty) + usize::from(self.at < length);
        let going = length.saturating_sub(keep);
        let (at, line) = (self.at.saturating_sub(going), self.line.saturating_sub(going));
        *self = Self { at, line, after_crlf: self.after_crlf, ..Self::default() };
        going
    }

    fn event<'a>(&self, raw: &'a [u8]) -> Frame<'a> {
        let piece = |range: &Range<usize>| raw.get(range.clone()).unwrap_or_default();
        if let (None, Some(error)) = (&self.data, &self.error) {
            let (name, data) = (Cow::Borrowed("error"), Cow::Borrowed(piece(error)));
            let data_at = (!error.is_empty()).then_some(error.start);
            return Frame { raw, name, is_exception: false, data, data_at };
        }
        let (data, data_at) = match &self.data {
            Some(_) if self.more_data => (Cow::Owned(joined(raw)), None),
            Some(range) => (Cow::Borrowed(piece(range)), self.has_place.then_some(range.start)),
            None => (Cow::default(), None),
        };
        Frame { raw, name: String::from_utf8_lossy(piece(&self.name)), is_exception: false, data, data_at }
    }
}

/// Value of a line, if it is the field of that name.
fn value<'a>(line: &'a [u8], field: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(field)? {
        [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some(value),
        _ => None,
    }
}

/// Strips a byte-order mark at the start of the stream, which may stand before an event's first line.
fn without_mark(at: usize, line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(line)
}

/// Lines of an event: offset, text, and line end.
fn lines(raw: &[u8]) -> impl Iterator<Item = (usize, &[u8], &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
        let (text, behind) = rest.split_at_checked(memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()))?;
        let end = behind.get(..if behind.starts_with(b"\r\n") { 2 } else { 1 }).unwrap_or_default();
        let line = (at, text, end);
        at += text.len() + end.len();
        Some(line)
    })
}

/// Values of all `data` lines, joined by line feeds.
fn joined(raw: &[u8]) -> Vec<u8> {
    let values = lines(raw).filter_map(|(at, text, _)| value(without_mark(at, text), b"data"));
    let mut data = Vec::with_capacity(raw.len());
    for (index, value) in values.enumerate() {
        data.extend_from_slice(if index > 0 { b"\n" } else { b"" });
        data.extend_from_slice(value);
    }
    data
}

/// Writes an event with other data.
pub(super) fn rewrite(frame: &Frame<'_>, data: &[u8], out: &mut Vec<u8>) {
    if data == &*frame.data {
        out.extend_from_slice(frame.raw);
        return;
    }
    let before = frame.data_at.and_then(|at| frame.raw.get(..at));
    // The first space behind the colon is not part of the data.
    let takes_a_space = data.starts_with(b" ") && !before.unwrap_or_default().ends_with(b" ");
    if before.is_some() && !takes_a_space && memchr::memchr2(b'\n', b'\r', data).is_none() {
        frame.splice(data, out);
    } else {
        rewrite_lines(frame.raw, data, out);
    }
}

/// Writes the new data at the first old `data` line, or else last; all other lines stay as they are.
fn rewrite_lines(raw: &[u8], data: &[u8], out: &mut Vec<u8>) {
    let mut is_written = false;
    let mut last_end: &[u8] = b"\n";
    for (at, text, end) in lines(raw) {
        let unmarked = without_mark(at, text);
        let is_data = value(unmarked, b"data").is_some();
        if (is_data || text.is_empty()) && !is_written {
            is_written = true;
            out.extend_from_slice(text.strip_suffix(unmarked).unwrap_or_default());
            write_data(data, if end.is_empty() { last_end } else { end }, out);
        }
        if !is_data {
            out.extend_from_slice(text);
            out.extend_from_slice(end);
        }
        last_end = end;
    }
    if !is_written {
        // The stream's last event has no empty line, and may not even have a line end.
        out.extend_from_slice(if last_end.is_empty() { b"\n" } else { b"" });
        write_data(data, b"\n", out);
    }
}

/// Writes data, with one `data:` line for each of its lines.
fn write_data(data: &[u8], end: &[u8], out: &mut Vec<u8>) {
    let mut rest = Some(data);
    while let Some(data) = rest {
        let (line, behind) =
            data.split_at_checked(memchr::memchr2(b'\n', b'\r', data).unwrap_or(data.len())).unwrap_or((data, &[]));
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(line);
        out.extend_from_slice(end);
        rest = behind.strip_prefix(b"\r\n").or_else(|| behind.get(1..));
    }
}

/// Writes a new event.
pub(super) fn write(name: &str, data: &[u8], out: &mut Vec<u8>) {
    // A line end would end the name.
    let name = name.lines().next().unwrap_or_default();
    if !name.is_empty() {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    write_data(data, b"\n", out);
    out.push(b'\n');
}
