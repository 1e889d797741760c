//! Counts the memory that is taken, so that bytes cannot make a reader take more than they should.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// The bytes that this thread has taken and not freed. Below zero if it freed those of others.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    /// The largest value that `LIVE` had.
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(change: isize) {
    // A thread that ends may still free memory, which need not be counted.
    let _ = LIVE.try_with(|live| {
        live.set(live.get() + change);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

// SAFETY: everything is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as the caller promises; it came from this allocator.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as the caller promises; it came from this allocator.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Runs `work` and panics if at any time it held more than `limit` bytes.
pub fn at_most<R>(limit: usize, what: &str, work: impl FnOnce() -> R) -> R {
    let before = LIVE.get();
    PEAK.set(before);
    let result = work();
    let taken = usize::try_from(PEAK.get() - before).unwrap_or(0);
    assert!(
        taken <= limit,
        "{what} took {taken} bytes of memory; {limit} are allowed"
    );
    result
}
