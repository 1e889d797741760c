//! `ProcessPool`: the value that a program declares and names.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;
use std::time::Duration;

use super::core::{Core, Settings};
use super::gate;
use super::registry::Registry;
use crate::drain::{Closing, Drain};
use crate::error::InvalidPool;
use crate::thread::size_from_environment;

/// A pool of worker processes for functions that compute, or that may crash.
///
/// A worker is this same program, started again, which serves calls in place of `main`; no line of
/// set-up is needed. What runs in a worker can be killed, and its crash is one call's error.
///
/// A pool is a plain value with a `const` builder: a `static`, a local, or a field. Its workers
/// start when calls come, up to [`workers`](ProcessPool::workers), and stay for the next ones. It
/// belongs to no async runtime and outlives all of them. Calls begin in the order in which they
/// were first polled. However the program ends, its workers end with it.
///
/// Dropping a pool takes no more calls; those that are queued or running still finish.
///
/// ```
/// use std::time::Duration;
/// use offloop::{ProcessPool, cpu_bound};
///
/// static IMAGES: ProcessPool = ProcessPool::new("images")
///     .workers(2)
///     .memory_limit(512 << 20)
///     .timeout(Duration::from_secs(30))
///     .recycle_after(1_000);
///
/// #[cpu_bound(pool = IMAGES)]
/// fn where_am_i() -> u32 {
///     std::process::id()
/// }
/// assert_ne!(where_am_i().wait()?, std::process::id());
/// # Ok::<(), offloop::Error>(())
/// ```
#[derive(Debug)]
pub struct ProcessPool {
    name: &'static str,
    workers: Workers,
    queue: usize,
    timeout: Option<Duration>,
    memory_limit: Option<u64>,
    recycle_after: Option<u64>,
    start_timeout: Duration,
    core: OnceLock<Result<Arc<Core>, InvalidPool>>,
}

/// How many workers a pool may have.
#[derive(Clone, Copy, Debug)]
enum Workers {
    Given(usize),
    OnePerCore,
    /// `OFFLOOP_WORKERS`, or as `OnePerCore`.
    FromEnvironment,
}

impl ProcessPool {
    /// A pool of this name, with a worker for each core that this process may use.
    ///
    /// The name is in the command lines of its workers (`offloop-worker name #1`) and in every
    /// error of the pool.
    #[must_use]
    pub const fn new(name: &'static str) -> ProcessPool {
        ProcessPool {
            name,
            workers: Workers::OnePerCore,
            queue: usize::MAX,
            timeout: None,
            memory_limit: None,
            recycle_after: None,
            start_timeout: Duration::from_secs(10),
            core: OnceLock::new(),
        }
    }

    /// At most this many workers, therefore this many calls at a time.
    ///
    /// With 0 workers every call fails with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn workers(mut self, workers: usize) -> ProcessPool {
        self.workers = Workers::Given(workers);
        self
    }

    /// At most this many calls in the queue, beside those that run. Unlimited when not set.
    ///
    /// A call that finds the queue full waits its turn. One that asks not to wait,
    /// [`try_now`](crate::Call::try_now), gets [`Error::QueueFull`](crate::Error::QueueFull).
    #[must_use]
    pub const fn queue(mut self, calls: usize) -> ProcessPool {
        self.queue = calls;
        self
    }

    /// How long a call may run when it sets no [`timeout`](crate::Call::timeout) of its own. After
    /// that its worker is killed, with its process group, and replaced.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> ProcessPool {
        self.timeout = Some(limit);
        self
    }

    /// How much memory the data of each worker may take, in bytes (`RLIMIT_DATA`). An allocation
    /// beyond it fails, which ends the worker: the call gets
    /// [`Error::WorkerDied`](crate::Error::WorkerDied), which says so.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn memory_limit(mut self, bytes: u64) -> ProcessPool {
        self.memory_limit = Some(bytes);
        self
    }

    /// Replaces a worker once it has taken so many calls, for code that leaks.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn recycle_after(mut self, calls: u64) -> ProcessPool {
        self.recycle_after = Some(calls);
        self
    }

    /// How long a worker may take to start before it is killed and counts as failed. 10 seconds
    /// when not set.
    #[must_use]
    pub const fn start_timeout(mut self, limit: Duration) -> ProcessPool {
        self.start_timeout = limit;
        self
    }

    /// The pool of every `#[cpu_bound]` that names no other: a worker for each core that this
    /// process may use, or `OFFLOOP_WORKERS`.
    #[must_use]
    pub fn global() -> &'static ProcessPool {
        static GLOBAL: ProcessPool = {
            let mut pool = ProcessPool::new("global");
            pool.workers = Workers::FromEnvironment;
            pool
        };
        &GLOBAL
    }

    /// Takes no more calls: each gets [`Error::Closed`](crate::Error::Closed). Those that are
    /// queued or running finish, then the workers end: await what this gives to wait for that, or
    /// leave it.
    ///
    /// ```
    /// use offloop::{Error, ProcessPool};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// #[offloop::cpu_bound]
    /// fn pid() -> u32 {
    ///     std::process::id()
    /// }
    ///
    /// let pool = ProcessPool::new("brief");
    /// assert!(pid().on(&pool).await.is_ok());
    /// pool.close().await;
    /// assert!(matches!(pid().on(&pool).await, Err(Error::Closed(_))));
    /// # }
    /// ```
    #[allow(
        clippy::must_use_candidate,
        reason = "closing is done, waiting is a choice"
    )]
    pub fn close(&self) -> Closing {
        let core = self.core().ok();
        if let Some(core) = &core {
            core.close();
        }
        Closing::new(core.map(|core| core as Arc<dyn Drain>))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn core(&self) -> Result<Arc<Core>, InvalidPool> {
        self.core
            .get_or_init(|| Ok(Core::new(self.name, self.settings()?)))
            .clone()
    }

    fn settings(&self) -> Result<Settings, InvalidPool> {
        let invalid = |reason: &str| Err(InvalidPool::new(self.name, reason));
        if gate::is_stray_worker() {
            return invalid(
                "this process was started as a worker of another, and began to run `main`; \
                 write `offloop::init()` as its first line, or enable the feature `auto-worker`",
            );
        }
        if let Err(clash) = Registry::get() {
            return invalid(clash);
        }
        let cores = || available_parallelism().map_or(1, NonZero::get);
        let workers = match self.workers {
            Workers::Given(workers) => workers,
            Workers::OnePerCore => cores(),
            Workers::FromEnvironment => {
                size_from_environment("OFFLOOP_WORKERS", self.name)?.unwrap_or_else(cores)
            }
        };
        if workers == 0 {
            return invalid("it has 0 workers; write `.workers(1)` or more");
        }
        if self.memory_limit == Some(0) {
            return invalid("its memory limit is 0 bytes; write the limit that you mean, or none");
        }
        if self.recycle_after == Some(0) {
            return invalid("it replaces workers after 0 calls; write `.recycle_after(1)` or more");
        }
        Ok(Settings {
            workers,
            queue: self.queue,
            timeout: self.timeout,
            memory_limit: self.memory_limit,
            recycle_after: self.recycle_after,
            start_timeout: self.start_timeout,
        })
    }
}

impl Drop for ProcessPool {
    fn drop(&mut self) {
        // Nothing to close when no call ever came.
        if let Some(Ok(core)) = self.core.get() {
            core.close();
        }
    }
}
