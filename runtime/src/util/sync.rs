//! The one way in which this crate takes a lock, and the one in which it wakes a caller.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::panic;

/// Locks `mutex`. No foreign code runs under the locks of this crate, so a panic of a user cannot
/// leave a state half changed, and poison is nothing to act on.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes a caller. A waker is foreign code: one that panics must not keep the pool from what it has
/// to do next.
pub(crate) fn wake(waker: Waker) {
    panic::swallow_panic(|| waker.wake());
}
