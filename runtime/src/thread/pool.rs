//! `ThreadPool`: the value that a program declares and names.

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
/// A pool is a plain value with a `const` builder: a `static`, a local, or a field. It belongs to no
/// async runtime and outlives all of them. Calls run in the order in which they were first polled.
///
/// Its threads start when calls come and end when they have been idle for
/// [`keep_alive`](ThreadPool::keep_alive). As many as there are cores start at once; beyond that, up to
/// [`threads`](ThreadPool::threads), their number doubles for as long as calls wait and none has come
/// back for 200 µs. Where calls come back, but not fast enough, it grows more slowly, and not at all
/// where they take less than a thread takes to start. So calls that block get the threads that they
/// need, and short ones are not slowed down by threads that they do not need.
///
/// Dropping a pool takes no more calls; those that are queued or running still finish.
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
    Given(usize),
    ForBlocking,
    /// `OFFLOOP_THREADS`, or as `ForBlocking`.
    FromEnvironment,
    OnePerCore,
}

/// As many threads as tokio's blocking pool has: blocked threads cost little, and a call that
/// waits behind blocked ones may wait for ever.
const BLOCKING_THREADS: usize = 512;

impl ThreadPool {
    /// A pool of this name, with a thread for each call up to 512 at a time.
    ///
    /// The name is in the names of its threads (`name-1`, of which Linux shows 15 bytes) and in
    /// every error of the pool.
    #[must_use]
    pub const fn new(name: &'static str) -> ThreadPool {
        ThreadPool::sized(name, Threads::ForBlocking)
    }

    /// A pool with a thread for each core that this process may use.
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

    /// At most this many threads, therefore this many calls at a time.
    ///
    /// With 0 threads every call fails with [`Error::InvalidPool`].
    #[must_use]
    pub const fn threads(mut self, threads: usize) -> ThreadPool {
        self.threads = Threads::Given(threads);
        self
    }

    /// At most this many calls in the queue, beside those that run. Unlimited when not set.
    ///
    /// A call that finds the queue full waits its turn. One that asks not to wait,
    /// [`try_now`](crate::Call::try_now), gets [`Error::QueueFull`].
    #[must_use]
    pub const fn queue(mut self, calls: usize) -> ThreadPool {
        self.queue = calls;
        self
    }

    /// How long an idle thread is kept. 10 seconds when not set.
    #[must_use]
    pub const fn keep_alive(mut self, duration: Duration) -> ThreadPool {
        self.keep_alive = duration;
        self
    }

    /// The stack of each thread, in bytes. What `std::thread` gives when not set: 2 MiB, or
    /// `RUST_MIN_STACK`.
    #[must_use]
    pub const fn stack_size(mut self, bytes: usize) -> ThreadPool {
        self.stack_size = Some(bytes);
        self
    }

    /// How long a call may run when it sets no [`timeout`](crate::Call::timeout) of its own.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> ThreadPool {
        self.timeout = Some(limit);
        self
    }

    /// The pool of every `#[blocking_io]` that names no other: up to 512 threads, or
    /// `OFFLOOP_THREADS`.
    #[must_use]
    pub fn global() -> &'static ThreadPool {
        static GLOBAL: ThreadPool = ThreadPool::sized("offloop-io", Threads::FromEnvironment);
        &GLOBAL
    }

    /// The pool of every `#[cpu_bound(threads)]` that names no other: as many threads as this
    /// process may use cores.
    #[must_use]
    pub fn cpu() -> &'static ThreadPool {
        static CPU: ThreadPool = ThreadPool::per_core("offloop-cpu");
        &CPU
    }

    /// Takes no more calls: each gets [`Error::Closed`]. Those that are
    /// queued or running finish, then the workers end: await what this gives to wait for that, or
    /// leave it. A call of the pool itself must not wait for that, since it would wait for its own end.
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

    /// As [`close`](ThreadPool::close), and after `deadline` waits no longer: calls in the queue never
    /// run, functions that run are asked to stop
    /// ([`context::cancelled`](crate::context::cancelled)), and all these calls get [`Error::Closed`]. A
    /// thread whose function goes on all the same is left to itself.
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

    /// Sets how many threads there may be from now on. Threads beyond that number end, those that work
    /// after their calls.
    ///
    /// # Errors
    /// [`Error::InvalidPool`] if it is 0, or if the pool's other settings cannot work.
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

    /// What the pool has done and is doing. All zero for a pool whose settings cannot work.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core()
            .map_or_else(|_| Stats::default(), |core| core.stats())
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn core(&self) -> Result<Arc<Inner>, Box<InvalidPool>> {
        self.core
            .get_or_init(|| Ok(Inner::new(self.name, self.settings()?)))
            .clone()
    }

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
        // Nothing to close when no call ever came.
        if let Some(Ok(core)) = self.core.get() {
            core.close();
        }
    }
}
