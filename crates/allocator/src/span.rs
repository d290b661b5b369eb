//! Spans: memory cut into blocks of one size class.

use crate::class::{Class, GRAIN, SIZES};
use core::alloc::Layout;
use core::ptr::{self, NonNull};

/// Spans are aligned to this, so that the address of a block leads to its span.
const ALIGN: usize = 1 << 16;

/// Size of a span: a grain less than its alignment, so that spans lie side by side in a backing allocator that puts a
/// header between blocks.
const SIZE: usize = ALIGN - GRAIN;

/// Layout of a span, as requested from the backing allocator.
pub(crate) const LAYOUT: Layout = match Layout::from_size_align(SIZE, ALIGN) {
    Ok(layout) => layout,
    Err(_) => Layout::new::<()>(),
};

/// A freed block.
struct Block {
    next: Option<NonNull<Block>>,
}

/// Header of a span; its blocks follow.
#[repr(C, align(16))]
pub(crate) struct Span {
    /// The blocks that were freed, the last one first.
    free: Option<NonNull<Block>>,
    /// Blocks in use.
    live: u32,
    block_size: u32,
    /// Offset of the first block that was never in use, from the header.
    unused: u32,
    /// Offset of the span's end, from the header.
    end: u32,
    pub(crate) class: Class,
    /// In its class's list: no other span ever has a free block.
    pub(crate) listed: bool,
    pub(crate) previous: Option<NonNull<Span>>,
    pub(crate) next: Option<NonNull<Span>>,
}

/// Distance of the header from the span's beginning. Headers of neighbours and their first blocks, which are the ones used
/// most, would else share the same sets of the processor's caches.
const fn header_offset(base: usize) -> usize {
    const STEP: usize = 128;
    const STEPS: usize = 32;
    (base / ALIGN % STEPS) * STEP
}

impl Span {
    /// Makes a span for blocks of a class.
    ///
    /// # Safety
    /// `base` must be memory of [`LAYOUT`] that nothing else uses.
    #[expect(clippy::indexing_slicing, reason = "a class is an index of SIZES")]
    pub(crate) unsafe fn create(base: NonNull<u8>, class: Class) -> NonNull<Self> {
        let offset = header_offset(base.as_ptr().expose_provenance());
        // SAFETY: the offset is below 4 KiB, and the memory larger.
        let span = unsafe { base.byte_add(offset) }.cast::<Self>();
        let header = Self {
            free: None,
            live: 0,
            block_size: SIZES[class.index()] as u32,
            unused: size_of::<Self>() as u32,
            end: (SIZE - offset) as u32,
            class,
            listed: false,
            previous: None,
            next: None,
        };
        // SAFETY: the memory is the caller's, has room for the header, and is aligned as the offset is.
        unsafe { span.write(header) };
        span
    }

    /// Returns the span of a block.
    ///
    /// # Safety
    /// `block` must come from [`Span::take`].
    pub(crate) unsafe fn of(block: *mut u8) -> NonNull<Self> {
        let base = block.addr() & !(ALIGN - 1);
        let span = ptr::with_exposed_provenance_mut(base + header_offset(base));
        // SAFETY: the block lies behind its span's header, so that this is no null pointer.
        unsafe { NonNull::new_unchecked(span) }
    }

    /// Returns the memory that the span was made of.
    pub(crate) fn base(span: NonNull<Self>) -> *mut u8 {
        ptr::with_exposed_provenance_mut(span.as_ptr().addr() & !(ALIGN - 1))
    }

    /// Takes the block that was freed last.
    ///
    /// # Safety
    /// `this` must be a span, and nothing else may refer to it.
    #[inline]
    pub(crate) unsafe fn take_freed(mut this: NonNull<Self>) -> Option<NonNull<u8>> {
        // SAFETY: a span, by this function's contract.
        let span = unsafe { this.as_mut() };
        let block = span.free?;
        // SAFETY: a freed block belongs to its span, and holds the link that was written when it was freed.
        span.free = unsafe { block.read() }.next;
        span.live += 1;
        Some(block.cast())
    }

    /// Takes a block that was never in use.
    ///
    /// # Safety
    /// As for [`Span::take_freed`].
    pub(crate) unsafe fn take_unused(mut this: NonNull<Self>) -> Option<NonNull<u8>> {
        // SAFETY: a span, by this function's contract.
        let span = unsafe { this.as_mut() };
        let (block, end) = (span.unused, span.unused + span.block_size);
        if end > span.end {
            return None;
        }
        span.unused = end;
        span.live += 1;
        // SAFETY: the block ends before the span does.
        Some(unsafe { this.byte_add(block as usize) }.cast())
    }

    /// Takes a block back. Returns `true` where the span's place in the lists may change: when it was full or is now
    /// empty.
    ///
    /// # Safety
    /// As for [`Span::take_freed`]; `block` must have been taken from this span, and not have been put back since.
    #[inline]
    pub(crate) unsafe fn put(mut this: NonNull<Self>, block: NonNull<u8>) -> bool {
        // SAFETY: a span, by this function's contract.
        let span = unsafe { this.as_mut() };
        let (free, block) = (span.free, block.cast::<Block>());
        // SAFETY: the block is the span's again, large enough for a link, and aligned as every block is.
        unsafe { block.write(Block { next: free }) };
        span.free = Some(block);
        span.live -= 1;
        free.is_none() | (span.live == 0)
    }

    /// Returns `true` when a block of this span is the right one for a size: neither too small nor twice as large.
    pub(crate) fn suits(&self, size: usize) -> bool {
        let block = self.block_size as usize;
        size <= block && size + GRAIN / 2 > block / 2
    }

    /// Returns `true` when no block is in use.
    pub(crate) fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Checks what a caller gives back, in debug builds: that it is a block, of this layout, and in use.
    #[cfg(debug_assertions)]
    pub(crate) unsafe fn check(this: NonNull<Self>, block: *mut u8, layout: Layout) {
        // SAFETY: a span, by this function's contract.
        let span = unsafe { this.as_ref() };
        let offset = block.addr() - this.addr().get();
        debug_assert!(offset >= size_of::<Self>() && offset < span.unused as usize, "not a block in use");
        debug_assert!(
            (offset - size_of::<Self>()).is_multiple_of(span.block_size as usize),
            "not the start of a block"
        );
        debug_assert!(span.suits(layout.size()), "freed with another layout");
        let mut free = span.free;
        while let Some(freed) = free {
            debug_assert!(freed.addr().get() != block.addr(), "freed twice");
            // SAFETY: as in `take_freed`.
            free = unsafe { freed.read() }.next;
        }
    }
}
