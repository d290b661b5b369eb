//! Number of allocations of a program, for tests.

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicU64, Ordering};

/// Counts the blocks that are taken from a backing allocator. A block that grows or shrinks counts again.
#[derive(Debug)]
pub struct CountingAllocator<B> {
    backing: B,
    taken: AtomicU64,
}

impl<B> CountingAllocator<B> {
    /// Begins at zero.
    pub const fn new(backing: B) -> Self {
        Self { backing, taken: AtomicU64::new(0) }
    }

    /// Number of blocks taken so far.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    fn count(&self) -> &B {
        self.taken.fetch_add(1, Ordering::Relaxed);
        &self.backing
    }
}

// SAFETY: every call goes to the backing allocator as it is.
unsafe impl<B: GlobalAlloc> GlobalAlloc for CountingAllocator<B> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.count().alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.backing.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.count().alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.count().realloc(block, layout, size) }
    }
}
