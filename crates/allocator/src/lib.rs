//! Size classes in front of another allocator, for a VM with one thread.
//!
//! Blocks of up to 4 KiB come from spans of 64 KiB, each cut into blocks of one size. Larger blocks, those aligned to more
//! than 16 bytes, and the spans themselves come from the backing allocator. In a VM of WASI that is libc's `malloc`, which
//! is linked in any case: it merges free neighbours, grows a block in place where it can, and grows the VM's memory only
//! when nothing free is large enough.
//!
//! # Time
//! Allocating and freeing a small block takes constant time, beside what the backing allocator takes for a span.
//!
//! # Memory
//! - A block is at most 1.5 times as large as was asked for, and 16 bytes.
//! - A class gets a new span only when all of its spans are full, and gives a span up with the last block in it, except
//!   its only one with free blocks. It thus never holds more than its own highest use, and one span.
//! - At worst, then, all small blocks together hold 16 times their highest use, and 1 MiB: when each class in turn has
//!   its highest use and keeps one block in each of its spans.
//! - Spans that were given up serve any class: up to 1 MiB of them stay in the pool, all others go back.

#![no_std]

mod class;
mod counting;
mod span;

pub use counting::CountingAllocator;

use class::{Class, SIZES};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};
use span::Span;

/// An allocator that takes small blocks from size classes, and all others from a backing allocator.
#[derive(Debug)]
pub struct Pool<B> {
    backing: B,
    spans: UnsafeCell<Spans>,
}

/// Spans that have free blocks.
#[derive(Debug)]
struct Spans {
    /// First span of each class.
    heads: [Option<NonNull<Span>>; SIZES.len()],
    /// Empty spans of no class, and their number.
    spare: Option<NonNull<Span>>,
    spares: usize,
}

/// Upper bound on spare spans.
const SPARES: usize = 16;

// SAFETY: there is one thread.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
unsafe impl<B: Sync> Sync for Pool<B> {}

impl<B> Pool<B> {
    /// Makes an empty pool.
    pub const fn new(backing: B) -> Self {
        Self { backing, spans: UnsafeCell::new(Spans { heads: [None; SIZES.len()], spare: None, spares: 0 }) }
    }

    /// Returns the head of a class's list.
    fn head(&self, class: Class) -> *mut Option<NonNull<Span>> {
        // SAFETY: a class is an index of `SIZES`, which is as long.
        unsafe { (&raw mut (*self.spans.get()).heads).cast::<Option<NonNull<Span>>>().add(class.index()) }
    }
}

impl<B: GlobalAlloc> Pool<B> {
    /// Allocates a block when the first span of its class has none that was freed before.
    #[cold]
    #[inline(never)]
    fn refill(&self, class: Class) -> Option<NonNull<u8>> {
        // SAFETY: one thread, and nothing that is called here comes back to the pool.
        let head = unsafe { &mut *self.head(class) };
        while let Some(mut span) = *head {
            // SAFETY: what is listed is a span.
            if let Some(block) = unsafe { Span::take_freed(span).or_else(|| Span::take_unused(span)) } {
                return Some(block);
            }
            // SAFETY: as above.
            let full = unsafe { span.as_mut() };
            full.listed = false;
            *head = full.next.take();
            if let Some(mut next) = *head {
                // SAFETY: as above.
                unsafe { next.as_mut() }.previous = None;
            }
        }
        // SAFETY: the memory is a span's, and nobody's yet.
        let mut span = unsafe { Span::create(self.take_spare()?, class) };
        // SAFETY: a span, just made.
        unsafe { span.as_mut() }.listed = true;
        *head = Some(span);
        // SAFETY: as above.
        unsafe { Span::take_unused(span) }
    }

    /// Takes the memory of a spare span, or of a new one.
    fn take_spare(&self) -> Option<NonNull<u8>> {
        // SAFETY: one thread; only the spare spans are touched here.
        let (spare, spares) = unsafe { (&mut (*self.spans.get()).spare, &mut (*self.spans.get()).spares) };
        if let Some(span) = *spare {
            // SAFETY: what is spare is a span still.
            *spare = unsafe { span.as_ref() }.next;
            *spares -= 1;
            return NonNull::new(Span::base(span));
        }
        // SAFETY: the layout is not empty.
        NonNull::new(unsafe { self.backing.alloc(span::LAYOUT) })
    }

    /// Keeps an empty span, or gives it back.
    fn give_up(&self, mut this: NonNull<Span>) {
        // SAFETY: as in `take_spare`.
        let (spare, spares) = unsafe { (&mut (*self.spans.get()).spare, &mut (*self.spans.get()).spares) };
        if *spares < SPARES {
            // SAFETY: a span, in no list.
            unsafe { this.as_mut() }.next = spare.replace(this);
            *spares += 1;
        } else {
            // SAFETY: the span came from there with that layout, and none of its blocks is in use.
            unsafe { self.backing.dealloc(Span::base(this), span::LAYOUT) };
        }
    }

    /// Lists a span that was full, and gives an empty one back.
    #[cold]
    #[inline(never)]
    fn settle(&self, mut this: NonNull<Span>) {
        // SAFETY: the span of a block that was just freed.
        let span = unsafe { this.as_mut() };
        // SAFETY: one thread, and nothing that is called here comes back to the pool.
        let head = unsafe { &mut *self.head(span.class) };
        if !span.listed {
            span.listed = true;
            // Behind the first, which has a free block: it would else be full again with the next one.
            match *head {
                None => *head = Some(this),
                Some(mut first) => {
                    // SAFETY: what is listed is a span, and this one was not.
                    let first_span = unsafe { first.as_mut() };
                    span.previous = Some(first);
                    span.next = first_span.next.replace(this);
                    if let Some(mut next) = span.next {
                        // SAFETY: as above.
                        unsafe { next.as_mut() }.previous = Some(this);
                    }
                }
            }
        }
        if !span.is_empty() || (span.previous.is_none() && span.next.is_none()) {
            return;
        }
        let (previous, next) = (span.previous, span.next);
        match previous {
            None => *head = next,
            // SAFETY: what is listed is a span, and none is its own neighbour.
            Some(mut previous) => unsafe { previous.as_mut() }.next = next,
        }
        if let Some(mut next) = next {
            // SAFETY: as above.
            unsafe { next.as_mut() }.previous = previous;
        }
        self.give_up(this);
    }

    #[cold]
    #[inline(never)]
    unsafe fn alloc_large(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the contract is the same.
        unsafe { self.backing.alloc(layout) }
    }

    #[cold]
    #[inline(never)]
    unsafe fn dealloc_large(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the contract is the same, and the block came from there.
        unsafe { self.backing.dealloc(block, layout) }
    }
}

// SAFETY: blocks of one span lie apart, spans lie apart, and a layout that is small is never allocated as a large one nor
// the other way round: `realloc` moves a block whose size crosses the bound.
unsafe impl<B: GlobalAlloc> GlobalAlloc for Pool<B> {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = Class::of(layout) else {
            // SAFETY: the contract is the same.
            return unsafe { self.alloc_large(layout) };
        };
        // SAFETY: one thread, and what is listed is a span.
        let freed = unsafe { *self.head(class) }.and_then(|span| unsafe { Span::take_freed(span) });
        let block = freed.or_else(|| self.refill(class));
        block.map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !class::is_small(layout) {
            // SAFETY: the contract is the same, and the block is none of ours.
            return unsafe { self.dealloc_large(block, layout) };
        }
        // SAFETY: small layouts are allocated from spans.
        let span = unsafe { Span::of(block) };
        #[cfg(debug_assertions)]
        // SAFETY: as above.
        unsafe {
            Span::check(span, block, layout);
        }
        // SAFETY: as above, and the caller gives the block back.
        if unsafe { Span::put(span, NonNull::new_unchecked(block)) } {
            self.settle(span);
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's size is valid with this alignment.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (class::is_small(layout), class::is_small(new_layout)) {
            (false, false) => {
                // SAFETY: the contract is the same, and the block came from there.
                return unsafe { self.backing.realloc(block, layout, new_size) };
            }
            // SAFETY: small layouts are allocated from spans.
            (true, true) if unsafe { Span::of(block).as_ref() }.suits(new_size) => return block,
            _ => {}
        }
        // SAFETY: the caller's new size is not zero.
        let new = unsafe { self.alloc(new_layout) };
        if !new.is_null() {
            // SAFETY: both blocks have that many bytes, and a new block overlaps none in use.
            unsafe { ptr::copy_nonoverlapping(block, new, layout.size().min(new_size)) };
            // SAFETY: the contract is the same.
            unsafe { self.dealloc(block, layout) };
        }
        new
    }
}
