//! The pool's handle of a worker process, and what the handle asks of its pool and of its calls.

use std::fmt::Debug;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::Pid;

use super::setup::Parts;
use super::state::{Calls, Link, Process};
use crate::call::header::CallHeader;
use crate::context::Progress;
use crate::error::fault::{StartFault, Unsent};
use crate::error::{Error, Phase, Started};
use crate::process::config::Config;
use crate::process::host::listener::{Ringer, Runtime};
use crate::process::host::post_mortem::{self, Death};
use crate::process::host::stderr::Stderr;
use crate::process::protocol::handshake::Hello;
use crate::process::protocol::reply::Reply;
use crate::process::transport::{Body, CallState, Ring};
use crate::util::sync::lock;

/// The pool of a worker, as the handle of the worker sees it: what the handle tells upward.
///
/// No method is called under the lock of the handle, except those that say so.
pub(crate) trait Supervisor: Debug + Sized + Send + Sync + 'static {
    /// The calls of the pool.
    type Call: Call<Self>;

    fn config(&self) -> &Config;

    /// The worker has set itself up, and is free.
    fn on_ready(self: &Arc<Self>, worker: &Arc<WorkerHandle<Self>>);

    /// The worker has nothing to do any more.
    fn on_idle(self: &Arc<Self>, worker: &Arc<WorkerHandle<Self>>);

    /// The worker has answered calls, and has others: there is room for more.
    fn on_replies(self: &Arc<Self>, worker: &Arc<WorkerHandle<Self>>);

    /// The worker is dead, of which its calls are about to be told.
    fn on_death(&self, worker: &WorkerHandle<Self>);

    /// The worker is dead, and its calls were told. `failed_start` says why, if it never was ready.
    fn on_exit(
        self: &Arc<Self>,
        worker: &Arc<WorkerHandle<Self>>,
        failed_start: Option<StartFault>,
    );

    /// A worker was given a call: a sweep has to come. Called under the lock of the handle.
    fn ensure_sweep(self: &Arc<Self>);

    /// Counts a call that was put behind another. Called under the lock of the handle.
    fn count_prefetched(&self, prefetched: bool);

    /// Takes so many of those from the count. Called under the lock of the handle.
    fn uncount_prefetched(&self, count: usize);
}

/// How far a call is, and the number of that: another number is something newer.
pub(crate) type Report = (u32, Progress);

/// A call, as the handle of the worker sees it that has the call. `S` is the pool.
pub(crate) trait Call<S: Supervisor>: Debug + Send + Sync + 'static {
    fn id(&self) -> u64;

    /// Returns what travels with the call beside its arguments.
    fn header(&self) -> CallHeader;

    /// Returns the async runtime that is to hear of the answer by itself.
    fn runtime(&self) -> Option<&Arc<Runtime>>;

    /// Notes that `worker` has the call now, and starts its clock if it `runs` at once. False if
    /// the call is not wanted any more. Called under the lock of the handle.
    ///
    /// # Errors
    /// There is no clock: the call has to fail with this.
    fn assign(self: &Arc<Self>, worker: &Arc<WorkerHandle<S>>, runs: bool) -> Result<bool, Error>;

    /// Returns the error of a call whose arguments cannot be sent. Called under the lock of the
    /// handle.
    fn unsent(&self, reason: &Unsent) -> Error;

    /// Whether the caller wants to know how far the call is.
    fn wants_progress(&self) -> bool;

    /// The function of the call has said how far it is.
    fn progressed(&self, report: Report);

    /// The worker of this process id has answered the call.
    fn finish_with_reply(self: Arc<Self>, reply: Reply<Body>, pid: u32);

    /// The worker died of the call, or did not begin it although it was its turn.
    fn worker_died(self: Arc<Self>, death: &Death, phase: Phase);

    /// The worker died before it was the turn of the call: another worker runs it.
    fn move_on(self: Arc<Self>);

    /// The pool is shut down and waits no longer.
    fn abort(&self, started: Started);
}

/// A worker process, as its pool sees it. `S` is the pool.
///
/// A worker runs one call at a time; short calls are prefetched and wait behind that one.
/// Everything that changes which calls those are happens under the lock of `inner`, together with
/// killing. Each step that both sides could take is decided in the slot of the call. So a kill that
/// is meant for one call never hits the next.
#[derive(Debug)]
pub(crate) struct WorkerHandle<S: Supervisor> {
    number: usize,
    pub(super) pid: Pid,
    pub(super) supervisor: Arc<S>,
    pub(super) hello: Hello,
    pub(super) socket: UnixStream,
    pub(super) ring: Ring,
    /// The doorbell that the worker rings for the reactor.
    pub(super) own_doorbell: OwnedFd,
    /// Readable when the process has ended.
    pub(super) pidfd: Arc<OwnedFd>,
    pub(super) stderr: Arc<Stderr>,
    /// How often the kernel had killed for lack of memory when the process was started.
    pub(super) oom_kills: Option<u64>,
    /// The pool has decided to let the worker go.
    retiring: AtomicBool,
    /// How many calls the worker has. Written under the lock, read without it.
    load: AtomicUsize,
    pub(super) inner: Mutex<Inner<S::Call>>,
}

#[derive(Debug)]
pub(super) struct Inner<C> {
    pub(super) process: Process,
    pub(super) calls: Calls<C>,
    pub(super) link: Link,
}

impl<S: Supervisor> WorkerHandle<S> {
    pub(crate) fn new(number: usize, supervisor: Arc<S>, parts: Parts) -> Arc<Self> {
        Arc::new(WorkerHandle {
            number,
            pid: Pid::from_child(&parts.child),
            supervisor,
            hello: parts.hello,
            socket: parts.socket,
            ring: parts.ring,
            own_doorbell: parts.doorbell,
            pidfd: Arc::new(parts.pidfd),
            stderr: parts.stderr,
            oom_kills: post_mortem::oom_kills(),
            retiring: AtomicBool::new(false),
            load: AtomicUsize::new(0),
            inner: Mutex::new(Inner {
                process: Process::new(parts.child),
                calls: Calls::default(),
                link: Link::default(),
            }),
        })
    }

    /// Returns a descriptor that is readable when the process has ended.
    pub(crate) fn pidfd(&self) -> &Arc<OwnedFd> {
        &self.pidfd
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Notes that the pool lets the worker go, now or after its calls.
    pub(crate) fn mark_retiring(&self) {
        self.retiring.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_retiring(&self) -> bool {
        self.retiring.load(Ordering::Relaxed)
    }

    /// Returns how much memory the worker took after its last call, in bytes, as it says itself.
    pub(crate) fn resident_memory(&self) -> u64 {
        self.ring.resident()
    }

    /// Returns how many calls the worker has been given.
    pub(crate) fn calls(&self) -> u64 {
        lock(&self.inner).calls.given
    }

    /// Returns how many calls the worker has, without its lock.
    pub(super) fn load(&self) -> usize {
        self.load.load(Ordering::Acquire)
    }

    /// Notes how many calls the worker has, for those who ask without the lock.
    pub(super) fn note_load(&self, inner: &Inner<S::Call>) {
        self.load.store(inner.calls.load(), Ordering::Release);
    }

    /// Returns whether the worker has calls.
    pub(crate) fn has_calls(&self) -> bool {
        self.load() > 0
    }

    /// Returns how many prefetched calls the worker has not begun.
    pub(crate) fn waiting(&self) -> usize {
        let inner = lock(&self.inner);
        inner.calls.pipeline.waiting(&self.ring).count()
    }

    /// Returns for how long the call has run. `None` if the worker has not begun it.
    pub(crate) fn ran_for(&self, call: u64) -> Option<Duration> {
        let inner = lock(&self.inner);
        // A call that is not there any more has been answered, or is about to be.
        let position = inner.calls.pipeline.position(call)?;
        let has_begun = self.ring.call_state(position, call) != CallState::Waiting;
        has_begun.then(|| self.ring.ran_for(position))
    }
}

impl<S: Supervisor> Ringer for WorkerHandle<S> {
    fn rung(self: Arc<Self>, number: usize) {
        self.listen(number);
    }

    fn forget(&self, number: usize) {
        let mut inner = lock(&self.inner);
        // Another doorbell may have its number by now.
        let doorbell = inner.link.doorbells[number].take_if(|doorbell| doorbell.has_ended());
        drop(inner);
        drop(doorbell);
    }
}
