//! `Call`: what an annotated function gives, a future with options.

#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "a call on a thread needs no header")
)]
pub(crate) mod header;
pub(crate) mod options;
pub(crate) mod wait;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::call::options::Options;
use crate::error::Outcome;
#[cfg(target_os = "linux")]
use crate::process::{self, ProcessPool, Target};
use crate::thread::{self, ThreadPool};

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
    Thread(thread::ThreadCall<R>),
    /// Behind a pointer, so that a program without such calls has none of their code.
    #[cfg(target_os = "linux")]
    Process(Box<dyn InProcesses<R> + Send>),
    /// What it will give is known already.
    Done(Option<R>),
}

/// A call on a process pool.
#[cfg(target_os = "linux")]
pub(crate) trait InProcesses<R> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R>;

    /// What the call may still be told.
    fn options(&mut self) -> &mut Options;

    /// The same call on another pool.
    fn on(&mut self, target: Target);

    /// Lets a call that has started go on with nobody waiting for it.
    fn detach(self: Box<Self>);
}

impl<R: Outcome> Call<R> {
    pub(crate) fn on_threads(run: thread::ThreadCall<R>) -> Call<R> {
        Call {
            way: Way::Thread(run),
        }
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn on_processes(run: process::ProcessCall<R>) -> Call<R> {
        Call {
            way: Way::Process(Box::new(run)),
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
            options.timeout = Some(limit);
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
            options.grace = Some(limit);
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
            options.queue_timeout = Some(limit);
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
            options.retries = times;
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
            options.bounded = true;
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
            self.way = Way::Done(Some(outcome));
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
            Way::Thread(run) => run.detach(),
            #[cfg(target_os = "linux")]
            Way::Process(run) => run.detach(),
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
        crate::call::wait::wait(self)
    }

    fn options(&mut self) -> Option<&mut Options> {
        match &mut self.way {
            Way::Thread(run) => Some(run.options()),
            #[cfg(target_os = "linux")]
            Way::Process(run) => Some(run.options()),
            Way::Done(_) => None,
        }
    }
}

impl<R> Unpin for Call<R> {}

impl<R: Outcome> Future for Call<R> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        match &mut self.get_mut().way {
            Way::Thread(run) => run.poll(cx),
            #[cfg(target_os = "linux")]
            Way::Process(run) => run.poll(cx),
            Way::Done(outcome) => match outcome.take() {
                Some(outcome) => Poll::Ready(outcome),
                None => panic!("a call was polled after it had finished"),
            },
        }
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match &self.way {
            Way::Thread(_) => "thread",
            #[cfg(target_os = "linux")]
            Way::Process(_) => "process",
            Way::Done(_) => "done",
        };
        f.debug_struct("Call")
            .field("way", &way)
            .finish_non_exhaustive()
    }
}

/// A pool that a call can be made on: [`ThreadPool`] or [`ProcessPool`].
pub trait Pool: sealed::Sealed {
    #[doc(hidden)]
    fn take_over<R: Outcome>(&self, call: Call<R>) -> Call<R>;
}

mod sealed {
    /// Keeps [`Pool`](super::Pool) to the pools of this crate.
    pub trait Sealed {}
    impl Sealed for super::ThreadPool {}
    #[cfg(target_os = "linux")]
    impl Sealed for super::ProcessPool {}
}

impl Pool for ThreadPool {
    fn take_over<R: Outcome>(&self, call: Call<R>) -> Call<R> {
        match call.way {
            Way::Thread(mut run) => {
                run.on(self.core());
                Call::on_threads(run)
            }
            #[cfg(target_os = "linux")]
            Way::Process(mut run) => {
                run.on(Target::Threads(self.core()));
                Call {
                    way: Way::Process(run),
                }
            }
            Way::Done(outcome) => Call {
                way: Way::Done(outcome),
            },
        }
    }
}

#[cfg(target_os = "linux")]
impl Pool for ProcessPool {
    fn take_over<R: Outcome>(&self, call: Call<R>) -> Call<R> {
        let way = match call.way {
            Way::Thread(run) => Way::Done(Some(run.refuse(self.name()))),
            Way::Process(mut run) => {
                run.on(Target::Processes(self.scheduler()));
                Way::Process(run)
            }
            Way::Done(outcome) => Way::Done(outcome),
        };
        Call { way }
    }
}
