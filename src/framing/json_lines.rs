//! Newline-delimited JSON, also called JSON lines (<https://github.com/ndjson/ndjson-spec>, section 3, read on
//! 2026-11-21): one value per line, and no line feed within a value.

use super::{Frame, Piece, SkipReason};

/// Splits a stream into lines.
#[derive(Debug)]
pub(super) struct Lines {
    limit: usize,
    /// Number of bytes of the current line already searched for its end.
    at: usize,
    /// Set within a line that exceeded the limit: its bytes are skipped up to its end.
    passing: bool,
}

impl Lines {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, at: 0, passing: false }
    }

    pub(super) fn next<'a>(&mut self, rest: &'a [u8]) -> Option<Piece<'a>> {
        if self.at == 0 && !self.passing {
            // White space before a line's value, and so also a blank line, belongs to no frame. It is passed on at
            // once.
            let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if let Some(bytes) = rest.get(..blank).filter(|bytes| !bytes.is_empty()) {
                return Some(Piece::Between { bytes, ends: false });
            }
        }
        let feed = memchr::memchr(b'\n', rest.get(self.at..).unwrap_or_default()).map(|found| self.at + found);
        let Some(feed) = feed else {
            self.at = rest.len();
            self.passing |= rest.len() > self.limit;
            return self.passing.then(|| {
                self.at = 0;
                Piece::Skipped { bytes: rest, reason: SkipReason::TooLarge }
            });
        };
        self.at = 0;
        let raw = rest.get(..=feed).unwrap_or_default();
        if std::mem::take(&mut self.passing) || raw.len() > self.limit {
            return Some(Piece::Skipped { bytes: raw, reason: SkipReason::TooLarge });
        }
        Some(Piece::Frame(line(raw)))
    }

    pub(super) fn last<'a>(&mut self, held: &'a [u8]) -> Piece<'a> {
        self.at = 0;
        Piece::Frame(line(held))
    }
}

/// Makes a frame of a line; its data are the line without its end.
fn line(raw: &[u8]) -> Frame<'_> {
    let data = raw.strip_suffix(b"\n").unwrap_or(raw);
    let data = data.strip_suffix(b"\r").unwrap_or(data);
    Frame::unnamed(raw, 0, data.len())
}

/// Distinguishes JSON lines from one document over several lines: the second line begins behind the first value.
#[derive(Debug, Default)]
pub struct LinesProbe {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    /// Set once the first value has ended.
    ended: bool,
    /// Set once a line has ended behind the first value.
    broken: bool,
}

impl LinesProbe {
    /// Examines the next bytes of a body that begins with a bracket; `None` while more bytes are needed.
    pub fn is_lines(&mut self, bytes: &[u8]) -> Option<bool> {
        bytes.iter().find_map(|byte| self.look(*byte))
    }

    fn look(&mut self, byte: u8) -> Option<bool> {
        match byte {
            b'\n' if self.ended => self.broken = true,
            b' ' | b'\t' | b'\r' if self.ended => {}
            _ if self.ended => return Some(self.broken && byte == b'{'),
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = self.in_string,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth = self.depth.saturating_add(1),
            b'}' | b']' if !self.in_string => {
                self.depth = self.depth.saturating_sub(1);
                self.ended = self.depth == 0;
            }
            _ => {}
        }
        None
    }
}

pub(super) fn rewrite(frame: &Frame<'_>, data: &[u8], out: &mut Vec<u8>) {
    let end = frame.raw.get(frame.data.len()..).unwrap_or_default();
    in_one_line(data, out);
    out.extend_from_slice(end);
}

pub(super) fn write(data: &[u8], out: &mut Vec<u8>) {
    in_one_line(data, out);
    out.push(b'\n');
}

/// Writes data in one line. Line ends can only be white space in JSON: within a string they would be escaped.
fn in_one_line(data: &[u8], out: &mut Vec<u8>) {
    for (index, line) in data.split(|byte| matches!(byte, b'\n' | b'\r')).enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(line);
    }
}
