//! Order of numbered elements, by what only their owner knows of them.

/// Numbers of elements in an order. Grows by blocks, so that an insertion moves a few hundred numbers at most, and the
/// list of blocks once in as many insertions.
#[derive(Clone, Default)]
pub(super) struct Index {
    first: Vec<u32>,
    /// The blocks behind the first one, none of them empty.
    later: Vec<Vec<u32>>,
}

/// Place between two elements.
#[derive(Clone, Copy)]
pub(super) struct Place {
    block: usize,
    at: usize,
}

/// Length of a block at most.
const LONGEST: usize = 512;

/// Number of elements for which memory is taken at first.
const USUAL: usize = 8;

impl Index {
    /// Finds the place behind all elements that come before something.
    pub(super) fn place(&self, is_before: impl Fn(u32) -> bool) -> Place {
        let is_done = |block: &Vec<u32>| block.last().is_some_and(|last| is_before(*last));
        let block = if is_done(&self.first) { 1 + self.later.partition_point(is_done) } else { 0 };
        let at = self.block(block).map_or(0, |block| block.partition_point(|element| is_before(*element)));
        Place { block, at }
    }

    /// The element behind a place.
    pub(super) fn get(&self, place: Place) -> Option<u32> {
        self.block(place.block)?.get(place.at).copied()
    }

    /// Inserts an element at a place.
    pub(super) fn insert(&mut self, place: Place, element: u32) {
        // Behind all others it is added to the last block.
        let block = place.block.min(self.later.len());
        let at = if block < place.block { usize::MAX } else { place.at };
        let elements = match block.checked_sub(1).and_then(|later| self.later.get_mut(later)) {
            Some(elements) => elements,
            None => &mut self.first,
        };
        if elements.capacity() == 0 {
            elements.reserve(USUAL);
        }
        elements.insert(at.min(elements.len()), element);
        if elements.len() > LONGEST {
            let half = elements.split_off(LONGEST / 2);
            self.later.insert(block, half);
        }
    }

    fn block(&self, block: usize) -> Option<&Vec<u32>> {
        match block.checked_sub(1) {
            None => Some(&self.first),
            Some(later) => self.later.get(later),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn elements_are_found_as_in_a_map(keys in prop::collection::vec(0_u16..3000, 0..3000), sought in 0_u16..3000) {
            let mut index = Index::default();
            let mut map = BTreeMap::new();
            for (element, key) in keys.iter().enumerate() {
                let place = index.place(|other| keys[other as usize] < *key);
                let known = index.get(place).filter(|other| keys[*other as usize] == *key);
                prop_assert_eq!(known, map.get(key).copied());
                if known.is_none() {
                    index.insert(place, element as u32);
                    map.insert(*key, element as u32);
                }
            }
            let next = index.get(index.place(|other| keys[other as usize] < sought));
            prop_assert_eq!(next, map.range(sought..).next().map(|(_, element)| *element));
            prop_assert_eq!([index.first, index.later.concat()].concat(), map.into_values().collect::<Vec<_>>());
        }
    }
}
