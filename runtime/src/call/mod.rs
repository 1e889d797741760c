//! `Call`: what an annotated function gives, a future with options.

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

/// One use of a task: a future that gives `R`.
///
/// Nothing happens before it is first polled; then the call is submitted to its pool, with its
/// options as they are at that moment. Dropping it gives the call up: one that waits never runs;
/// one that runs in a worker process is killed with its worker, which is replaced (after its
/// [`grace`](Call::grace), if it has one); one that runs on a thread is asked to stop
/// ([`context::cancelled`](crate::context::cancelled)).
///
/// It can be awaited on any async runtime, or on none with [`wait`](Call::wait).
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
    /// The outcome is known already. Behind a pointer: it is rare, and a call must not be as large as its
    /// outcome, nor can a type hold a call of itself otherwise.
    Done(Option<Box<R>>),
}

impl<R: Outcome> Call<R> {
    pub(crate) fn on_threads(call: ThreadCall<R>) -> Call<R> {
        Call {
            way: Way::Thread(call),
        }
    }

    /// A call that a pool makes by a backend of its own.
    #[doc(hidden)]
    pub fn from_backend(backend: Box<dyn Backend<R>>) -> Call<R> {
        Call {
            way: Way::Task(backend),
        }
    }

    /// A call whose outcome is known.
    fn done(outcome: R) -> Call<R> {
        Call {
            way: Way::Done(Some(Box::new(outcome))),
        }
    }

    /// Takes the task and its arguments out of the call, for the pool of this name to make it. The pool
    /// has workers that are no threads of this program.
    ///
    /// # Errors
    /// The call to use in its place: the same one if it was submitted already, or one that fails if its task
    /// can run on threads only.
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

    /// How long the function may run; the pool's own limit does not count then.
    ///
    /// The clock starts when the call starts to run, not while it waits in the queue. When the time
    /// has passed the caller gets [`Error::TimedOut`](crate::Error::TimedOut) at once. In a process
    /// pool the worker is killed, with its process group, and replaced; before that the function may
    /// be given some [`grace`](Call::grace). A thread cannot be killed: the function is asked to stop, and its thread is busy until it does.
    ///
    /// Encoding arguments and decoding the result, which happens in the caller's process, is not
    /// counted.
    pub fn timeout(mut self, limit: Duration) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().timeout = Some(limit);
        }
        self
    }

    /// How long the function may go on in its worker process after its [`timeout`](Call::timeout) or
    /// after its caller has gone; the pool's own grace does not count then. 0 when neither is set:
    /// the process is killed at once.
    ///
    /// Meanwhile [`context::cancelled`](crate::context::cancelled) is `true` in the function, so that it
    /// can put things in order and return. If it does in time, its worker lives on; what it returns
    /// is dropped. The caller does not wait for any of this. On threads it has no effect: a thread
    /// is never killed.
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
    /// let call = tidy(file.clone()).timeout(Duration::from_millis(50)).grace(Duration::from_secs(60));
    /// assert!(matches!(call.wait(), Err(Error::TimedOut(_))));
    /// # let end = std::time::Instant::now() + Duration::from_secs(60);
    /// while file.exists() {
    ///     std::thread::yield_now(); // it is removed soon
    /// #   assert!(std::time::Instant::now() < end);
    /// }
    /// ```
    pub fn grace(mut self, limit: Duration) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().grace = Some(limit);
        }
        self
    }

    /// How long the call may wait in the queue.
    ///
    /// The clock starts when the call is submitted. When the time has passed and no worker has taken
    /// the call, it never runs, and the caller gets [`Error::TimedOut`](crate::Error::TimedOut),
    /// which says that it has not [`started`](crate::Error::started).
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

    /// How many times the call is made again when its worker process dies under it.
    ///
    /// This declares that the function may run more than once for one call. After that many
    /// repetitions the caller gets [`Error::WorkerDied`](crate::Error::WorkerDied), and sooner if the
    /// same arguments have killed as many workers as the pool allows
    /// ([`poison_after`](crate::ProcessPool::poison_after)); further calls with them that may be
    /// repeated are then refused with [`Error::Poisoned`](crate::Error::Poisoned). A call that no worker
    /// has begun moves to another worker without this. On threads it has no effect, since a thread
    /// does not die alone.
    pub fn retry(mut self, times: u32) -> Call<R> {
        if let Some(options) = self.options() {
            options.values_mut().retries = times;
        }
        self
    }

    /// Calls `show` when the function has said how far it is ([`context::progress`](crate::context::progress)).
    ///
    /// It is called in the poll of the call, so on the caller's task: at most some thirty times a second, with
    /// the newest state, and always with the last one before the call is ready. With
    /// [`wait`](Call::wait) it is called on the waiting thread. If nobody polls the call, as with
    /// [`detach`](Call::detach), it is not called; nor for a call that runs in place, since its caller runs in a
    /// worker of the pool already. A panic in `show` is a panic of the poll.
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

    /// Does not wait for room in the queue: where the pool's queue is full the call fails with
    /// [`Error::QueueFull`](crate::Error::QueueFull).
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

    /// Makes the call on another pool than its task names.
    ///
    /// A task that runs in worker processes may also be given a [`ThreadPool`], where it runs with
    /// nothing encoded and without isolation. The other way round is not possible: a call of a
    /// thread's task fails with [`Error::InvalidPool`](crate::Error::InvalidPool) on a
    /// [`ProcessPool`].
    pub fn on<P: Pool>(self, pool: &P) -> Call<R> {
        pool.take_over(self)
    }

    /// Submits the call at once rather than when it is first awaited, and gives the handle to await
    /// it by. Dropping the handle gives the call up, as dropping any call does. Options come before
    /// this: a call that is submitted does not change.
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
        // Whoever awaits it polls it again, with a waker of its own.
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(outcome) = Pin::new(&mut self).poll(&mut cx) {
            self.way = Way::Done(Some(Box::new(outcome)));
        }
        self
    }

    /// Submits the call, if that has not been done, and lets it run to its end with nobody waiting:
    /// its outcome, an error too, is dropped. Its [`timeout`](Call::timeout) still holds.
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

    /// Makes the call and blocks this thread until it is over: for code that is not async.
    ///
    /// On a thread that runs an event loop this stops the loop; there, `await` the call.
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

/// A pool that a call can be made on: [`ThreadPool`], `ProcessPool`, or a pool of another crate.
///
/// The option `pool` of [`#[cpu_bound]`](macro@crate::cpu_bound) and [`Call::on`] take any of them. How another crate
/// implements it is not settled yet, and may change with any release.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pool that a call can be made on",
    label = "not a `ProcessPool`, a `ThreadPool` or another pool that runs process tasks",
    note = "`pool` names a pool: `static IMAGES: ProcessPool = ProcessPool::new(\"images\");`"
)]
pub trait Pool {
    /// The name of the pool, for errors.
    #[doc(hidden)]
    fn pool_name(&self) -> &str;

    /// Makes a call of this task on the pool.
    #[doc(hidden)]
    fn make_call<R: Outcome>(&self, task: TaskCall<R>) -> Call<R>;

    /// Makes the call on this pool, or returns one that fails with the reason why it cannot.
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
    /// Runs a closure on the pool, as `run_in_executor` of other languages does.
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
