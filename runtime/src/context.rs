//! What a running task may ask about its own call.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// What answers for a call.
pub(crate) trait Asked: Send + Sync {
    /// Whether nobody waits for the call any more.
    fn is_cancelled(&self) -> bool;
    /// Which attempt of the call this is, from 1 on; 0 is no call.
    fn attempt(&self) -> u32;
}

thread_local! {
    /// The call that runs on this thread.
    static OF_THREAD: RefCell<Option<Arc<dyn Asked>>> = const { RefCell::new(None) };
}

/// In a worker process, whatever call it runs: there is one at a time, so that every thread of the
/// process may ask.
static OF_PROCESS: OnceLock<&'static dyn Asked> = OnceLock::new();

fn ask<T>(question: impl Fn(&dyn Asked) -> T) -> Option<T> {
    let answer = OF_THREAD.with_borrow(|call| call.as_deref().map(&question));
    answer.or_else(|| OF_PROCESS.get().map(|call| question(*call)))
}

/// Whether nobody waits for this call any more: its future was dropped, or its timeout passed.
///
/// A function on a thread cannot be stopped from outside, so a long one asks here from time to time
/// and returns early. In a worker process it is of use with a [`grace`](crate::Call::grace): that
/// is how long the function then has until its process is killed. Outside a call it is `false`.
///
/// It may be asked at any depth of the function. On a thread pool it knows the call on the thread of
/// the pool only, not on threads that the function has started; in a worker process all of them may
/// ask. It takes a few nanoseconds.
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
    ask(|call| call.is_cancelled()).unwrap_or(false)
}

/// Which attempt of the call this is: 1, and one more for each worker that was lost with it.
/// Outside a call it is 0.
///
/// ```
/// use offloop::cpu_bound;
///
/// /// Does what crashes now and then; repeated at most twice.
/// #[cpu_bound(retry = 2)]
/// fn flaky() -> u32 {
///     if offloop::context::attempt() == 1 {
///         std::process::abort();
///     }
///     offloop::context::attempt()
/// }
/// assert_eq!(flaky().wait()?, 2);
/// assert_eq!(offloop::context::attempt(), 0);
/// # Ok::<(), offloop::Error>(())
/// ```
#[must_use]
pub fn attempt() -> u32 {
    ask(|call| call.attempt()).unwrap_or(0)
}

/// A call on a thread, which is made once.
#[derive(Debug, Default)]
pub(crate) struct OnThread(AtomicBool);

impl OnThread {
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Asked for OnThread {
    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn attempt(&self) -> u32 {
        1
    }
}

/// Runs `function` with `call` as the one that is asked on this thread.
pub(crate) fn within<R>(call: &Arc<OnThread>, function: impl FnOnce() -> R) -> R {
    let call = Arc::clone(call) as Arc<dyn Asked>;
    let before = OF_THREAD.replace(Some(call));
    let result = function();
    OF_THREAD.set(before);
    result
}

/// From now on this process is a worker and `call` answers for whatever call it runs.
#[cfg(target_os = "linux")]
pub(crate) fn serve_process(call: &'static dyn Asked) {
    // A second worker loop in one process there is not.
    let _ = OF_PROCESS.set(call);
}
