//! [`Call`]: the future that an annotated function returns, with its options.
//!
//! - [`backend`]: what each kind of pool has to do for it.
//! - [`header`]: what a worker process is told about it, beside the arguments.

mod backend;
#[allow(dead_code, reason = "a call on a thread needs no header")]
pub(crate) mod header;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use self::backend::OnThreads;
pub use self::backend::{Backend, TaskCall};
use crate::context::Progress;
use crate::error::{Error, InvalidPool, Outcome};
use crate::pool::options::CallOptions;
use crate::thread::{ThreadCall, ThreadPool};

/// One use of a task: a future whose output is `R`.
///
/// A call does nothing before it is first polled. The first poll submits it to its pool, with the
/// options that it has at that moment. A call can be awaited on any async runtime, and without one
/// by [`wait`](Call::wait).
///
/// Dropping a call cancels it:
///
/// - A call in the queue never runs.
/// - If it runs in a worker process, the worker is killed and replaced. If the call has a
///   [`grace`](Call::grace), the function is asked to stop first.
/// - If it runs on a thread, the function is asked to stop
///   ([`context::cancelled`](crate::context::cancelled)).
///
/// To let a call go on without its future, [`detach`](Call::detach) it.
///
/// ```
/// use std::time::Duration;
/// use offloop::{Error, cpu_bound};
///
/// #[cpu_bound]
/// fn spin() -> u32 {
///     loop {
///         std::hint::spin_loop();
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = spin().timeout(Duration::from_millis(50)).await.unwrap_err();
/// assert!(matches!(error, Error::TimedOut(_)));
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<R: 'static> {
    way: Way<R>,
}

enum Way<R: 'static> {
    Thread(ThreadCall<R>),
    Task(Box<dyn Backend<R>>),
    /// The outcome is known. It is in a box, so that a call is not as large as its outcome, and so
    /// that a type may hold a call whose outcome is that type.
    Done(Option<Box<R>>),
}

impl<R: Outcome> Call<R> {
    pub(crate) fn on_threads(call: ThreadCall<R>) -> Call<R> {
        Call {
            way: Way::Thread(call),
        }
    }

    /// Returns the call that this backend makes.
    #[doc(hidden)]
    pub fn from_backend(backend: Box<dyn Backend<R>>) -> Call<R> {
        Call {
            way: Way::Task(backend),
        }
    }

    /// Returns a call with a known outcome.
    fn done(outcome: R) -> Call<R> {
        Call {
            way: Way::Done(Some(Box::new(outcome))),
        }
    }

    /// Returns the task with its arguments, for a pool named `pool` whose workers are not threads
    /// of this program.
    ///
    /// # Errors
    /// The call to use instead: the unchanged call if it was submitted already, or a call that
    /// fails with [`Error::InvalidPool`] if the task can run on threads only.
    #[doc(hidden)]
    pub fn into_task(self, pool: &str) -> Result<TaskCall<R>, Call<R>> {
        match self.way {
            Way::Thread(call) => {
                let reason = "its workers are processes, and this task runs on threads; \
                              mark it `#[cpu_bound]`, or name a `ThreadPool`";
                let error = InvalidPool::new(pool, reason).for_task(call.task());
                Err(Call::done(R::from_error(error)))
            }
            Way::Task(backend) => backend.into_task().map_err(Call::from_backend),
            Way::Done(outcome) => Err(Call {
                way: Way::Done(outcome),
            }),
        }
    }

    /// Sets how long the function may run. This replaces the timeout of the pool.
    ///
    /// The clock starts when the function starts to run, not while the call is in the queue. It
    /// does not count the time in which the caller's process encodes arguments and decodes the
    /// result.
    ///
    /// When the time is over, the caller gets [`Error::TimedOut`] at once. Then:
    ///
    /// - In a process pool the worker is killed, with its process group, and replaced. If the call
    ///   has a [`grace`](Call::grace), the function is asked to stop first.
    /// - On a thread pool the function is asked to stop
    ///   ([`context::cancelled`](crate::context::cancelled)). A thread cannot be killed, so it is
    ///   busy until the function returns.
    pub fn timeout(mut self, limit: Duration) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().timeout = Some(limit);
        }
        self
    }

    /// Sets how long the function may go on in its worker process after its
    /// [`timeout`](Call::timeout), or after the caller dropped the call. This replaces the grace of
    /// the pool. If neither is set, it is 0: the process is killed at once.
    ///
    /// During the grace [`context::cancelled`](crate::context::cancelled) returns `true` in the
    /// function, so that it can clean up and return. If it returns in time, its worker lives on,
    /// and the result is dropped. If it does not, the worker is killed. The caller waits for none
    /// of this. On a thread pool the grace has no effect, because a thread is never killed.
    ///
    /// ```
    /// use std::time::Duration;
    /// use offloop::{Error, cpu_bound};
    ///
    /// #[cpu_bound]
    /// fn tidy(file: std::path::PathBuf) {
    ///     std::fs::write(&file, "half").unwrap();
    ///     while !offloop::context::cancelled() {
    ///         std::thread::sleep(Duration::from_millis(1));
    ///     }
    ///     std::fs::remove_file(&file).unwrap();
    /// }
    ///
    /// let file = std::env::temp_dir().join(format!("offloop-tidy-{}", std::process::id()));
    /// let (limit, grace) = (Duration::from_millis(50), Duration::from_secs(60));
    /// let call = tidy(file.clone()).timeout(limit).grace(grace);
    /// assert!(matches!(call.wait(), Err(Error::TimedOut(_))));
    /// # let end = std::time::Instant::now() + Duration::from_secs(60);
    /// while file.exists() {
    ///     std::thread::yield_now(); // the function removes it soon
    /// #   assert!(std::time::Instant::now() < end);
    /// }
    /// ```
    pub fn grace(mut self, limit: Duration) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().grace = Some(limit);
        }
        self
    }

    /// Sets how long the call may wait in the queue.
    ///
    /// The clock starts when the call is submitted. If no worker has taken the call when the time
    /// is over, the call never runs. The caller then gets [`Error::TimedOut`], whose
    /// [`started`](crate::Error::started) is [`Started::No`](crate::Started::No).
    ///
    /// ```
    /// use std::time::Duration;
    /// use offloop::{Started, ThreadPool};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// static ONE: ThreadPool = ThreadPool::new("one").threads(1);
    ///
    /// let (release, wait) = std::sync::mpsc::channel::<()>();
    /// let busy = ONE.run(move || wait.recv()).start();
    /// let call = ONE.run(|| 1).queue_timeout(Duration::from_millis(10));
    /// assert_eq!(call.await.unwrap_err().started(), Started::No);
    /// drop(release);
    /// # busy.await.unwrap().unwrap_err();
    /// # }
    /// ```
    pub fn queue_timeout(mut self, limit: Duration) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().queue_timeout = Some(limit);
        }
        self
    }

    /// Sets how many times the call is retried if its worker process dies after it began the call.
    ///
    /// With this you declare that the function may run more than once for one call. After `times`
    /// retries the caller gets [`Error::WorkerDied`]. It gets that error sooner if the same
    /// arguments have killed as many workers as [`poison_after`](crate::ProcessPool::poison_after)
    /// allows. The pool then refuses further calls with these arguments and a `retry`, with
    /// [`Error::Poisoned`].
    ///
    /// A call that no worker has begun moves to another worker without this. On a thread pool it
    /// has no effect, because a crash there ends the program.
    pub fn retry(mut self, times: u32) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().retries = times;
        }
        self
    }

    /// Calls `show` while the function runs, with how far it is. The function says so by
    /// [`context::progress`](crate::context::progress).
    ///
    /// The poll of this call calls `show`: on the task of the caller, or with [`wait`](Call::wait)
    /// on the waiting thread. It does so about thirty times a second at most, with the newest
    /// state. The last state is always shown, before the call is ready. A panic in `show` is a
    /// panic of the poll.
    ///
    /// `show` is not called if the call is not polled, as with [`detach`](Call::detach). It is also
    /// not called if the call runs in place, because its caller runs in a worker of the same pool.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use offloop::{Progress, cpu_bound};
    ///
    /// #[cpu_bound]
    /// fn resize_all(images: u64) -> u64 {
    ///     for done in 1..=images {
    ///         // ... resizes one ...
    ///         offloop::context::progress(done, images);
    ///     }
    ///     images
    /// }
    ///
    /// let seen = Arc::new(Mutex::new(Vec::new()));
    /// let show = {
    ///     let seen = Arc::clone(&seen);
    ///     move |progress: Progress| seen.lock().unwrap().push(progress.done)
    /// };
    /// assert_eq!(resize_all(100).on_progress(show).wait()?, 100);
    /// assert_eq!(seen.lock().unwrap().last(), Some(&100)); // the last state is always shown
    /// # Ok::<(), offloop::Error>(())
    /// ```
    pub fn on_progress(mut self, show: impl FnMut(Progress) + Send + 'static) -> Call<R> {
        if let Some(options) = self.options() {
            options.set_on_progress(Box::new(show));
        }
        self
    }

    /// Makes the call fail with [`Error::QueueFull`] if the queue of its pool is full, instead of
    /// waiting for room there.
    ///
    /// ```
    /// use offloop::{Error, ThreadPool};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// static ONE: ThreadPool = ThreadPool::new("one").threads(1).queue(0);
    ///
    /// let (release, wait) = std::sync::mpsc::channel::<()>();
    /// let busy = tokio::spawn(ONE.run(move || wait.recv()));
    /// tokio::task::yield_now().await;
    ///
    /// let refused = ONE.run(|| 1).try_now().await;
    /// assert!(matches!(refused, Err(Error::QueueFull(_))));
    /// drop(release);
    /// # busy.await.unwrap().unwrap().unwrap_err();
    /// # }
    /// ```
    pub fn try_now(mut self) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().bounded = true;
        }
        self
    }

    /// Makes the call on `pool` instead of the pool of its task.
    ///
    /// A task that runs in worker processes can also run on a [`ThreadPool`]. No value is encoded
    /// there, and a crash ends the program. A task that runs on threads cannot run in worker
    /// processes: on a [`ProcessPool`](crate::ProcessPool) its call fails with
    /// [`Error::InvalidPool`]. A call that was submitted already stays on its pool.
    pub fn on<P: Pool>(self, pool: &P) -> Call<R> {
        pool.take_over(self)
    }

    /// Submits the call now, instead of when it is first awaited. Returns the call, to be awaited
    /// later.
    ///
    /// Dropping the returned call cancels it, as it does with any call. Set options before this:
    /// they have no effect on a call that was submitted.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), offloop::Error> {
    /// let pool = offloop::ThreadPool::global();
    /// let (one, two) = (pool.run(|| 1).start(), pool.run(|| 2).start());
    /// assert_eq!(one.await? + two.await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(mut self) -> Call<R> {
        // The caller polls again to await it, with a waker of its own.
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(outcome) = Pin::new(&mut self).poll(&mut cx) {
            self.way = Way::Done(Some(Box::new(outcome)));
        }
        self
    }

    /// Submits the call if it was not submitted yet, and lets it run to its end without a caller.
    ///
    /// The outcome is dropped, also if it is an error. The [`timeout`](Call::timeout) of the call
    /// still applies.
    ///
    /// ```
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// offloop::ThreadPool::global().run(move || sender.send(7)).detach();
    /// assert_eq!(receiver.recv(), Ok(7));
    /// ```
    pub fn detach(self) {
        match self.start().way {
            Way::Thread(call) => call.detach(),
            Way::Task(backend) => backend.detach(),
            Way::Done(_) => {}
        }
    }

    /// Makes the call and blocks this thread until the outcome is there. This is for code that is
    /// not async.
    ///
    /// On a thread that runs an event loop this blocks the loop: `await` the call there.
    ///
    /// ```
    /// let answer = offloop::ThreadPool::global().run(|| 6 * 7).wait()?;
    /// assert_eq!(answer, 42);
    /// # Ok::<(), offloop::Error>(())
    /// ```
    #[must_use = "the outcome tells whether the call has failed"]
    pub fn wait(self) -> R {
        crate::util::wait::wait(self)
    }

    fn options(&mut self) -> Option<&mut CallOptions> {
        match &mut self.way {
            Way::Thread(call) => Some(call.options()),
            Way::Task(backend) => Some(backend.options()),
            Way::Done(_) => None,
        }
    }
}

impl<R> Unpin for Call<R> {}

impl<R: Outcome> Future for Call<R> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        match &mut self.get_mut().way {
            Way::Thread(call) => call.poll(cx),
            Way::Task(backend) => backend.poll(cx),
            Way::Done(outcome) => match outcome.take() {
                Some(outcome) => Poll::Ready(*outcome),
                None => panic!("a call was polled after it had finished"),
            },
        }
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match &self.way {
            Way::Thread(_) => "thread",
            Way::Task(_) => "task",
            Way::Done(_) => "done",
        };
        f.debug_struct("Call")
            .field("way", &way)
            .finish_non_exhaustive()
    }
}

/// A pool that can make a call: [`ThreadPool`], `ProcessPool`, or a pool of another crate.
///
/// The option `pool` of [`#[cpu_bound]`](macro@crate::cpu_bound) and [`Call::on`] take every kind
/// of pool. What another crate has to implement for a pool of its own is not settled, and may
/// change with any release.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pool that a call can be made on",
    label = "not a `ProcessPool`, a `ThreadPool` or another pool that runs process tasks",
    note = "`pool` names a pool: `static IMAGES: ProcessPool = ProcessPool::new(\"images\");`"
)]
pub trait Pool {
    /// Returns the name of the pool, for errors.
    #[doc(hidden)]
    fn pool_name(&self) -> &str;

    /// Returns a call of this task on this pool.
    #[doc(hidden)]
    fn make_call<R: Outcome>(&self, task: TaskCall<R>) -> Call<R>;

    /// Returns `call` as a call on this pool. If this pool cannot run its task, returns a call that
    /// fails with the reason. A call that was submitted already is returned unchanged.
    #[doc(hidden)]
    fn take_over<R: Outcome>(&self, call: Call<R>) -> Call<R> {
        match call.into_task(self.pool_name()) {
            Ok(task) => self.make_call(task),
            Err(call) => call,
        }
    }
}

impl Pool for ThreadPool {
    fn pool_name(&self) -> &str {
        self.name()
    }

    fn make_call<R: Outcome>(&self, task: TaskCall<R>) -> Call<R> {
        Call::from_backend(Box::new(OnThreads::new(task, self.core())))
    }

    fn take_over<R: Outcome>(&self, call: Call<R>) -> Call<R> {
        match call.way {
            Way::Thread(mut call) => {
                call.on(self.core());
                Call::on_threads(call)
            }
            Way::Task(backend) => match backend.into_task() {
                Ok(task) => self.make_call(task),
                Err(submitted) => Call::from_backend(submitted),
            },
            Way::Done(outcome) => Call {
                way: Way::Done(outcome),
            },
        }
    }
}

impl ThreadPool {
    /// Runs a closure on a thread of this pool.
    ///
    /// Like every [`Call`], it does nothing before it is first polled. In errors the task has the
    /// name of the closure's type.
    ///
    /// ```
    /// use offloop::ThreadPool;
    ///
    /// # async fn example() -> Result<(), offloop::Error> {
    /// let pool = ThreadPool::new("files");
    /// let bytes = pool.run(|| std::fs::read("Cargo.toml")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn run<R, F>(&self, function: F) -> Call<Result<R, Error>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let task = std::any::type_name::<F>();
        let function = Box::new(move || Ok(function()));
        Call::on_threads(ThreadCall::new(task, self.core(), function))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_as_small_for_a_large_result_as_for_none() {
        assert_eq!(size_of::<Call<Result<(), Error>>>(), 64);
        assert_eq!(size_of::<Call<Result<[u8; 4096], Error>>>(), 64);
    }

    /// A type may hold a call of itself.
    enum State {
        Idle,
        Busy(Call<Result<State, Error>>),
    }

    #[test]
    fn a_type_may_hold_a_call_of_itself() {
        let pool = ThreadPool::new("recursive");
        let state = State::Busy(pool.run(|| State::Idle));
        let State::Busy(call) = state else {
            unreachable!()
        };
        assert!(matches!(call.wait().unwrap(), State::Idle));
    }
}
