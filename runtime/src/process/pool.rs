//! [`ProcessPool`]: the value that a program declares and names.

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
/// A worker is this same program, started again. It serves calls instead of running `main`, so a
/// program needs no set-up for it. A function in a worker can be killed. If it crashes, its call
/// fails and the program goes on.
///
/// A pool is a plain value with a `const` builder: it can be a `static`, a local or a field. It
/// belongs to no async runtime and outlives all of them. Calls start in the order in which they
/// were first polled.
///
/// The pool starts workers when calls come, up to [`workers`](ProcessPool::workers). A worker ends
/// when it was idle for [`idle_timeout`](ProcessPool::idle_timeout). However the program ends, its
/// workers end with it.
///
/// Dropping a pool closes it: it takes no more calls, and calls that are queued or running still
/// finish.
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
    /// Returns a pool named `name` with a worker for each core that this process may use, if
    /// [`workers`](ProcessPool::workers) sets no other number.
    ///
    /// The command lines of the workers contain the name (`offloop-worker name #1`), and so does
    /// every error of the pool.
    #[must_use]
    pub const fn new(name: &'static str) -> ProcessPool {
        ProcessPool {
            config: Config::new(name),
            scheduler: OnceLock::new(),
        }
    }

    /// Sets how many workers the pool may have, and so how many calls run at the same time. If not
    /// set, it is the number of cores that this process may use.
    ///
    /// With 0 workers every call fails with [`Error::InvalidPool`].
    #[must_use]
    pub const fn workers(mut self, workers: usize) -> ProcessPool {
        self.config.workers = Workers::Given(workers);
        self
    }

    /// Sets how many workers the pool keeps, idle or not. They start with the first call of the
    /// pool and are replaced when they end. If not set, it is 0.
    ///
    /// If it is more than [`workers`](ProcessPool::workers), every call fails with
    /// [`Error::InvalidPool`].
    #[must_use]
    pub const fn min_workers(mut self, workers: usize) -> ProcessPool {
        self.config.min_workers = workers;
        self
    }

    /// Sets how long a worker may be idle before the pool ends it. If not set, it is 60 seconds.
    /// `Duration::MAX` keeps workers for ever.
    ///
    /// A call goes to the worker that became idle last. So the pool keeps as many workers busy as
    /// the calls need, and the others reach their idle timeout.
    #[must_use]
    pub const fn idle_timeout(mut self, limit: Duration) -> ProcessPool {
        self.config.idle_timeout = limit;
        self
    }

    /// Sets how many calls may wait in the queue, beside the calls that run. If not set, there is
    /// no limit.
    ///
    /// The limit is for calls with [`try_now`](crate::Call::try_now): if the queue is full, such a
    /// call fails with [`Error::QueueFull`]. Other calls wait their turn.
    #[must_use]
    pub const fn queue(mut self, calls: usize) -> ProcessPool {
        self.config.queue = calls;
        self
    }

    /// Sets the timeout of calls that set no [`timeout`](crate::Call::timeout) of their own: how
    /// long the function may run. After that the worker is killed, with its process group, and
    /// replaced. If not set, there is no limit.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> ProcessPool {
        self.config.timeout = Some(limit);
        self
    }

    /// Sets the grace of calls that set no [`grace`](crate::Call::grace) of their own: how long the
    /// function may go on after its timeout, or after the caller dropped the call. After that the
    /// worker is killed. If not set, it is 0.
    #[must_use]
    pub const fn grace(mut self, limit: Duration) -> ProcessPool {
        self.config.grace = limit;
        self
    }

    /// Sets how much memory the data of each worker may take, in bytes (`RLIMIT_DATA`). If not set,
    /// there is no limit.
    ///
    /// An allocation beyond the limit fails, which ends the worker. The call then fails with
    /// [`Error::WorkerDied`], which names the limit. The limit does not count memory that processes
    /// share: messages, with the arguments that are lent to the function, and
    /// [`Shared`](crate::Shared) values.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`].
    #[must_use]
    pub const fn memory_limit(mut self, bytes: u64) -> ProcessPool {
        self.config.memory_limit = Some(bytes);
        self
    }

    /// Sets after how many calls a worker is replaced. This is for code that leaks memory or other
    /// resources. With 1, each call runs in a process of its own. If not set, there is no limit.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`].
    #[must_use]
    pub const fn recycle_after(mut self, calls: u64) -> ProcessPool {
        self.config.recycle_after = Some(calls);
        self
    }

    /// Sets above which memory use a worker is replaced, in bytes of RAM (its resident set). The
    /// pool checks it after each call. This is for code that leaks memory or keeps much of it. If
    /// not set, there is no limit.
    ///
    /// The figure includes shared memory that the worker has touched: its messages, whose memory it
    /// keeps for the next ones, and each [`Shared`](crate::Shared) that it holds.
    ///
    /// The worker serves calls until its replacement is ready, so that no call waits for a start.
    /// During that time the pool has one process more than [`workers`](ProcessPool::workers).
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`].
    #[must_use]
    pub const fn recycle_above(mut self, bytes: u64) -> ProcessPool {
        self.config.recycle_above = Some(bytes);
        self
    }

    /// Sets how many workers equal arguments of a task may kill before the pool refuses them. If
    /// not set, it is 3.
    ///
    /// This is for calls with a [`retry`](crate::Call::retry). When that many workers have died,
    /// the pool retries no call with these arguments and refuses further ones with
    /// [`Error::Poisoned`]. It takes them again after a call with them has succeeded, or ten
    /// minutes after the last worker died. Calls without `retry` are neither counted nor refused.
    ///
    /// A limit of 0 makes every call fail with [`Error::InvalidPool`].
    #[must_use]
    pub const fn poison_after(mut self, workers: u32) -> ProcessPool {
        self.config.poison_after = workers;
        self
    }

    /// Adds `increment` to the niceness of the workers. With a higher niceness, other processes
    /// come first; 19 is the highest. If not set, it is 0.
    ///
    /// A negative increment needs a privilege. Without it no worker starts, and calls fail with
    /// [`Error::CannotStart`].
    #[must_use]
    pub const fn nice(mut self, increment: i32) -> ProcessPool {
        self.config.nice = increment;
        self
    }

    /// Sets environment variables of the workers, beside those that they inherit from this program.
    ///
    /// If a name is empty or contains `=`, or if a name or value contains a zero byte, every call
    /// fails with [`Error::InvalidPool`].
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

    /// Sets the current directory of the workers. If not set, it is that of this program.
    ///
    /// If there is no such directory, no worker starts, and calls fail with
    /// [`Error::CannotStart`].
    #[must_use]
    pub const fn current_dir(mut self, folder: &'static str) -> ProcessPool {
        self.config.current_dir = Some(folder);
        self
    }

    /// Sets how long a worker may take to start, with the functions that
    /// [`#[offloop::on_worker_start]`](macro@crate::on_worker_start) marks. A worker that takes
    /// longer is killed and counts as one that failed to start. If not set, it is 10 seconds.
    #[must_use]
    pub const fn start_timeout(mut self, limit: Duration) -> ProcessPool {
        self.config.start_timeout = limit;
        self
    }

    /// Sets what the functions in the workers may do to the machine: which files they open, whether
    /// they use the network. See [`Sandbox`]. If not set, they may do what this program may do.
    ///
    /// If the machine cannot enforce this, no worker starts, and calls fail with
    /// [`Error::CannotStart`]. The sandbox is in workers only: a function that runs in place, by
    /// `blocking(..)` or with `OFFLOOP_IN_PLACE=1`, may do what the program may do.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub const fn sandbox(mut self, sandbox: Sandbox) -> ProcessPool {
        self.config.sandbox = Some(sandbox);
        self
    }

    /// Returns the pool of every `#[cpu_bound]` function that names no other pool. It has a worker
    /// for each core that this process may use, or as many as the variable `OFFLOOP_WORKERS` says.
    #[must_use]
    pub fn global() -> &'static ProcessPool {
        static GLOBAL: ProcessPool = {
            let mut pool = ProcessPool::new("global");
            pool.config.workers = Workers::FromEnvironment;
            pool
        };
        &GLOBAL
    }

    /// Closes the pool: it takes no more calls, and each further call fails with [`Error::Closed`].
    /// Calls that are queued or running finish. Then the workers end. A worker that has no call and
    /// has not ended after 5 seconds is killed.
    ///
    /// Await the returned [`Closing`] to wait for that, or drop it.
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

    /// Closes the pool as [`close`](ProcessPool::close) does, and after `deadline` ends every call
    /// that has not ended by then, with [`Error::Closed`]. Calls in the queue never run, and the
    /// workers are killed.
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

    /// Sets how many workers the pool may have from now on. Workers beyond that number end: idle
    /// ones at once, the others after their calls. If [`min_workers`](ProcessPool::min_workers) is
    /// higher, it is lowered to `workers`.
    ///
    /// # Errors
    /// [`Error::InvalidPool`] if `workers` is 0, or if the other settings of the pool are invalid.
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

    /// Returns figures of what the pool has done and is doing. If the settings of the pool are
    /// invalid, all are 0.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.scheduler()
            .map_or_else(|_| Stats::default(), |scheduler| scheduler.stats())
    }

    /// Returns the shared state of the pool, which is made at the first use.
    ///
    /// # Errors
    /// The settings of the pool are invalid.
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
        // A pool without a call has nothing to close.
        if let Some(Ok(scheduler)) = self.scheduler.get() {
            scheduler.close();
        }
    }
}
