//! The pool against a model of the memory that it hands out.
#![cfg(test)]

use proptest::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use tollgate_allocator::Pool;

/// Bytes that stay in the pool when nothing is in use: a span of each class, and the spare ones.
const KEPT: usize = (16 + 16) * SPAN;
const SPAN: usize = 1 << 16;

/// Backing allocator that counts, checks what comes back, and can run out.
#[derive(Default)]
struct Backing {
    blocks: RefCell<BTreeMap<usize, Layout>>,
    held: Cell<usize>,
    peak: Cell<usize>,
    calls: Cell<usize>,
    /// Bytes after which there are no more; 0: unlimited.
    limit: Cell<usize>,
}

impl Backing {
    fn count(&self, block: *mut u8, layout: Layout) {
        assert!(self.blocks.borrow_mut().insert(block.addr(), layout).is_none());
        self.held.set(self.held.get() + layout.size());
        self.peak.set(self.peak.get().max(self.held.get()));
    }

    fn discount(&self, block: *mut u8, layout: Layout) {
        assert_eq!(self.blocks.borrow_mut().remove(&block.addr()), Some(layout));
        self.held.set(self.held.get() - layout.size());
    }

    fn has_room(&self, bytes: usize) -> bool {
        self.calls.set(self.calls.get() + 1);
        self.limit.get() == 0 || self.held.get() + bytes <= self.limit.get()
    }
}

// SAFETY: the system's allocator, or null.
unsafe impl GlobalAlloc for &Backing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !self.has_room(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the contract is the same.
        let block = unsafe { System.alloc(layout) };
        self.count(block, layout);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.calls.set(self.calls.get() + 1);
        self.discount(block, layout);
        // SAFETY: the contract is the same.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.has_room(size.saturating_sub(layout.size())) {
            return std::ptr::null_mut();
        }
        self.discount(block, layout);
        // SAFETY: the contract is the same.
        let block = unsafe { System.realloc(block, layout, size) };
        self.count(block, Layout::from_size_align(size, layout.align()).unwrap());
        block
    }
}

/// Block in use; every byte of it has the same value.
#[derive(Clone, Copy)]
struct Block {
    at: *mut u8,
    layout: Layout,
    value: u8,
}

/// Pool with all blocks in use.
struct Model<'a> {
    pool: Pool<&'a Backing>,
    blocks: Vec<Block>,
    next_value: u8,
}

impl<'a> Model<'a> {
    fn new(backing: &'a Backing) -> Self {
        Self { pool: Pool::new(backing), blocks: Vec::new(), next_value: 0 }
    }

    /// Allocates and fills a block; `false` when there is no memory.
    fn allocate(&mut self, size: usize, align: usize) -> bool {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: no size is zero here.
        let at = unsafe { self.pool.alloc(layout) };
        if at.is_null() {
            return false;
        }
        self.next_value = self.next_value.wrapping_add(1);
        let block = Block { at, layout, value: self.next_value };
        self.adopt(block);
        true
    }

    /// Checks a new block's place, and fills it.
    fn adopt(&mut self, block: Block) {
        let Block { at, layout, value } = block;
        assert_eq!(at.addr() % layout.align(), 0, "{layout:?}");
        // SAFETY: the block has that size.
        unsafe { at.write_bytes(value, layout.size()) };
        self.blocks.push(block);
    }

    /// Changes a block's size; `false` when there is no memory.
    fn resize(&mut self, index: usize, size: usize) -> bool {
        let block = self.blocks.swap_remove(index);
        // SAFETY: the block is in use, with this layout.
        let at = unsafe { self.pool.realloc(block.at, block.layout, size) };
        if at.is_null() {
            self.blocks.push(block);
            return false;
        }
        let layout = Layout::from_size_align(size, block.layout.align()).unwrap();
        let kept = Layout::from_size_align(size.min(block.layout.size()), 1).unwrap();
        check(Block { at, layout: kept, ..block });
        self.adopt(Block { at, layout, ..block });
        true
    }

    fn free(&mut self, index: usize) {
        let block = self.blocks.swap_remove(index);
        check(block);
        // SAFETY: the block is in use, with this layout.
        unsafe { self.pool.dealloc(block.at, block.layout) };
    }

    fn free_all(&mut self) {
        while !self.blocks.is_empty() {
            self.free(self.blocks.len() - 1);
        }
    }

    fn overlap(&self) -> bool {
        let mut places: Vec<_> = self.blocks.iter().map(|block| (block.at.addr(), block.layout.size())).collect();
        places.sort_unstable();
        places.windows(2).any(|pair| pair[0].0 + pair[0].1 > pair[1].0)
    }

    fn run(&mut self, steps: &[Step]) {
        for step in steps {
            match *step {
                Step::Allocate(size, align) => assert!(self.allocate(size, align)),
                Step::Resize(index, size) if !self.blocks.is_empty() => {
                    assert!(self.resize(index % self.blocks.len(), size));
                }
                Step::Free(index) if !self.blocks.is_empty() => self.free(index % self.blocks.len()),
                _ => {}
            }
        }
    }
}

/// Checks that a block has kept its bytes.
fn check(block: Block) {
    // SAFETY: the block is in use, and was filled.
    let bytes = unsafe { std::slice::from_raw_parts(block.at, block.layout.size()) };
    assert!(bytes.iter().all(|&byte| byte == block.value), "a block of {:?} was written to", block.layout);
}

#[derive(Clone, Debug)]
enum Step {
    Allocate(usize, usize),
    Resize(usize, usize),
    Free(usize),
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 1..=300_usize, 3 => 300..=5_000_usize, 2 => 4_090..=4_100_usize, 1 => 5_000..=150_000_usize]
}

fn aligns() -> impl Strategy<Value = usize> {
    prop_oneof![8 => (0..=4_u32).prop_map(|log| 1 << log), 1 => (5..=16_u32).prop_map(|log| 1 << log)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (sizes(), aligns()).prop_map(|(size, align)| Step::Allocate(size, align)),
        2 => (any::<usize>(), sizes()).prop_map(|(index, size)| Step::Resize(index, size)),
        4 => any::<usize>().prop_map(Step::Free),
    ];
    prop::collection::vec(step, 1..600)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_keep_their_bytes_and_the_same_work_needs_no_more_memory(steps in steps()) {
        let backing = Backing::default();
        let mut model = Model::new(&backing);
        model.run(&steps);
        prop_assert!(!model.overlap());
        model.free_all();
        let (held, peak) = (backing.held.get(), backing.peak.get());
        prop_assert!(held <= KEPT);
        model.run(&steps);
        model.free_all();
        prop_assert!(backing.peak.get() <= peak + held, "{} after {peak}", backing.peak.get());
        prop_assert_eq!(backing.held.get(), held);
        let peak = backing.peak.get();
        model.run(&steps);
        model.free_all();
        prop_assert_eq!((backing.held.get(), backing.peak.get()), (held, peak));
    }

    #[test]
    fn without_memory_nothing_is_lost_and_work_goes_on_once_some_is_freed(
        sizes in prop::collection::vec(sizes(), 1..400), limit in 0..4_000_000_usize,
    ) {
        let backing = Backing::default();
        backing.limit.set(limit.max(1));
        let mut model = Model::new(&backing);
        let mut refused = None;
        for (index, &size) in sizes.iter().enumerate() {
            if !model.allocate(size, 1) {
                refused = Some(size);
            }
            if index % 3 == 0 && !model.blocks.is_empty() {
                model.resize(index % model.blocks.len(), size);
            }
        }
        prop_assert!(!model.overlap());
        model.free_all();
        if let Some(size) = refused.filter(|size| size + KEPT + SPAN <= limit) {
            prop_assert!(model.allocate(size, 1));
        }
    }
}

/// Allocates blocks of one size, of so many bytes in all.
fn fill(model: &mut Model<'_>, size: usize, bytes: usize) {
    (0..bytes / size).for_each(|_| assert!(model.allocate(size, 1)));
}

#[test]
fn memory_of_one_size_serves_the_others_once_it_is_freed() {
    let backing = Backing::default();
    let mut model = Model::new(&backing);
    let bytes = 8 << 20;
    for size in [4096, 16, 100, 1000, 2000, 48, 300] {
        fill(&mut model, size, bytes);
        model.free_all();
    }
    assert!(model.allocate(bytes, 1));
    // A block of 100 bytes takes 128.
    assert!(backing.peak.get() <= bytes * 4 / 3 + KEPT, "{}", backing.peak.get());
}

#[test]
fn blocks_left_behind_keep_no_more_than_each_size_had_at_its_highest() {
    let backing = Backing::default();
    let mut model = Model::new(&backing);
    let bytes = 1 << 20;
    let sizes = [16, 32, 64, 256, 1024, 4096];
    for round in 0..20 {
        for size in sizes {
            let before = model.blocks.len();
            fill(&mut model, size, bytes);
            // One in a span is left, and freed a round later.
            let left = SPAN / size;
            (before..model.blocks.len()).rev().filter(|index| index % left != 0).for_each(|index| model.free(index));
        }
        let bound = sizes.len() * (2 * bytes + SPAN) + KEPT;
        assert!(backing.peak.get() <= bound, "{} in round {round}", backing.peak.get());
        if round > 0 {
            let old = model.blocks.len() / 2;
            (0..old).rev().for_each(|index| model.free(index));
        }
    }
}

#[test]
fn steady_work_does_not_reach_the_backing_allocator() {
    let backing = Backing::default();
    let mut model = Model::new(&backing);
    fill(&mut model, 24, 100_000);
    let mut calls = 0;
    for round in 0..100 {
        if round == 1 {
            calls = backing.calls.get();
        }
        let first = model.blocks.len();
        (1..200).for_each(|size| assert!(model.allocate(size * 20, 8)));
        (first..model.blocks.len()).rev().step_by(2).for_each(|index| model.free(index));
        (first..model.blocks.len()).rev().for_each(|index| model.free(index));
    }
    assert_eq!(backing.calls.get(), calls);
}

#[test]
fn large_blocks_are_the_backing_allocators() {
    let backing = Backing::default();
    let mut model = Model::new(&backing);
    assert!(model.allocate(1 << 20, 1));
    let calls = backing.calls.get();
    for log in 21..=25 {
        assert!(model.resize(0, 1 << log));
    }
    assert_eq!(backing.calls.get(), calls + 5);
    assert!(model.resize(0, 100));
    assert_eq!(backing.held.get(), SPAN - 16);
    model.free_all();
}

#[test]
fn a_block_grows_in_place_within_its_class() {
    let backing = Backing::default();
    let mut model = Model::new(&backing);
    assert!(model.allocate(65, 1));
    let at = model.blocks[0].at;
    for size in [70, 96, 49] {
        assert!(model.resize(0, size));
        assert_eq!(model.blocks[0].at, at, "{size}");
    }
    assert!(model.resize(0, 20));
    assert_ne!(model.blocks[0].at, at);
    model.free_all();
}

#[cfg(debug_assertions)]
mod misuse {
    use super::*;

    fn misuse(free: impl FnOnce(&Pool<&Backing>, *mut u8, Layout)) {
        let backing = Backing::default();
        let pool = Pool::new(&backing);
        let layout = Layout::from_size_align(40, 8).unwrap();
        // SAFETY: the layout is not empty.
        let block = unsafe { pool.alloc(layout) };
        free(&pool, block, layout);
    }

    #[test]
    #[should_panic(expected = "freed twice")]
    fn a_block_freed_twice_is_noticed() {
        misuse(|pool, block, layout| {
            // SAFETY: none; noticed before anything is written.
            unsafe {
                pool.dealloc(block, layout);
                pool.dealloc(block, layout);
            }
        });
    }

    #[test]
    #[should_panic(expected = "another layout")]
    fn a_block_freed_with_another_size_is_noticed() {
        // SAFETY: none; noticed before anything is written.
        misuse(|pool, block, _| unsafe { pool.dealloc(block, Layout::from_size_align(400, 8).unwrap()) });
    }

    #[test]
    #[should_panic(expected = "start of a block")]
    fn an_address_within_a_block_is_noticed() {
        // SAFETY: none; noticed before anything is written.
        misuse(|pool, block, layout| unsafe { pool.dealloc(block.add(16), layout) });
    }
}
