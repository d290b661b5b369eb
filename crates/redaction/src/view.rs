//! A text for the detectors: access to the bytes around a position, and the rules for borders of a value.

use super::kind::{Kind, Kinds};
use std::ops::Range;

/// A text and the position where the search may start.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    /// End of the last finding or of the last placeholder already in the text. Text before it is treated as absent, so
    /// that a text with the finding already replaced is read the same way.
    pub(super) floor: usize,
    /// The kinds searched for.
    pub(super) kinds: Kinds,
}

impl View<'_> {
    /// The byte at a position; 0 beyond the end, which is a border like any control character.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The byte `steps` before a position; 0 before the floor.
    pub(super) fn back(&self, at: usize, steps: usize) -> u8 {
        match at.checked_sub(steps) {
            Some(place) if place >= self.floor => self.byte(place),
            _ => 0,
        }
    }

    /// Reports whether `what` stands at a position.
    pub(super) fn has(&self, at: usize, what: &str) -> bool {
        let bytes = self.text.as_bytes().get(at..).unwrap_or_default();
        bytes.starts_with(what.as_bytes())
    }

    /// Counts the digits at a position, up to one more than `most`.
    pub(super) fn digits(&self, at: usize, most: usize) -> usize {
        let bytes = self.text.as_bytes();
        let end = at.saturating_add(most).saturating_add(1).min(bytes.len());
        let bytes = bytes.get(at..end).unwrap_or_default();
        bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len())
    }

    /// Parses a number of digits at a position.
    pub(super) fn number(&self, at: usize, digits: usize) -> u32 {
        let digits = (at..at + digits).map(|place| u32::from(self.byte(place) & 0xf));
        digits.fold(0, |number, digit| number * 10 + digit)
    }

    /// Reports whether a value may begin here: no ASCII letter or digit directly before. Letters of other scripts are
    /// allowed, since many are written without spaces, and so is an underscore, which Markdown uses for emphasis.
    pub(super) fn open(&self, at: usize) -> bool {
        !self.back(at, 1).is_ascii_alphanumeric() || self.escape_ends(at)
    }

    /// Reports whether an escape of a quoted string ends here (`\n`, `\u003c`): texts often hold JSON or source code,
    /// and the last character of an escape is not part of the text behind it.
    pub(super) fn escape_ends(&self, at: usize) -> bool {
        let hex = |step| self.back(at, step).is_ascii_hexdigit();
        let short = matches!(self.back(at, 1), b'n' | b'r' | b't') && self.back(at, 2) == b'\\';
        short || self.back(at, 5) == b'u' && self.back(at, 6) == b'\\' && (1..=4).all(hex)
    }

    /// Reports whether a dash or a dot joins this position to digits before it: then it is inside a longer number.
    pub(super) fn joined(&self, at: usize) -> bool {
        matches!(self.back(at, 1), b'-' | b'.') && self.back(at, 2).is_ascii_digit()
    }

    /// Reports whether one of the words (lower case) occurs within `reach` bytes before a position, in any case.
    pub(super) fn says(&self, at: usize, reach: usize, words: &[&str]) -> bool {
        let from = at.saturating_sub(reach).max(self.floor);
        let before = self.text.as_bytes().get(from..at).unwrap_or_default();
        let says = |word: &&str| {
            let first = word.bytes().next();
            let mut places = before.windows(word.len());
            places.any(|place| {
                place.first().map(u8::to_ascii_lowercase) == first && place.eq_ignore_ascii_case(word.as_bytes())
            })
        };
        words.iter().any(says)
    }

    /// Runs a detector if its kind is searched for.
    pub(super) fn seek(&self, kind: Kind, find: impl FnOnce() -> Option<Range<usize>>) -> Option<(Kind, Range<usize>)> {
        if self.kinds.contains(kind) { Some((kind, find()?)) } else { None }
    }
}
