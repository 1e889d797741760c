//! Tells a process that was made by `fork` from the process that it was forked from.
//!
//! The threads and workers of a pool belong to the process that made the pool. The process id would
//! tell the two apart, but reading it is a system call, which every call of a task would make. So
//! the C library calls a function after each `fork`. The `unsafe` for that is here.

#![allow(unsafe_code, reason = "the C library calls back")]

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// Returns a number that is different in a process that is forked from this one. It takes no system
/// call.
pub(crate) fn generation() -> u32 {
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // If the C library has no memory for it, a forked process is not told from its parent.
        // SAFETY: the function is there as long as the program, does not unwind, and does only what
        // may be done between `fork` and `exec`.
        let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    FORKS.load(Ordering::Relaxed)
}

/// Returns whether this process was forked from one that had pools.
pub(crate) fn is_forked() -> bool {
    generation() != 0
}
