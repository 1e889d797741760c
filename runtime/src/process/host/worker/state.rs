//! What the pool knows of a worker and changes under the worker's lock, in three groups: the
//! process, its calls, and the link to it.

use std::os::fd::OwnedFd;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pipeline::Pipeline;
use super::said::Said;
use super::setup::Parts;
use crate::error::fault::KillReason;
use crate::process::host::listener::Doorbell;
use crate::process::protocol::frame::Assembler;
use crate::process::transport::DOORBELLS;
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::shm::region::Region;
use crate::util::timer::Timer;

/// The process of a worker, from its start until it is reaped.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) life: Life,
    /// When the worker must be ready, or must have ended.
    pub(super) deadline: Timer,
    /// The worker has closed its socket, although the pool did not let it go.
    pub(super) hung_up: bool,
    /// What the worker has said beside its answers.
    pub(super) said: Said,
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

impl Process {
    pub(super) fn new(child: Child) -> Process {
        Process {
            life: Life::Starting,
            deadline: Timer::default(),
            hung_up: false,
            said: Said::default(),
            kill_reason: None,
            is_faulty: false,
            child,
            reaped: false,
        }
    }

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
}

/// The calls of a worker.
#[derive(Debug)]
pub(super) struct Calls<C> {
    pub(super) pipeline: Pipeline<C>,
    /// The call that the worker gets as soon as its arguments are encoded.
    pub(super) reserved: Option<Arc<C>>,
    /// How many calls the worker has been given.
    pub(super) given: u64,
    /// The call that was first in the pipeline and not begun at the last sweep, and since when.
    unbegun: Option<(u64, Instant)>,
    /// How long other calls were first and not begun before that one, since the last answer.
    unbegun_before: Duration,
    /// The call whose answer was there at the last sweep, and was not taken in.
    pub(super) overdue: u64,
}

impl<C> Default for Calls<C> {
    fn default() -> Calls<C> {
        Calls {
            pipeline: Pipeline::default(),
            reserved: None,
            given: 0,
            unbegun: None,
            unbegun_before: Duration::ZERO,
            overdue: 0,
        }
    }
}

impl<C> Calls<C> {
    /// Returns how many calls the worker has, the one that is being encoded included.
    pub(super) fn load(&self) -> usize {
        self.pipeline.calls() + usize::from(self.reserved.is_some())
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
}

/// What the worker and the pool have sent each other beside the slots of the ring.
#[derive(Debug)]
pub(super) struct Link {
    /// What has come of a frame that is not whole yet.
    pub(super) input: Assembler,
    /// How many times descriptors were sent to the worker.
    pub(super) fd_messages: u64,
    /// How many of those the worker has certainly taken in: it has replied since.
    pub(super) fd_messages_seen: u64,
    /// The doorbells that the worker can ring, by their numbers.
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
}

impl Default for Link {
    fn default() -> Link {
        Link {
            input: Assembler::default(),
            fd_messages: Parts::FD_MESSAGES,
            fd_messages_seen: Parts::FD_MESSAGES,
            doorbells: std::array::from_fn(|_| None),
            for_calls: None,
            known_region: 0,
            for_answers: None,
            has_memory: false,
            values: Vec::new(),
        }
    }
}
