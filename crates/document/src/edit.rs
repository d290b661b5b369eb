//! Edits of a body: the few ranges that change, spliced in one copy.

use super::order::sort_by_number;
use std::ops::Range;

/// Place of a range by its start, then its end. A document is shorter than 4 GiB.
pub(super) const fn place(range: &Range<usize>) -> u64 {
    (range.start as u64) << 32 | range.end as u64
}

/// A replacement: the range of the body, and the range of [`Edits::texts`]. Four bytes each: limits on bodies are far
/// below 4 GiB, and an edit that would begin there is left out.
#[derive(Clone, Copy, Debug, Default)]
struct Edit {
    range: [u32; 2],
    text: [u32; 2],
}

impl Edit {
    fn new(range: &Range<usize>, text: &Range<usize>) -> Self {
        let ends = |range: &Range<usize>| [range.start, range.end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        Self { range: ends(range), text: ends(text) }
    }

    const fn range(&self) -> Range<usize> {
        let [start, end] = self.range;
        start as usize..end as usize
    }

    const fn text(&self) -> Range<usize> {
        let [start, end] = self.text;
        start as usize..end as usize
    }

    /// Number of bytes by which the edit makes the body longer; `None` if it makes it shorter.
    fn growth(&self) -> Option<usize> {
        self.text().len().checked_sub(self.range().len())
    }
}

/// Number of edits that most bodies do not exceed.
const USUAL: usize = 8;

/// Number of bytes for which memory is taken at first.
const USUAL_TEXTS: usize = 256;

/// Edits, in the order in which they were added. The usual number of them takes no memory apart.
#[derive(Debug, Default)]
struct List {
    few: [Edit; USUAL],
    count: usize,
    /// All edits, once they are more than usual.
    many: Vec<Edit>,
}

impl List {
    fn push(&mut self, edit: Edit) {
        match self.few.get_mut(self.count) {
            Some(place) if self.many.is_empty() => {
                *place = edit;
                self.count += 1;
            }
            _ => self.move_all().push(edit),
        }
    }

    /// Moves all edits into memory of their own.
    fn move_all(&mut self) -> &mut Vec<Edit> {
        self.many.extend_from_slice(self.few.get(..self.count).unwrap_or_default());
        self.count = 0;
        &mut self.many
    }

    fn clear(&mut self) {
        self.count = 0;
        self.many.clear();
    }

    fn as_slice(&self) -> &[Edit] {
        if self.many.is_empty() { self.few.get(..self.count).unwrap_or_default() } else { &self.many }
    }
}

/// Replacements of byte ranges. Ranges do not overlap; an insertion has an empty range.
#[derive(Debug, Default)]
pub struct Edits {
    list: List,
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
        if self.texts.capacity() == 0 {
            self.texts.reserve(USUAL_TEXTS);
        }
        let text = self.texts.len();
        write(&mut self.texts);
        self.list.push(Edit::new(&range, &(text..self.texts.len())));
    }

    /// Inserts `text` before the byte at `at`.
    pub fn insert(&mut self, at: usize, text: impl AsRef<str>) {
        self.replace(at..at, text);
    }

    /// Reports whether there are no edits, so that the body stays byte for byte the same.
    pub fn is_empty(&self) -> bool {
        self.list.as_slice().is_empty()
    }

    /// Edits in the order in which they were added: the range and what replaces it.
    pub fn iter(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        let text = |edit: &Edit| self.texts.get(edit.text()).unwrap_or_default();
        self.list.as_slice().iter().map(move |edit| (edit.range(), text(edit)))
    }

    /// Removes all edits, keeps the allocation.
    pub fn clear(&mut self) {
        self.list.clear();
        self.texts.clear();
    }

    /// Appends the edited `body` to `out`. Edits may have been added in any order. An edit that overlaps an earlier one
    /// or lies outside the body is left out: no caller makes one, and a torn body would be worse.
    pub fn apply(&mut self, body: &[u8], out: &mut Vec<u8>) {
        self.sort();
        out.reserve(body.len() + self.texts.len());
        let mut done = 0;
        for edit in self.list.as_slice() {
            let range = edit.range();
            let Some(kept) = body.get(done..range.start) else {
                continue;
            };
            if range.end > body.len() {
                continue;
            }
            out.extend_from_slice(kept);
            out.extend_from_slice(self.text(edit));
            done = range.end;
        }
        out.extend_from_slice(body.get(done..).unwrap_or_default());
    }

    /// Edits `body` itself, as [`apply`](Self::apply) does, in the memory that it has where that is enough.
    pub fn apply_to(&mut self, body: &mut Vec<u8>) {
        if self.is_empty() {
            return;
        }
        self.sort();
        let Some(growth) = self.growth_in_place(body.len()) else {
            *body = self.applied(body);
            return;
        };
        let mut end = body.len();
        body.reserve_exact(growth);
        body.resize(end + growth, 0);
        // From the end: what is moved never reaches what is still to be moved.
        let mut to = body.len();
        for edit in self.list.as_slice().iter().rev() {
            let range = edit.range();
            to -= end - range.end;
            body.copy_within(range.end..end, to);
            let text = self.text(edit);
            let place = to - text.len()..to;
            to = place.start;
            if let Some(place) = body.get_mut(place) {
                place.copy_from_slice(text);
            }
            end = range.start;
        }
    }

    /// Number of bytes by which the edits make a body longer. `None` when one of them makes it shorter, overlaps another
    /// or lies outside the body.
    fn growth_in_place(&self, length: usize) -> Option<usize> {
        let (mut growth, mut done) = (0, 0);
        for edit in self.list.as_slice() {
            let range = edit.range();
            let is_apart = done <= range.start && range.start <= range.end && range.end <= length;
            growth += edit.growth().filter(|_| is_apart)?;
            done = range.end;
        }
        Some(growth)
    }

    fn sort(&mut self) {
        let place = |edit: &Edit| place(&edit.range());
        if !self.list.as_slice().is_sorted_by_key(place) {
            sort_by_number(self.list.move_all(), place);
        }
    }

    fn text(&self, edit: &Edit) -> &[u8] {
        self.texts.as_bytes().get(edit.text()).unwrap_or_default()
    }

    /// Returns the edited body.
    pub fn applied(&mut self, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.apply(body, &mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_body_is_edited_in_place_as_in_a_copy(
            body in prop::collection::vec(any::<u8>(), 0..64),
            edits in prop::collection::vec((0..70_usize, 0..6_usize, "[a-z]{0,9}"), 0..12),
            room in 0..64_usize,
        ) {
            let mut list = Edits::default();
            for (start, length, text) in edits {
                list.replace(start..start + length, text);
            }
            let expected = list.applied(&body);
            let mut edited = Vec::with_capacity(body.len() + room);
            edited.extend_from_slice(&body);
            list.apply_to(&mut edited);
            prop_assert_eq!(edited, expected);
        }
    }

    #[test]
    fn growing_edits_use_the_memory_that_the_body_has() {
        let mut edits = Edits::default();
        edits.replace(6..7, "world");
        edits.replace(1..2, "ello,");
        let mut body = Vec::with_capacity(16);
        body.extend_from_slice(b"hx 012W!");
        let memory = body.as_ptr();
        edits.apply_to(&mut body);
        assert_eq!(body, b"hello, 012world!");
        assert_eq!(body.as_ptr(), memory);
    }
}
