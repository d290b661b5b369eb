//! A text for the detectors: access to the bytes around a position, and the rules for borders of a value.

use super::kind::{Kind, Kinds};
use memchr::memchr_iter;
use std::cell::Cell;
use std::ops::Range;

/// A text and the position where the search may start.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    /// End of the last finding or of the last placeholder already in the text. Text before it is treated as absent, so
    /// that a text with the finding already replaced is read the same way.
    pub(super) floor: usize,
    /// Start of the line, in a text with escapes: only escapes and other lines lie before it.
    pub(super) line: usize,
    /// Source of the text before the line, with escapes.
    pub(super) before: &'a str,
    /// Set when the text is not all that decides.
    pub(super) unclear: Option<&'a Cell<bool>>,
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
            Some(place) if place >= self.start() => self.byte(place),
            _ => 0,
        }
    }

    /// The byte before a position, whatever is there; 0 at the start.
    pub(super) fn byte_before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |place| self.byte(place))
    }

    /// Start of the text that is present.
    pub(super) fn start(&self) -> usize {
        self.floor.max(self.line)
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
        contains(self.within(at, reach, words), words)
    }

    /// At most `reach` bytes before a position, in which words are searched for. Where the line begins among them, it is
    /// unclear whether a word is there if its source may contain one.
    pub(super) fn within(&self, at: usize, reach: usize, words: &[&str]) -> &[u8] {
        if let Some(unclear) = self.unclear.filter(|_| at < self.line + reach) {
            let before = self.before.as_bytes();
            // All escapes but those with a number have two bytes.
            let tail = before.len().saturating_sub(2 * reach + NUMBERED_ESCAPE);
            let tail = before.get(tail..).unwrap_or_default();
            let is_numbered = |place| tail.get(place + 1) == Some(&b'u');
            let may_say = memchr_iter(b'\\', tail).any(is_numbered) || contains(tail, words);
            unclear.set(unclear.get() || may_say);
        }
        let from = at.saturating_sub(reach).max(self.start());
        self.text.as_bytes().get(from..at).unwrap_or_default()
    }

    /// Runs a detector if its kind is searched for.
    pub(super) fn seek(&self, kind: Kind, find: impl FnOnce() -> Option<Range<usize>>) -> Option<(Kind, Range<usize>)> {
        if self.kinds.contains(kind) { Some((kind, find()?)) } else { None }
    }
}

/// Length of an escape with a number, in bytes.
const NUMBERED_ESCAPE: usize = "\\u0000".len();

/// Reports whether a text contains one of the words (lower case), in any case.
fn contains(text: &[u8], words: &[&str]) -> bool {
    let bit = |letter: u8| 1u32 << (letter & 0x1f);
    let firsts = words.iter().filter_map(|word| word.bytes().next()).fold(0, |firsts, first| firsts | bit(first));
    let is_at = |place: usize, word: &str| {
        let found = text.get(place..place + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let mut letters = text.iter().enumerate();
    letters.any(|(place, letter)| firsts & bit(*letter) != 0 && words.iter().any(|word| is_at(place, word)))
}
