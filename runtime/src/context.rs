//! What a running function can ask and say about its own call.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::util::latest::Latest;

/// A call that runs, as the functions below need it.
pub(crate) trait Asked: Send + Sync {
    /// Returns whether the caller dropped the call, or its time is over.
    fn is_cancelled(&self) -> bool;
    /// Returns the number of this attempt of the call, from 1 on. 0 is no call.
    fn attempt(&self) -> u32;
    /// Notes how far the function of the call is.
    fn report(&self, progress: Progress);
}

thread_local! {
    /// The call that runs on this thread.
    static OF_THREAD: RefCell<Option<Arc<dyn Asked>>> = const { RefCell::new(None) };
}

/// In a worker process, the call that it runs. A worker runs one call at a time, so every thread of
/// the process may ask.
static OF_PROCESS: OnceLock<&'static dyn Asked> = OnceLock::new();

fn ask<T>(question: impl Fn(&dyn Asked) -> T) -> Option<T> {
    let answer = OF_THREAD.with_borrow(|call| call.as_deref().map(&question));
    answer.or_else(|| OF_PROCESS.get().map(|call| question(*call)))
}

/// Returns whether the function should stop: the caller dropped the call, or its timeout has
/// passed. Outside of a call it returns `false`.
///
/// A function on a thread cannot be stopped from outside. So a long function asks this from time to
/// time and returns early. In a worker process it is useful with a [`grace`](crate::Call::grace):
/// that is the time that the function then has until its process is killed.
///
/// It takes a few nanoseconds and may be called at any depth of the function. In a worker process
/// every thread may call it. On a thread pool only the thread of the pool may: on threads that the
/// function has started it returns `false`.
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

/// Returns the number of this attempt of the call: 1, and one more for each worker that died with
/// the call. Outside of a call it returns 0.
///
/// A function that may run more than once, because its call has a [`retry`](crate::Call::retry),
/// can so tell the first attempt from the others.
///
/// ```
/// use offloop::cpu_bound;
///
/// /// Crashes in its first attempt, and is retried at most twice.
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

/// How far the function of a call is: `done` of `total`. The function chooses the unit.
///
/// A function says it by [`progress`], and [`Call::on_progress`](crate::Call::on_progress) shows it
/// to the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How much is done.
    pub done: u64,
    /// How much there is to do. It is 0 if the function does not know.
    pub total: u64,
}

impl Progress {
    /// Returns `done` divided by `total`: from 0 to 1, or more than 1 if the function has done more
    /// than it announced. Returns `None` if the total is not known.
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
    // Beyond 2^53 the last digits are lost, which is too little to show.
    #[allow(clippy::cast_precision_loss)]
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        (self.total != 0).then(|| self.done as f64 / self.total as f64)
    }
}

/// Tells the caller how far the function is: `done` of `total`. The function chooses the unit. A
/// `total` of 0 means that it is not known.
///
/// It takes a few nanoseconds and never waits, so a loop may call it in each round. The caller sees
/// the newest state about thirty times a second ([`Call::on_progress`](crate::Call::on_progress)),
/// and always the last one. If the caller does not ask for it, or outside of a call, it does
/// nothing. If several threads call it at the same moment, the state of one of them may be lost.
///
/// It may be called at any depth of the function. In a worker process every thread may call it. On
/// a thread pool only the thread of the pool may: on threads that the function has started it does
/// nothing.
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

/// A call that runs on a thread. It has one attempt.
#[derive(Debug, Default)]
pub(crate) struct OnThread {
    is_cancelled: AtomicBool,
    /// How far the function is. The owner is 0.
    progress: Latest,
}

impl OnThread {
    pub(crate) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Returns how far the function is, if it has said so, and the version of that. A new state has
    /// another version.
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

/// Runs `function` as the function of `call`, on this thread. Returns its result.
pub(crate) fn within<R>(call: &Arc<OnThread>, function: impl FnOnce() -> R) -> R {
    let call = Arc::clone(call) as Arc<dyn Asked>;
    let before = OF_THREAD.replace(Some(call));
    let result = function();
    OF_THREAD.set(before);
    result
}

/// Makes `call` answer for the call that this worker process runs, on all its threads.
pub(crate) fn serve_process(call: &'static dyn Asked) {
    // It is set once, because a process enters the loop of a worker once.
    let _ = OF_PROCESS.set(call);
}
