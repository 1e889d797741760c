//! The pool's handle of a worker process, and what the pool knows of that process.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::events::Said;
use super::pipeline::Pipeline;
use super::setup::Parts;
use crate::error::fault::KillReason;
use crate::process::host::listener::Doorbell;
use crate::process::host::post_mortem;
use crate::process::host::scheduler::Scheduler;
use crate::process::host::scheduler::job::Job;
use crate::process::host::stderr::Stderr;
use crate::process::protocol::frame::Assembler;
use crate::process::protocol::handshake::Hello;
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::shm::region::Region;
use crate::process::transport::{CallState, DOORBELLS, Ring};
use crate::util::sync::lock;
use crate::util::timer::Timer;

/// A worker process, as its pool sees it.
///
/// A worker runs one call at a time; short calls are prefetched and wait behind that one. Everything
/// that changes which calls those are happens under the lock of `inner`, together with killing. Each
/// step that both sides could take is decided in the slot of the call. So a kill that is meant for
/// one call never hits the next.
#[derive(Debug)]
pub(crate) struct WorkerHandle {
    number: usize,
    pub(super) pid: Pid,
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) hello: Hello,
    pub(super) socket: UnixStream,
    pub(super) ring: Ring,
    /// The doorbell that the worker rings for the reactor.
    pub(super) own_doorbell: OwnedFd,
    /// Readable when the process has ended.
    pub(super) pidfd: OwnedFd,
    pub(super) stderr: Arc<Stderr>,
    /// How often the kernel had killed for lack of memory when the process was started.
    pub(super) oom_kills: Option<u64>,
    /// The pool has decided to let the worker go.
    retiring: AtomicBool,
    /// How many calls the worker has. Written under the lock, read without it.
    load: AtomicUsize,
    pub(super) inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) life: Life,
    /// When the worker must have said its first message, or must have ended.
    pub(super) deadline: Timer,
    pub(super) input: Assembler,
    /// The call that the worker gets as soon as its arguments are encoded.
    pub(super) reserved: Option<Arc<Job>>,
    pub(super) pipeline: Pipeline,
    /// How many calls the worker has been given.
    pub(super) calls: u64,
    /// How many times descriptors were sent to the worker.
    pub(super) fd_messages: u64,
    /// How many of those the worker has certainly taken in: it has replied since.
    pub(super) fd_messages_seen: u64,
    pub(super) doorbells: [Option<Arc<Doorbell>>; DOORBELLS],
    /// The memory of the last large call, for the next one.
    pub(super) for_calls: Option<Arc<Region>>,
    /// The id of the region that the worker has mapped.
    pub(super) known_region: u64,
    /// The memory of the worker's large answers. `None` while an answer in it is being read.
    pub(super) for_answers: Option<Memory>,
    /// The worker has sent the memory of its large answers, which it may do once.
    pub(super) has_memory: bool,
    /// Descriptors that came up in answers, by the id of the call.
    pub(super) values: Vec<(u64, Vec<OwnedFd>)>,
    /// The call that was first in the pipeline and not begun at the last sweep, and since when.
    unbegun: Option<(u64, Instant)>,
    /// How long other calls were first and not begun before that one, since the last answer.
    unbegun_before: Duration,
    /// What the worker has said beside its answers.
    pub(super) said: Said,
    /// The worker has closed its socket, although the pool did not let it go.
    pub(super) hung_up: bool,
    /// The call whose answer was there at the last sweep, and was not taken in.
    pub(super) overdue: u64,
    /// Why the pool has killed the worker: the first reason.
    pub(super) kill_reason: Option<KillReason>,
    /// The pool has found something wrong with the worker: nothing that it says counts any more.
    pub(super) is_faulty: bool,
    pub(super) child: Child,
    /// The process was waited for. After that its id may belong to another process.
    pub(super) reaped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// The process was started, and has said nothing yet.
    Starting,
    /// The worker has said its first message and sets itself up.
    SettingUp,
    Ready,
    /// The worker was told to end, or was killed. It gets no more calls.
    Leaving,
}

/// After this time a worker that has only to begin a call, and has not, counts as stuck: perhaps it
/// was stopped. If it was only kept from the processor, no more is lost than its process.
pub(super) const STUCK: Duration = Duration::from_secs(1);

impl WorkerHandle {
    pub(crate) fn new(number: usize, scheduler: Arc<Scheduler>, parts: Parts) -> Arc<WorkerHandle> {
        Arc::new(WorkerHandle {
            number,
            pid: Pid::from_child(&parts.child),
            scheduler,
            hello: parts.hello,
            socket: parts.socket,
            ring: parts.ring,
            own_doorbell: parts.doorbell,
            pidfd: parts.pidfd,
            stderr: parts.stderr,
            oom_kills: post_mortem::oom_kills(),
            retiring: AtomicBool::new(false),
            load: AtomicUsize::new(0),
            inner: Mutex::new(Inner {
                life: Life::Starting,
                deadline: Timer::default(),
                input: Assembler::default(),
                reserved: None,
                pipeline: Pipeline::default(),
                calls: 0,
                fd_messages: Parts::FD_MESSAGES,
                fd_messages_seen: Parts::FD_MESSAGES,
                doorbells: std::array::from_fn(|_| None),
                for_calls: None,
                known_region: 0,
                for_answers: None,
                has_memory: false,
                values: Vec::new(),
                unbegun: None,
                unbegun_before: Duration::ZERO,
                said: Said::default(),
                hung_up: false,
                overdue: 0,
                kill_reason: None,
                is_faulty: false,
                child: parts.child,
                reaped: false,
            }),
        })
    }

    /// Readable when the process has ended.
    pub(crate) fn pidfd(&self) -> &OwnedFd {
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
        lock(&self.inner).calls
    }

    /// Returns how many calls the worker has, without its lock.
    pub(super) fn load(&self) -> usize {
        self.load.load(Ordering::Acquire)
    }

    /// Notes how many calls the worker has, for those who ask without the lock.
    pub(super) fn note_load(&self, inner: &Inner) {
        self.load.store(inner.load(), Ordering::Release);
    }

    /// Whether the worker has calls.
    pub(crate) fn has_calls(&self) -> bool {
        self.load() > 0
    }

    /// Returns how many prefetched calls the worker has not begun.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.inner).pipeline.waiting(&self.ring).count()
    }

    /// Returns for how long the call has run. `None` if the worker has not begun it.
    pub(crate) fn ran_for(&self, call: u64) -> Option<Duration> {
        let inner = lock(&self.inner);
        // A call that is not there any more has been answered, or is about to be.
        let position = inner.pipeline.position(call)?;
        let has_begun = self.ring.call_state(position, call) != CallState::Waiting;
        has_begun.then(|| self.ring.ran_for(position))
    }

    /// Removes a doorbell that is out of order.
    #[cfg(feature = "tokio")]
    pub(crate) fn forget_doorbell(&self, number: usize, broken: &Arc<Doorbell>) {
        // Another may have its number by now.
        let is_broken = |doorbell: &mut Arc<Doorbell>| Arc::ptr_eq(doorbell, broken);
        let doorbell = lock(&self.inner).doorbells[number].take_if(is_broken);
        drop(doorbell);
    }
}

impl Inner {
    /// From now on the worker gets no more calls.
    pub(super) fn leave(&mut self) {
        // A worker that is not ready yet stays so: it is the start that failed.
        if self.life == Life::Ready {
            self.life = Life::Leaving;
        }
    }

    pub(super) fn is_starting(&self) -> bool {
        matches!(self.life, Life::Starting | Life::SettingUp)
    }

    /// Whether the worker may send descriptors for the answer of this call.
    pub(super) fn may_send_values(&self, call: u64) -> bool {
        self.pipeline.position(call).is_some() && self.values.iter().all(|(of, _)| *of != call)
    }

    /// Notes that the worker has begun a call, which shows that it is not stuck.
    pub(super) fn has_begun(&mut self) {
        self.unbegun = None;
        self.unbegun_before = Duration::ZERO;
    }

    /// Notes that this call is first in the pipeline and not begun. Returns for how long that has
    /// been so, for this call and for those before it.
    pub(super) fn has_not_begun(&mut self, call: u64) -> Duration {
        let since = match self.unbegun {
            Some((known, since)) if known == call => since,
            _ => self.unbegun.insert((call, Instant::now())).1,
        };
        self.unbegun_before + since.elapsed()
    }

    /// Notes that a call was taken back before the worker had begun it. Returns for how long the
    /// worker has begun none.
    pub(super) fn has_lost(&mut self, call: u64) -> Duration {
        if let Some((_, since)) = self.unbegun.take_if(|(known, _)| *known == call) {
            self.unbegun_before += since.elapsed();
        }
        self.unbegun_before
    }

    /// Returns how many calls the worker has, the one that is being encoded included.
    pub(super) fn load(&self) -> usize {
        self.pipeline.calls() + usize::from(self.reserved.is_some())
    }
}
