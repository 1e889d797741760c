//! The function by which this crate takes a lock, and the one by which it wakes a caller.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::panic;

/// Locks `mutex`, poisoned or not. No user code runs under the locks of this crate, so a panic of
/// user code cannot leave a state half changed.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes a caller, and drops a panic of its waker. A waker is foreign code: if it panics, the pool
/// must still do what comes next. Release all locks first.
pub(crate) fn wake(waker: Waker) {
    panic::swallow_panic(|| waker.wake());
}
