//! Values of which no two may be alike.

use std::collections::BTreeMap;

/// Values so far, each with the index of the element that had it first. Not generic: the filter has one map for all
/// sections.
#[derive(Default)]
pub(super) struct Distinct(BTreeMap<String, usize>);

impl Distinct {
    /// Adds an element's value. If an earlier element has it, returns that one's index.
    pub(super) fn add(&mut self, value: &str, index: usize) -> Option<usize> {
        let first = self.0.get(value).copied();
        if first.is_none() {
            self.0.insert(value.to_owned(), index);
        }
        first
    }

    /// Every value with its index, in the order of the values.
    pub(super) fn into_values(self) -> impl Iterator<Item = (String, usize)> {
        self.0.into_iter()
    }
}
