//! `ProcessPool`: the value that a program declares and names.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::call::ProcessCall;
use super::config::{Config, Workers};
use super::host::scheduler::Scheduler;
#[cfg(feature = "sandbox")]
use super::sandbox::Sandbox;
use crate::call::{Call, Pool, TaskCall};
use crate::error::{Error, InvalidPool, Outcome};
use crate::pool::closing::Closing;
use crate::stats::Stats;

/// A pool of worker processes for functions that compute, or that may crash.
///
/// A worker is this same program, started again, which serves calls in place of `main`; no line of
/// set-up is needed. What runs in a worker can be killed, and its crash is one call's error.
///
/// A pool is a plain value with a `const` builder: a `static`, a local, or a field. Its workers
/// start when calls come, up to [`workers`](ProcessPool::workers), and stay for the next ones until
/// they have been idle for [`idle_timeout`](ProcessPool::idle_timeout). It belongs to no async runtime and outlives all of them. Calls begin in the order in which they
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
    config: Config,
    scheduler: OnceLock<Result<Arc<Scheduler>, Box<InvalidPool>>>,
}

impl ProcessPool {
    /// A pool of this name, with a worker for each core that this process may use.
    ///
    /// The name is in the command lines of its workers (`offloop-worker name #1`) and in every
    /// error of the pool.
    #[must_use]
    pub const fn new(name: &'static str) -> ProcessPool {
        ProcessPool {
            config: Config::new(name),
            scheduler: OnceLock::new(),
        }
    }

    /// At most this many workers, therefore this many calls at a time.
    ///
    /// With 0 workers every call fails with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn workers(mut self, workers: usize) -> ProcessPool {
        self.config.workers = Workers::Given(workers);
        self
    }

    /// Keeps at least this many workers: they start with the pool's first call, are replaced when they
    /// end, and are never idle for too long. 0 when not set.
    ///
    /// More of them than [`workers`](ProcessPool::workers) make every call fail with
    /// [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn min_workers(mut self, workers: usize) -> ProcessPool {
        self.config.min_workers = workers;
        self
    }

    /// How long a worker may have nothing to do before it is let go. 60 seconds when not set;
    /// `Duration::MAX` keeps workers for ever.
    ///
    /// Idle workers are a stack: as many as the calls need stay busy, and those at the bottom go.
    #[must_use]
    pub const fn idle_timeout(mut self, limit: Duration) -> ProcessPool {
        self.config.idle_timeout = limit;
        self
    }

    /// At most this many calls in the queue, beside those that run. Unlimited when not set.
    ///
    /// A call that finds the queue full waits its turn. One that asks not to wait,
    /// [`try_now`](crate::Call::try_now), gets [`Error::QueueFull`](crate::Error::QueueFull).
    #[must_use]
    pub const fn queue(mut self, calls: usize) -> ProcessPool {
        self.config.queue = calls;
        self
    }

    /// How long a call may run when it sets no [`timeout`](crate::Call::timeout) of its own. After
    /// that its worker is killed, with its process group, and replaced.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> ProcessPool {
        self.config.timeout = Some(limit);
        self
    }

    /// How long a function may go on once nobody waits for it when its call sets no
    /// [`grace`](crate::Call::grace) of its own: after that its worker is killed. 0 when not set.
    #[must_use]
    pub const fn grace(mut self, limit: Duration) -> ProcessPool {
        self.config.grace = limit;
        self
    }

    /// How much memory the data of each worker may take, in bytes (`RLIMIT_DATA`). An allocation
    /// beyond it fails, which ends the worker: the call gets
    /// [`Error::WorkerDied`](crate::Error::WorkerDied), which says so. Memory that processes share does not
    /// count: messages, thus what is lent to the function, and [`Shared`](crate::Shared).
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn memory_limit(mut self, bytes: u64) -> ProcessPool {
        self.config.memory_limit = Some(bytes);
        self
    }

    /// Replaces a worker once it has taken so many calls, for code that leaks.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn recycle_after(mut self, calls: u64) -> ProcessPool {
        self.config.recycle_after = Some(calls);
        self
    }

    /// Replaces a worker that is found to take more memory than this after a call, in bytes of RAM
    /// (resident set), for code that leaks or keeps much. That includes what it has touched of the memory of
    /// its messages, which it keeps, and of each [`Shared`](crate::Shared) that it has.
    ///
    /// The worker goes on until its replacement is ready, so that no call waits for a start; for that
    /// time there is one process more than [`workers`](ProcessPool::workers).
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn recycle_above(mut self, bytes: u64) -> ProcessPool {
        self.config.recycle_above = Some(bytes);
        self
    }

    /// How many workers the same arguments may kill before calls that may be repeated
    /// ([`retry`](crate::Call::retry)) are no longer repeated with them, but refused with
    /// [`Error::Poisoned`](crate::Error::Poisoned). 3 when not set.
    ///
    /// Arguments are forgiven when a call with them comes through, and ten minutes after the last
    /// worker that they killed. Calls without `retry` are neither counted nor refused.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`](crate::Error::InvalidPool).
    #[must_use]
    pub const fn poison_after(mut self, workers: u32) -> ProcessPool {
        self.config.poison_after = workers;
        self
    }

    /// What is added to the niceness of the workers, so that other processes come first: 19 is the
    /// nicest. Less than 0 needs a privilege; without it no worker starts, and calls fail with
    /// [`Error::CannotStart`](crate::Error::CannotStart).
    #[must_use]
    pub const fn nice(mut self, increment: i32) -> ProcessPool {
        self.config.nice = increment;
        self
    }

    /// Variables that the workers find in their environment, beside those of this program.
    ///
    /// ```
    /// use offloop::{ProcessPool, cpu_bound};
    ///
    /// static QUIET: ProcessPool = ProcessPool::new("quiet")
    ///     .envs(&[("OMP_NUM_THREADS", "1")])
    ///     .current_dir("/")
    ///     .nice(5);
    ///
    /// #[cpu_bound(pool = QUIET)]
    /// fn threads() -> Option<String> {
    ///     std::env::var("OMP_NUM_THREADS").ok()
    /// }
    /// assert_eq!(threads().wait()?.as_deref(), Some("1"));
    /// # Ok::<(), offloop::Error>(())
    /// ```
    #[must_use]
    pub const fn envs(mut self, variables: &'static [(&'static str, &'static str)]) -> ProcessPool {
        self.config.envs = variables;
        self
    }

    /// The folder in which the workers work. That of this program when not set.
    ///
    /// Where there is none of this name no worker starts, and calls fail with
    /// [`Error::CannotStart`](crate::Error::CannotStart).
    #[must_use]
    pub const fn current_dir(mut self, folder: &'static str) -> ProcessPool {
        self.config.current_dir = Some(folder);
        self
    }

    /// How long a worker may take to start, with what
    /// [`#[offloop::on_worker_start]`](macro@crate::on_worker_start) marks, before it is killed and
    /// counts as failed. 10 seconds when not set.
    #[must_use]
    pub const fn start_timeout(mut self, limit: Duration) -> ProcessPool {
        self.config.start_timeout = limit;
        self
    }

    /// Keeps what runs in the workers from files, other programs and, if so said, the network: see
    /// [`Sandbox`]. Where the machine cannot do that, no worker starts, and calls fail with
    /// [`Error::CannotStart`](crate::Error::CannotStart).
    ///
    /// It holds in workers only: a function that runs in place, by `blocking(..)` or with
    /// `OFFLOOP_IN_PLACE=1`, may do what the program may do.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub const fn sandbox(mut self, sandbox: Sandbox) -> ProcessPool {
        self.config.sandbox = Some(sandbox);
        self
    }

    /// The pool of every `#[cpu_bound]` that names no other: a worker for each core that this
    /// process may use, or `OFFLOOP_WORKERS`.
    #[must_use]
    pub fn global() -> &'static ProcessPool {
        static GLOBAL: ProcessPool = {
            let mut pool = ProcessPool::new("global");
            pool.config.workers = Workers::FromEnvironment;
            pool
        };
        &GLOBAL
    }

    /// Takes no more calls: each gets [`Error::Closed`](crate::Error::Closed). Those that are
    /// queued or running finish, then the workers end: await what this gives to wait for that, or
    /// leave it. A call of the pool itself must not wait for that, since it would wait for its own end.
    /// A worker that does not end by itself, once it has nothing more to do, is killed after 5 seconds.
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
        Closing::of(self.scheduler(), |scheduler| drop(scheduler.close()))
    }

    /// As [`close`](ProcessPool::close), and after `deadline` ends what is not through by then: calls
    /// in the queue never run, workers are killed, and all these calls get
    /// [`Error::Closed`](crate::Error::Closed).
    ///
    /// ```
    /// use std::time::Duration;
    /// use offloop::{Error, ProcessPool, Started};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// #[offloop::cpu_bound]
    /// fn spin() {
    ///     loop {
    ///         std::hint::spin_loop();
    ///     }
    /// }
    ///
    /// let pool = ProcessPool::new("ended");
    /// let call = spin().on(&pool).start();
    /// pool.shutdown(Duration::from_millis(200)).await;
    /// assert!(matches!(call.await, Err(Error::Closed(_))));
    /// # }
    /// ```
    #[allow(
        clippy::must_use_candidate,
        reason = "closing is done, waiting is a choice"
    )]
    pub fn shutdown(&self, deadline: Duration) -> Closing {
        Closing::of(self.scheduler(), |scheduler| scheduler.shut_down(deadline))
    }

    /// Sets how many workers there may be from now on. Workers beyond that number are let go, those
    /// that work after their calls; [`min_workers`](ProcessPool::min_workers) is lowered if need be.
    ///
    /// # Errors
    /// [`Error::InvalidPool`](crate::Error::InvalidPool) if it is 0, or if the pool's other settings
    /// cannot work.
    pub fn resize(&self, workers: usize) -> Result<(), Error> {
        let task = "ProcessPool::resize";
        let scheduler = self.scheduler().map_err(|invalid| invalid.for_task(task))?;
        if workers == 0 {
            let reason = "it cannot have 0 workers; close it instead";
            return Err(InvalidPool::new(self.config.name, reason).for_task(task));
        }
        scheduler.resize(workers);
        Ok(())
    }

    /// What the pool has done and is doing. All zero for a pool whose settings cannot work.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.scheduler()
            .map_or_else(|_| Stats::default(), |scheduler| scheduler.stats())
    }

    pub(crate) fn scheduler(&self) -> Result<Arc<Scheduler>, Box<InvalidPool>> {
        self.scheduler
            .get_or_init(|| Ok(Scheduler::new(&self.config, self.config.check()?)))
            .clone()
    }
}

impl Pool for ProcessPool {
    fn pool_name(&self) -> &str {
        self.config.name
    }

    fn make_call<R: Outcome>(&self, task: TaskCall<R>) -> Call<R> {
        Call::from_backend(Box::new(ProcessCall::new(task, self.scheduler())))
    }
}

impl Drop for ProcessPool {
    fn drop(&mut self) {
        // Nothing to close when no call ever came.
        if let Some(Ok(scheduler)) = self.scheduler.get() {
            scheduler.close();
        }
    }
}
