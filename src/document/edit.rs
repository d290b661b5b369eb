//! Edits of a body: the few ranges that change, spliced in one copy.

use std::ops::Range;

/// Replacements of byte ranges. Ranges do not overlap; an insertion has an empty range.
#[derive(Debug, Default)]
pub struct Edits {
    list: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// Replaces a range by `with`, verbatim: escape it first where JSON needs it.
    pub fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.list.push((range, with.into()));
    }

    /// Inserts `text` before the byte at `at`.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Reports whether there are no edits, so that the body stays byte for byte the same.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Edits in the order in which they were added: the range and what replaces it.
    pub fn iter(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        self.list.iter().map(|(range, with)| (range.clone(), with.as_str()))
    }

    /// Removes all edits, keeps the allocation.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// Appends the edited `body` to `out`. Edits may have been added in any order. An edit that overlaps an earlier one
    /// or lies outside the body is left out: no caller makes one, and a torn body would be worse.
    pub fn apply(&mut self, body: &[u8], out: &mut Vec<u8>) {
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let grown: usize = self.list.iter().map(|(_, with)| with.len()).sum();
        out.reserve(body.len() + grown);
        let mut done = 0;
        for (range, with) in &self.list {
            let Some(kept) = body.get(done..range.start) else {
                continue;
            };
            if range.end > body.len() {
                continue;
            }
            out.extend_from_slice(kept);
            out.extend_from_slice(with.as_bytes());
            done = range.end;
        }
        out.extend_from_slice(body.get(done..).unwrap_or_default());
    }

    /// Returns the edited body.
    pub fn applied(&mut self, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.apply(body, &mut out);
        out
    }
}
