//! [`ThreadPool`]: the value that a program declares and names.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;
use std::time::Duration;

use super::inner::{Inner, Settings};
use crate::error::{Error, InvalidPool};
use crate::pool::closing::Closing;
use crate::pool::size::size_from_environment;
use crate::stats::Stats;

/// A pool of threads for functions that block.
///
/// A pool is a plain value with a `const` builder: it can be a `static`, a local or a field. It
/// belongs to no async runtime and outlives all of them. Calls start in the order in which they
/// were first polled.
///
/// The pool starts threads when calls come. A thread ends when it was idle for
/// [`keep_alive`](ThreadPool::keep_alive). The number of threads grows like this:
///
/// - Up to the number of cores, each call that finds no idle thread starts one at once.
/// - Beyond that, up to [`threads`](ThreadPool::threads), the number doubles while calls wait and
///   none has returned for 200 µs.
/// - If calls return, but too slowly, it grows more slowly. If they take less time than the start
///   of a thread, it does not grow.
///
/// So calls that block get the threads that they need, and short calls are not slowed down by
/// threads that they do not need.
///
/// Dropping a pool closes it: it takes no more calls, and calls that are queued or running still
/// finish.
///
/// ```
/// use offloop::{ThreadPool, blocking_io};
///
/// static DB: ThreadPool = ThreadPool::new("db").threads(8).queue(1_000);
///
/// #[blocking_io(pool = DB)]
/// fn load(key: &str) -> String {
///     format!("row of {key}, read on {}", std::thread::current().name().unwrap())
/// }
/// assert_eq!(load("k").wait()?, "row of k, read on db-1");
/// # Ok::<(), offloop::Error>(())
/// ```
#[derive(Debug)]
pub struct ThreadPool {
    name: &'static str,
    threads: Threads,
    queue: usize,
    keep_alive: Duration,
    stack_size: Option<usize>,
    timeout: Option<Duration>,
    core: OnceLock<Result<Arc<Inner>, Box<InvalidPool>>>,
}

/// How many threads a pool may have.
#[derive(Clone, Copy, Debug)]
enum Threads {
    /// This many.
    Given(usize),
    /// [`BLOCKING_THREADS`].
    ForBlocking,
    /// As the variable `OFFLOOP_THREADS` says, or [`BLOCKING_THREADS`] without it.
    FromEnvironment,
    /// As many as there are cores that this process may use.
    OnePerCore,
}

/// As many threads as tokio's blocking pool has: blocked threads cost little, and a call that
/// waits behind blocked ones may wait for ever.
const BLOCKING_THREADS: usize = 512;

impl ThreadPool {
    /// Returns a pool named `name` of up to 512 threads, if [`threads`](ThreadPool::threads) sets
    /// no other number.
    ///
    /// The threads have the names `name-1`, `name-2` and so on, of which Linux shows 15 bytes.
    /// Every error of the pool contains its name.
    #[must_use]
    pub const fn new(name: &'static str) -> ThreadPool {
        ThreadPool::sized(name, Threads::ForBlocking)
    }

    /// Returns a pool named `name` with a thread for each core that this process may use.
    pub(crate) const fn per_core(name: &'static str) -> ThreadPool {
        ThreadPool::sized(name, Threads::OnePerCore)
    }

    const fn sized(name: &'static str, threads: Threads) -> ThreadPool {
        ThreadPool {
            name,
            threads,
            queue: usize::MAX,
            keep_alive: Duration::from_secs(10),
            stack_size: None,
            timeout: None,
            core: OnceLock::new(),
        }
    }

    /// Sets how many threads the pool may have, and so how many calls run at the same time. If not
    /// set, it is 512.
    ///
    /// With 0 threads every call fails with [`Error::InvalidPool`].
    #[must_use]
    pub const fn threads(mut self, threads: usize) -> ThreadPool {
        self.threads = Threads::Given(threads);
        self
    }

    /// Sets how many calls may wait in the queue, beside the calls that run. If not set, there is
    /// no limit.
    ///
    /// The limit is for calls with [`try_now`](crate::Call::try_now): if the queue is full, such a
    /// call fails with [`Error::QueueFull`]. Other calls wait their turn.
    #[must_use]
    pub const fn queue(mut self, calls: usize) -> ThreadPool {
        self.queue = calls;
        self
    }

    /// Sets how long a thread may be idle before it ends. If not set, it is 10 seconds.
    /// `Duration::MAX` keeps threads for ever.
    #[must_use]
    pub const fn keep_alive(mut self, duration: Duration) -> ThreadPool {
        self.keep_alive = duration;
        self
    }

    /// Sets the size of the stack of each thread, in bytes. If not set, it is the default of
    /// `std::thread`: 2 MiB, or as the variable `RUST_MIN_STACK` says.
    #[must_use]
    pub const fn stack_size(mut self, bytes: usize) -> ThreadPool {
        self.stack_size = Some(bytes);
        self
    }

    /// Sets the timeout of calls that set no [`timeout`](crate::Call::timeout) of their own: how
    /// long the function may run. If not set, there is no limit.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> ThreadPool {
        self.timeout = Some(limit);
        self
    }

    /// Returns the pool of every `#[blocking_io]` function that names no other pool. It has up to
    /// 512 threads, or as many as the variable `OFFLOOP_THREADS` says.
    #[must_use]
    pub fn global() -> &'static ThreadPool {
        static GLOBAL: ThreadPool = ThreadPool::sized("offloop-io", Threads::FromEnvironment);
        &GLOBAL
    }

    /// Returns the pool of every `#[cpu_bound(threads)]` function that names no other pool. It has
    /// a thread for each core that this process may use.
    #[must_use]
    pub fn cpu() -> &'static ThreadPool {
        static CPU: ThreadPool = ThreadPool::per_core("offloop-cpu");
        &CPU
    }

    /// Closes the pool: it takes no more calls, and each further call fails with [`Error::Closed`].
    /// Calls that are queued or running finish. Then the threads end.
    ///
    /// Await the returned [`Closing`] to wait for that, or drop it. A call that runs on this pool
    /// must not wait for it: it would wait for its own end.
    ///
    /// ```
    /// use offloop::{Error, ThreadPool};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let pool = ThreadPool::new("brief");
    /// let call = tokio::spawn(pool.run(|| 7));
    /// # tokio::task::yield_now().await;
    /// pool.close().await;
    /// assert_eq!(call.await.unwrap().unwrap(), 7);
    /// assert!(matches!(pool.run(|| 8).await, Err(Error::Closed(_))));
    /// # }
    /// ```
    #[allow(
        clippy::must_use_candidate,
        reason = "closing is done, waiting is a choice"
    )]
    pub fn close(&self) -> Closing {
        Closing::of(self.core(), |core| core.close())
    }

    /// Closes the pool as [`close`](ThreadPool::close) does, and after `deadline` ends every call
    /// that has not ended by then, with [`Error::Closed`]. Calls in the queue never run. Functions
    /// that run are asked to stop ([`context::cancelled`](crate::context::cancelled)).
    ///
    /// The returned [`Closing`] does not wait for functions that go on after the deadline: nothing
    /// can end a thread.
    ///
    /// ```
    /// use std::time::Duration;
    /// use offloop::{Error, Started, ThreadPool};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let pool = ThreadPool::new("ended");
    /// let (release, wait) = std::sync::mpsc::channel::<()>();
    /// let stuck = pool.run(move || wait.recv()).start();
    /// pool.shutdown(Duration::from_millis(10)).await;
    /// assert!(matches!(stuck.await, Err(Error::Closed(_))));
    /// # drop(release);
    /// # }
    /// ```
    #[allow(
        clippy::must_use_candidate,
        reason = "closing is done, waiting is a choice"
    )]
    pub fn shutdown(&self, deadline: Duration) -> Closing {
        Closing::of(self.core(), |core| core.shut_down(deadline))
    }

    /// Sets how many threads the pool may have from now on. Threads beyond that number end: idle
    /// ones at once, the others after their call.
    ///
    /// # Errors
    /// [`Error::InvalidPool`] if `threads` is 0, or if the other settings of the pool are invalid.
    pub fn resize(&self, threads: usize) -> Result<(), Error> {
        let task = "ThreadPool::resize";
        let core = self.core().map_err(|invalid| invalid.for_task(task))?;
        if threads == 0 {
            let reason = "it cannot have 0 threads; close it instead";
            return Err(InvalidPool::new(self.name, reason).for_task(task));
        }
        core.resize(threads);
        Ok(())
    }

    /// Returns figures of what the pool has done and is doing. If the settings of the pool are
    /// invalid, all are 0.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core()
            .map_or_else(|_| Stats::default(), |core| core.stats())
    }

    /// Returns the name of the pool.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the shared state of the pool, which is made at the first use.
    ///
    /// # Errors
    /// The settings of the pool are invalid.
    pub(crate) fn core(&self) -> Result<Arc<Inner>, Box<InvalidPool>> {
        self.core
            .get_or_init(|| Ok(Inner::new(self.name, self.settings()?)))
            .clone()
    }

    /// Returns the settings after checking them.
    fn settings(&self) -> Result<Settings, Box<InvalidPool>> {
        let threads = match self.threads {
            Threads::Given(threads) => threads,
            Threads::ForBlocking => BLOCKING_THREADS,
            Threads::FromEnvironment => {
                size_from_environment("OFFLOOP_THREADS", self.name)?.unwrap_or(BLOCKING_THREADS)
            }
            Threads::OnePerCore => available_parallelism().map_or(1, NonZero::get),
        };
        if threads == 0 {
            return Err(Box::new(InvalidPool::new(
                self.name,
                "it has 0 threads; write `.threads(1)` or more",
            )));
        }
        Ok(Settings {
            threads,
            queue: self.queue,
            keep_alive: self.keep_alive,
            stack_size: self.stack_size,
            timeout: self.timeout,
        })
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        // A pool without a call has nothing to close.
        if let Some(Ok(core)) = self.core.get() {
            core.close();
        }
    }
}
