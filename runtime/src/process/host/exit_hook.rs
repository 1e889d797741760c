//! When the program ends, its idle workers exit by themselves, and what workers have written is not
//! lost.
//!
//! The kernel kills all workers with the program, which is right for a worker that computes. But
//! one that has nothing to do can as well end as a process should, so that what it has registered
//! to run at its exit runs: tools that measure coverage write there what they have counted. And the
//! lines that workers have written to standard error are still on their way through this process.
//!
//! The `unsafe` of having the C library call us is here.

#![allow(unsafe_code, reason = "the C library calls back")]

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, Once, Weak};
use std::time::{Duration, Instant};

use super::stderr;
use crate::sys::{fork, pidfd};
use crate::util::sync::lock;

/// How long the end of the program may be held up by this.
const LIMIT: Duration = Duration::from_millis(500);

/// A pool that closes when the program ends.
pub(crate) trait CloseOnExit: Send + Sync {
    /// Takes no more calls, and lets the idle workers end. Returns a descriptor for each of these,
    /// which is readable when the worker has ended.
    fn close_on_exit(&self) -> Vec<Arc<OwnedFd>>;
}

static POOLS: Mutex<Vec<Weak<dyn CloseOnExit>>> = Mutex::new(Vec::new());

/// From now on the idle workers of this pool exit by themselves when the program ends.
pub(crate) fn include(pool: Weak<dyn CloseOnExit>) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // Where the table of the C library is full, workers are killed with the program.
        // SAFETY: the function is there as long as the program, and does not unwind.
        let _ = unsafe { libc::atexit(on_exit) };
    });
    let mut pools = lock(&POOLS);
    pools.retain(|pool| pool.strong_count() > 0);
    pools.push(pool);
}

extern "C" fn on_exit() {
    if fork::is_forked() {
        // The workers are those of another process, and its locks may have been held.
        return;
    }
    crate::util::panic::swallow_panic(|| {
        let pools: Vec<_> = lock(&POOLS).iter().filter_map(Weak::upgrade).collect();
        let leaving: Vec<_> = pools.iter().flat_map(|pool| pool.close_on_exit()).collect();
        let until = Instant::now() + LIMIT;
        // Those that have not ended by then are killed with the program.
        pidfd::wait_for_all(leaving.iter().map(Arc::as_ref), until);
        stderr::flush_all(until);
    });
}
