//! What a running task may ask about its own call.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static CANCELLED: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Whether nobody waits for this call any more: its future was dropped, or its timeout passed.
///
/// A function on a thread cannot be stopped from outside, so a long one asks here from time to
/// time and returns early. Outside a call, and in a worker process, which is killed instead, it is
/// always `false`.
///
/// ```
/// use std::time::Duration;
/// use offloop::{Error, blocking_io};
///
/// #[blocking_io(timeout = Duration::from_millis(10))]
/// fn poll_for_ever() -> u32 {
///     let mut rounds = 0;
///     while !offloop::context::cancelled() {
///         rounds += 1;
///         std::thread::sleep(Duration::from_millis(1));
///     }
///     rounds
/// }
/// assert!(matches!(poll_for_ever().wait(), Err(Error::TimedOut(_))));
/// ```
#[must_use]
pub fn cancelled() -> bool {
    CANCELLED.with_borrow(|flag| {
        flag.as_ref()
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
    })
}

/// Runs `function` with `flag` as the answer of [`cancelled`].
pub(crate) fn within<R>(flag: &Arc<AtomicBool>, function: impl FnOnce() -> R) -> R {
    let before = CANCELLED.replace(Some(Arc::clone(flag)));
    let result = function();
    CANCELLED.set(before);
    result
}
