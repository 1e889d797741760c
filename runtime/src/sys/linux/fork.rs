//! Tells a process that was made by `fork` from the one that it was forked from.
//!
//! A pool's threads and workers are those of the process that made the pool. The id of the process
//! would tell, but asking for it is a system call, and every call of a task would have to ask.
//! The `unsafe` of having the C library tell us is here.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// A number that another process, forked from this one, does not share. It takes no system call.
pub(crate) fn generation() -> u32 {
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // Where the table of the C library is full, a forked process is not told from its parent.
        // SAFETY: the function is there as long as the program, does not unwind, and does only what
        // may be done between `fork` and `exec`.
        let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    FORKS.load(Ordering::Relaxed)
}

/// Whether this process was forked from one that had pools.
pub(crate) fn is_forked() -> bool {
    generation() != 0
}
