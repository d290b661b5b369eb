//! Size classes: two for each doubling, so that a block is less than half as large again as asked for.

use core::alloc::Layout;

/// Sizes of blocks by class.
pub(crate) const SIZES: [usize; 16] = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];

/// Upper bound on a small block.
pub(crate) const LARGEST: usize = 4096;

/// Every block is aligned to this, and its size is a multiple of it.
pub(crate) const GRAIN: usize = 16;

/// Number of a size class, always below `SIZES.len()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class(u8);

/// Classes by size, in grains.
static CLASSES: [Class; LARGEST / GRAIN + 1] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn classes() -> [Class; LARGEST / GRAIN + 1] {
    let mut classes = [Class(0); LARGEST / GRAIN + 1];
    let (mut grains, mut class) = (0, 0);
    while grains < classes.len() {
        if SIZES[class as usize] < grains * GRAIN {
            class += 1;
        }
        classes[grains] = Class(class);
        grains += 1;
    }
    classes
}

impl Class {
    /// Returns the smallest class that has room; `None` for what is too large, or aligned to more than a grain.
    pub(crate) fn of(layout: Layout) -> Option<Self> {
        if layout.align() > GRAIN {
            return None;
        }
        CLASSES.get(layout.size().div_ceil(GRAIN)).copied()
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Returns `true` for a layout that has a class.
pub(crate) fn is_small(layout: Layout) -> bool {
    layout.size() <= LARGEST && layout.align() <= GRAIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_size_gets_the_smallest_class_with_room_for_it() {
        for size in 1..=LARGEST {
            let class = Class::of(Layout::from_size_align(size, 1).unwrap()).unwrap();
            assert_eq!(class.index(), SIZES.iter().position(|&block| size <= block).unwrap(), "{size}");
        }
    }

    #[test]
    fn large_and_widely_aligned_layouts_have_no_class() {
        for (size, align) in [(LARGEST + 1, 1), (16, 32), (usize::MAX >> 1, 1)] {
            let layout = Layout::from_size_align(size, align).unwrap();
            assert_eq!(Class::of(layout), None);
            assert!(!is_small(layout));
        }
    }

    #[test]
    fn blocks_keep_the_alignment_of_a_grain() {
        assert!(SIZES.iter().all(|size| size % GRAIN == 0));
        assert_eq!(SIZES.last(), Some(&LARGEST));
    }
}
