//! Number of allocations of a program, for tests.

use core::alloc::{GlobalAlloc, Layout};
use core::hint::spin_loop;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts the blocks that are taken from a backing allocator. A block that grows or shrinks counts again.
///
/// One thread at a time uses the backing allocator, so that it may be a [`Pool`](crate::Pool).
#[derive(Debug)]
pub struct CountingAllocator<B> {
    backing: B,
    taken: AtomicU64,
    is_used: AtomicBool,
}

// SAFETY: the backing allocator is only reached through `with_backing`, by one thread at a time.
unsafe impl<B> Sync for CountingAllocator<B> {}

impl<B> CountingAllocator<B> {
    /// Begins at zero.
    pub const fn new(backing: B) -> Self {
        Self { backing, taken: AtomicU64::new(0), is_used: AtomicBool::new(false) }
    }

    /// Number of blocks taken so far.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    fn count(&self) -> &Self {
        self.taken.fetch_add(1, Ordering::Relaxed);
        self
    }

    /// Uses the backing allocator when no other thread does.
    #[inline]
    fn with_backing<T>(&self, using: impl FnOnce(&B) -> T) -> T {
        while self.is_used.swap(true, Ordering::Acquire) {
            spin_loop();
        }
        let done = using(&self.backing);
        self.is_used.store(false, Ordering::Release);
        done
    }
}

// SAFETY: every call goes to the backing allocator as it is.
unsafe impl<B: GlobalAlloc> GlobalAlloc for CountingAllocator<B> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        self.count().with_backing(|backing| unsafe { backing.alloc(layout) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        self.with_backing(|backing| unsafe { backing.dealloc(block, layout) });
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        self.count().with_backing(|backing| unsafe { backing.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        self.count().with_backing(|backing| unsafe { backing.realloc(block, layout, size) })
    }
}
