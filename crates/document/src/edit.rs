//! Edits of a body: the few ranges that change, spliced in one copy.

use super::order::sort_by_number;
use std::ops::Range;

/// Place of a range by its start, then its end. A document is shorter than 4 GiB.
pub(super) const fn place(range: &Range<usize>) -> u64 {
    (range.start as u64) << 32 | range.end as u64
}

/// A replacement: the range of the body, and the range of [`Edits::texts`].
#[derive(Debug)]
struct Edit {
    range: Range<usize>,
    with: Range<usize>,
}

/// Number of edits for which memory is taken at first: most bodies have fewer.
const USUAL: usize = 8;

/// Replacements of byte ranges. Ranges do not overlap; an insertion has an empty range.
#[derive(Debug, Default)]
pub struct Edits {
    list: Vec<Edit>,
    /// Replacements, one after another.
    texts: String,
}

impl Edits {
    /// Replaces a range by `with`, verbatim: escape it first where JSON needs it.
    pub fn replace(&mut self, range: Range<usize>, with: impl AsRef<str>) {
        self.replace_by(range, |texts| texts.push_str(with.as_ref()));
    }

    /// Replaces a range by what `write` appends.
    pub fn replace_by(&mut self, range: Range<usize>, write: impl FnOnce(&mut String)) {
        if self.list.capacity() == 0 {
            self.list.reserve(USUAL);
            self.texts.reserve(USUAL * size_of::<Edit>());
        }
        let start = self.texts.len();
        write(&mut self.texts);
        self.list.push(Edit { range, with: start..self.texts.len() });
    }

    /// Inserts `text` before the byte at `at`.
    pub fn insert(&mut self, at: usize, text: impl AsRef<str>) {
        self.replace(at..at, text);
    }

    /// Reports whether there are no edits, so that the body stays byte for byte the same.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Edits in the order in which they were added: the range and what replaces it.
    pub fn iter(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        let text = |with: &Range<usize>| self.texts.get(with.clone()).unwrap_or_default();
        self.list.iter().map(move |Edit { range, with }| (range.clone(), text(with)))
    }

    /// Removes all edits, keeps the allocation.
    pub fn clear(&mut self) {
        self.list.clear();
        self.texts.clear();
    }

    /// Appends the edited `body` to `out`. Edits may have been added in any order. An edit that overlaps an earlier one
    /// or lies outside the body is left out: no caller makes one, and a torn body would be worse.
    pub fn apply(&mut self, body: &[u8], out: &mut Vec<u8>) {
        let place = |edit: &Edit| place(&edit.range);
        if !self.list.is_sorted_by_key(place) {
            sort_by_number(&mut self.list, place);
        }
        out.reserve(body.len() + self.texts.len());
        let mut done = 0;
        for Edit { range, with } in &self.list {
            let Some(kept) = body.get(done..range.start) else {
                continue;
            };
            if range.end > body.len() {
                continue;
            }
            out.extend_from_slice(kept);
            out.extend_from_slice(self.texts.as_bytes().get(with.clone()).unwrap_or_default());
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
