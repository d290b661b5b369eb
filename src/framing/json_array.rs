//! JSON array as a stream: Gemini's `streamGenerateContent` without `alt=sse` answers with `[{…}\r\n,\r\n{…}]`, and the
//! elements arrive one after the other.

use super::{Frame, Piece, SkipReason};

/// Splits the array into elements. Examines only strings, brackets and separators: an element is not checked to be
/// JSON.
#[derive(Debug)]
pub(super) struct Elements {
    limit: usize,
    place: Position,
    /// Number of examined bytes of the current element. Beyond the bytes at hand when an escaped byte is still to come.
    at: usize,
    /// Number of open brackets within the current element.
    depth: usize,
    in_string: bool,
    /// Set within an element that exceeded the limit: its bytes are skipped up to its end.
    passing: bool,
}

/// Position of the next byte in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// Before the array's opening bracket.
    Before,
    /// In the array, between elements.
    Between,
    /// In an object, array or string.
    Element,
    /// In a number or a word; only the next byte ends it.
    Scalar,
    /// Behind the array's closing bracket.
    Behind,
    /// In a text that is not an array: one frame up to the stream's end.
    Whole,
    /// Behind a byte that cannot be in an array.
    Broken,
}

impl Elements {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, place: Position::Before, at: 0, depth: 0, in_string: false, passing: false }
    }

    pub(super) fn next<'a>(&mut self, rest: &'a [u8]) -> Option<Piece<'a>> {
        if matches!(self.place, Position::Before | Position::Between | Position::Behind) {
            let between = self.between(rest);
            if between.is_some() {
                return between;
            }
        }
        let end = match self.place {
            Position::Element => self.end_of_element(rest),
            Position::Scalar => self.end_of_scalar(rest),
            Position::Broken => return Some(Piece::Skipped { bytes: rest, reason: SkipReason::Broken }),
            Position::Before | Position::Between | Position::Behind | Position::Whole => None,
        };
        let Some(raw) = end.and_then(|end| rest.get(..end)) else {
            self.passing |= rest.len() > self.limit;
            return self.passing.then(|| {
                self.at = self.at.saturating_sub(rest.len());
                Piece::Skipped { bytes: rest, reason: SkipReason::TooLarge }
            });
        };
        (self.place, self.at) = (Position::Between, 0);
        if raw.is_empty() {
            // A number over the limit was skipped whole: the byte behind it showed its end.
            self.passing = false;
            return self.next(rest);
        }
        if std::mem::take(&mut self.passing) || raw.len() > self.limit {
            return Some(Piece::Skipped { bytes: raw, reason: SkipReason::TooLarge });
        }
        Some(Piece::Frame(Frame::unnamed(raw, 0, raw.len())))
    }

    pub(super) fn last<'a>(&mut self, held: &'a [u8]) -> Piece<'a> {
        if self.place == Position::Whole {
            return Piece::Frame(Frame::unnamed(held, 0, held.len()));
        }
        Piece::Skipped { bytes: held, reason: SkipReason::Broken }
    }

    /// Returns the separators that `rest` begins with, if any, and moves to the position of the byte behind them.
    /// Commas are not counted.
    fn between<'a>(&mut self, rest: &'a [u8]) -> Option<Piece<'a>> {
        let mut ends = false;
        let mut count = 0;
        for byte in rest {
            let place = self.place.after(*byte);
            ends |= self.place == Position::Between && place == Position::Behind;
            self.place = place;
            if !matches!(place, Position::Before | Position::Between | Position::Behind) {
                break;
            }
            count += 1;
        }
        rest.get(..count).filter(|bytes| !bytes.is_empty()).map(|bytes| Piece::Between { bytes, ends })
    }

    /// Offset after an object, array or string, once its end has arrived.
    fn end_of_element(&mut self, rest: &[u8]) -> Option<usize> {
        loop {
            let unseen = rest.get(self.at..)?;
            let found = match self.in_string {
                true => memchr::memchr2(b'"', b'\\', unseen),
                false => unseen.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']')),
            };
            let Some(found) = found else {
                self.at = rest.len();
                return None;
            };
            self.at += found + 1;
            match unseen.get(found) {
                // An escaped byte ends nothing.
                Some(b'\\') => self.at += 1,
                Some(b'"') => self.in_string = !self.in_string,
                Some(b'{' | b'[') => self.depth = self.depth.saturating_add(1),
                _ => self.depth = self.depth.saturating_sub(1),
            }
            if self.depth == 0 && !self.in_string {
                return Some(self.at);
            }
        }
    }

    /// Offset after a number or a word, once the byte that follows it has arrived.
    fn end_of_scalar(&mut self, rest: &[u8]) -> Option<usize> {
        let unseen = rest.get(self.at..)?;
        let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let found = unseen.iter().position(|byte| !goes_on(byte));
        self.at += found.unwrap_or(unseen.len());
        found.map(|_| self.at)
    }
}

impl Position {
    /// Position after a byte outside of elements.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (_, b' ' | b'\t' | b'\r' | b'\n') | (Self::Between, b',') => self,
            (Self::Before, b'[') => Self::Between,
            (Self::Before, _) => Self::Whole,
            (Self::Between, b']') => Self::Behind,
            (Self::Between, b'{' | b'[' | b'"') => Self::Element,
            (Self::Between, b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'N' | b'I') => Self::Scalar,
            _ => Self::Broken,
        }
    }
}
