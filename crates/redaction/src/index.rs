//! Order of numbered elements: by a number of their own, and among equals by what only their owner knows of them.

/// Elements in an order. Grows by blocks, so that an insertion moves a few hundred elements at most, and the list of
/// blocks once in as many insertions.
#[derive(Clone, Default)]
pub(super) struct Index {
    first: Vec<Item>,
    /// The blocks behind the first one, none of them empty.
    later: Vec<Vec<Item>>,
    /// The last element of each of these, side by side: a search among them stays in the processor's cache.
    lasts: Vec<Item>,
}

/// An element with the number that it is ordered by before anything else.
#[derive(Clone, Copy)]
struct Item {
    order: u32,
    element: u32,
}

/// Place between two elements, for an element with this number.
#[derive(Clone, Copy)]
pub(super) struct Place {
    block: usize,
    at: usize,
    order: u32,
}

/// Length of a block at most.
const LONGEST: usize = 512;

/// Number of elements for which memory is taken at first.
const USUAL: usize = 8;

impl Index {
    /// Finds the place behind all elements with a lower number, and those with the same one that come before something.
    pub(super) fn place(&self, order: u32, is_before: impl Fn(u32) -> bool) -> Place {
        let comes_first = |item: &Item| item.order < order || item.order == order && is_before(item.element);
        let is_later = self.first.last().is_some_and(comes_first);
        let block = if is_later { 1 + self.lasts.partition_point(comes_first) } else { 0 };
        let at = self.block(block).map_or(0, |block| block.partition_point(comes_first));
        Place { block, at, order }
    }

    /// The element behind a place.
    pub(super) fn get(&self, place: Place) -> Option<u32> {
        Some(self.block(place.block)?.get(place.at)?.element)
    }

    /// Inserts an element at a place.
    pub(super) fn insert(&mut self, place: Place, element: u32) {
        // Behind all others it is added to the last block.
        let block = place.block.min(self.later.len());
        let at = if block < place.block { usize::MAX } else { place.at };
        let items = match block.checked_sub(1).and_then(|later| self.later.get_mut(later)) {
            Some(items) => items,
            None => &mut self.first,
        };
        if items.capacity() == 0 {
            items.reserve(USUAL);
        }
        items.insert(at.min(items.len()), Item { order: place.order, element });
        if items.len() > LONGEST {
            let half = items.split_off(LONGEST / 2);
            if let Some(last) = half.last() {
                self.lasts.insert(block, *last);
            }
            self.later.insert(block, half);
        }
        self.note_last(block);
    }

    /// Notes the last element of a block that has changed.
    fn note_last(&mut self, block: usize) {
        let last = self.block(block).and_then(|items| items.last()).copied();
        let noted = block.checked_sub(1).and_then(|later| self.lasts.get_mut(later));
        if let (Some(noted), Some(last)) = (noted, last) {
            *noted = last;
        }
    }

    fn block(&self, block: usize) -> Option<&Vec<Item>> {
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
        fn elements_are_found_as_in_a_map(
            keys in prop::collection::vec(0_u16..3000, 0..3000),
            sought in 0_u16..3000,
            equals in prop::sample::select(vec![1_u16, 7, 3000]),
        ) {
            let order = |key: u16| u32::from(key / equals);
            let mut index = Index::default();
            let mut map = BTreeMap::new();
            for (element, key) in keys.iter().enumerate() {
                let place = index.place(order(*key), |other| keys[other as usize] < *key);
                let known = index.get(place).filter(|other| keys[*other as usize] == *key);
                prop_assert_eq!(known, map.get(key).copied());
                if known.is_none() {
                    index.insert(place, element as u32);
                    map.insert(*key, element as u32);
                }
            }
            let next = index.get(index.place(order(sought), |other| keys[other as usize] < sought));
            prop_assert_eq!(next, map.range(sought..).next().map(|(_, element)| *element));
            let lasts = index.later.iter().filter_map(|block| Some(block.last()?.element)).collect::<Vec<_>>();
            prop_assert_eq!(index.lasts.iter().map(|item| item.element).collect::<Vec<_>>(), lasts);
            let all = [index.first, index.later.concat()].concat();
            let all = all.iter().map(|item| item.element).collect::<Vec<_>>();
            prop_assert_eq!(all, map.into_values().collect::<Vec<_>>());
        }
    }
}
