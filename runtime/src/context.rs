//! What a running task may ask about its own call.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::util::latest::Latest;

/// What answers for a call.
pub(crate) trait Asked: Send + Sync {
    /// Whether nobody waits for the call any more.
    fn is_cancelled(&self) -> bool;
    /// Which attempt of the call this is, from 1 on; 0 is no call.
    fn attempt(&self) -> u32;
    /// How far the function of the call is.
    fn report(&self, progress: Progress);
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
/// It may be asked at any depth of the function. On a thread pool it knows the call on the thread
/// of the pool only, not on threads that the function has started; in a worker process all of them
/// may ask. It takes a few nanoseconds.
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

/// How far the function of a call is, in whatever it counts: `done` of `total`.
///
/// A function says so with [`progress`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How much is done.
    pub done: u64,
    /// How much there is to do. 0 if the function does not know.
    pub total: u64,
}

impl Progress {
    /// Returns how much is done of all that there is to do: from 0 to 1, or more if the function
    /// has done more than it had announced. `None` if the total is not known.
    ///
    /// ```
    /// use offloop::Progress;
    ///
    /// fn show(progress: Progress) -> String {
    ///     match progress.fraction() {
    ///         Some(fraction) => format!("{:.0} %", 100.0 * fraction),
    ///         None => format!("{} done", progress.done),
    ///     }
    /// }
    /// # assert_eq!(show(Progress::default()), "0 done");
    /// ```
    // Beyond 2^53 the last digits are lost, which no one sees.
    #[allow(clippy::cast_precision_loss)]
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        (self.total != 0).then(|| self.done as f64 / self.total as f64)
    }
}

/// Says how far the function is, for the caller to show: `done` of `total`, in whatever the
/// function counts. A `total` of 0 says that it is not known.
///
/// It costs a few nanoseconds and never waits, so that a loop may say it each time. The caller sees
/// the newest state some thirty times a second, and the last one always. If the caller does not
/// want to know, or outside a call, it does nothing. If several threads say it at the same moment,
/// one of them may not be heard.
///
/// It may be called at any depth of the function. On a thread pool it knows the call on the thread
/// of the pool only, not on threads that the function has started; in a worker process all of them
/// may call it.
///
/// ```
/// use offloop::{Progress, cpu_bound};
///
/// #[cpu_bound]
/// fn sum(numbers: Vec<u32>) -> u64 {
///     let total = numbers.len() as u64;
///     let mut sum = 0;
///     for (done, number) in (1..).zip(numbers) {
///         sum += u64::from(number);
///         offloop::context::progress(done, total);
///     }
///     sum
/// }
/// let (shown, states) = std::sync::mpsc::channel();
/// let call = sum(vec![1, 2, 3]).on_progress(move |progress: Progress| {
///     let _ = shown.send(progress.done);
/// });
/// assert_eq!(call.wait()?, 6);
/// assert_eq!(states.iter().last(), Some(3));
/// # Ok::<(), offloop::Error>(())
/// ```
pub fn progress(done: u64, total: u64) {
    ask(|call| call.report(Progress { done, total }));
}

/// A call on a thread, which is made once.
#[derive(Debug, Default)]
pub(crate) struct OnThread {
    is_cancelled: AtomicBool,
    /// There is one owner, 0.
    progress: Latest,
}

impl OnThread {
    pub(crate) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// How far the function is, if it has said so, and the number of what it has said: another
    /// number is something newer.
    pub(crate) fn progress(&self) -> Option<(u32, Progress)> {
        let (version, done, total) = self.progress.get(0)?;
        Some((version, Progress { done, total }))
    }
}

impl Asked for OnThread {
    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    fn attempt(&self) -> u32 {
        1
    }

    fn report(&self, progress: Progress) {
        self.progress.set(0, progress.done, progress.total);
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
pub(crate) fn serve_process(call: &'static dyn Asked) {
    // A second worker loop in one process there is not.
    let _ = OF_PROCESS.set(call);
}
