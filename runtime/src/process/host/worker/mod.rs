//! A worker process as its pool sees it: what it is given, what it says, how it is killed and reaped.
//!
//! A worker runs one call at a time; short ones lie ready behind it. Everything that changes which
//! calls those are happens under one lock, together with killing, and each step that both sides
//! could take is decided in the slot of the call. So a kill meant for one call never hits the next.

mod dispatch;
mod kill;
mod pipeline;
mod replies;
mod setup;

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Pid;

use self::pipeline::Pipeline;
use super::post_mortem;
use super::reactor::Source;
use super::scheduler::Scheduler;
use super::scheduler::job::Job;
use super::stderr::Stderr;
use crate::process::host::listener::Doorbell;
use crate::process::protocol::frame::Assembler;
use crate::process::protocol::handshake::Hello;
use crate::process::transport::shm::doorbell;
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::shm::region::Region;
use crate::process::transport::{CallState, DOORBELLS, Ring};
use crate::tasks::hooks;
use crate::util::sync::lock;
use crate::util::timer::{Expire, Timer, Token};

pub(crate) use dispatch::Taken;
pub(crate) use kill::{Death, Stop};
pub(crate) use setup::Parts;

#[derive(Debug)]
pub(crate) struct WorkerHandle {
    number: usize,
    pid: Pid,
    scheduler: Arc<Scheduler>,
    hello: Hello,
    socket: UnixStream,
    ring: Ring,
    /// What it rings for the pool's own thread.
    own_doorbell: OwnedFd,
    /// Readable when the process has ended.
    pidfd: OwnedFd,
    stderr: Arc<Stderr>,
    oom_kills: Option<u64>,
    /// The pool has decided that it leaves.
    retiring: AtomicBool,
    /// How many calls it has, for those who only want to know whether there is something to do.
    load: AtomicUsize,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    life: Life,
    /// Until when it has to say its first word, or to end.
    deadline: Timer,
    input: Assembler,
    /// A call that it gets as soon as somebody has encoded it.
    reserved: Option<Arc<Job>>,
    pipeline: Pipeline,
    /// How many calls it has taken.
    calls: u64,
    /// How many times descriptors were sent to it.
    fd_messages: u64,
    /// ... when its last call was done, which took in what was sent before.
    fd_messages_seen: u64,
    doorbells: [Option<Arc<Doorbell>>; DOORBELLS],
    /// The memory that its last large call lay in, for the next.
    for_calls: Option<Arc<Region>>,
    /// The region that it knows.
    known_region: u64,
    /// The memory that its large answers lie in, unless somebody reads one.
    for_answers: Option<Memory>,
    /// It has sent that.
    has_memory: bool,
    /// Descriptors that came up in answers, and of which call.
    values: Vec<(u64, Vec<OwnedFd>)>,
    /// The call that was first in its line and not begun when somebody looked, and when that was.
    unbegun: Option<(u64, Instant)>,
    /// For how long others were before that one, since its last answer.
    unbegun_before: Duration,
    /// It has closed its socket, which nobody had asked it to.
    hung_up: bool,
    /// The call whose answer lay there when somebody looked for answers that nobody takes in.
    overdue: u64,
    /// In words, if this side has found fault with it.
    fault: Option<String>,
    child: Child,
    /// After that its process id may belong to somebody else.
    reaped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Started; nothing is heard of it yet.
    Starting,
    /// It has said its first word and sets itself up.
    SettingUp,
    Ready,
    /// Told to end, or found at fault: takes no call.
    Leaving,
}

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
                hung_up: false,
                overdue: 0,
                fault: None,
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

    /// Notes that the pool lets it go, now or after its calls.
    pub(crate) fn mark_retiring(&self) {
        self.retiring.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_retiring(&self) -> bool {
        self.retiring.load(Ordering::Relaxed)
    }

    /// How much memory it took after its last call, in bytes, as it says itself.
    pub(crate) fn resident_memory(&self) -> u64 {
        self.ring.resident()
    }

    pub(crate) fn calls(&self) -> u64 {
        lock(&self.inner).calls
    }

    /// Whether it has calls.
    pub(crate) fn has_calls(&self) -> bool {
        self.load.load(Ordering::Acquire) > 0
    }

    /// How many of its calls it has not begun.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.inner).pipeline.waiting(&self.ring).count()
    }

    /// For how long this call has run. `None` if the worker has not begun it.
    pub(crate) fn ran_for(&self, call: u64) -> Option<Duration> {
        let inner = lock(&self.inner);
        // One that is not there any more has been answered, or is about to be.
        let position = inner.pipeline.position(call)?;
        let has_begun = self.ring.call_state(position, call) != CallState::Waiting;
        has_begun.then(|| self.ring.ran_for(position))
    }

    /// The doorbell is out of order.
    #[cfg(feature = "tokio")]
    pub(crate) fn forget_doorbell(&self, number: usize, broken: &Arc<Doorbell>) {
        // Another may hang in its place by now.
        let is_broken = |doorbell: &mut Arc<Doorbell>| Arc::ptr_eq(doorbell, broken);
        let doorbell = lock(&self.inner).doorbells[number].take_if(is_broken);
        drop(doorbell);
    }
}

impl Inner {
    fn leave(&mut self) {
        // One that has not come up yet stays so: it is the start that failed.
        if self.life == Life::Ready {
            self.life = Life::Leaving;
        }
    }

    fn is_starting(&self) -> bool {
        matches!(self.life, Life::Starting | Life::SettingUp)
    }

    /// Whether descriptors may come for the answer of this call.
    fn may_send_values(&self, call: u64) -> bool {
        self.pipeline.position(call).is_some() && self.values.iter().all(|(of, _)| *of != call)
    }

    /// The worker shows that it lives.
    fn has_begun(&mut self) {
        self.unbegun = None;
        self.unbegun_before = Duration::ZERO;
    }

    /// This call is first in its line and not begun. Gives for how long that has been so, for it and for
    /// those before it.
    fn has_not_begun(&mut self, call: u64) -> Duration {
        let since = match self.unbegun {
            Some((known, since)) if known == call => since,
            _ => self.unbegun.insert((call, Instant::now())).1,
        };
        self.unbegun_before + since.elapsed()
    }

    /// A call that it had not begun is taken back. Gives for how long it has begun none.
    fn has_lost(&mut self, call: u64) -> Duration {
        if let Some((_, since)) = self.unbegun.take_if(|(known, _)| *known == call) {
            self.unbegun_before += since.elapsed();
        }
        self.unbegun_before
    }

    /// How many calls it has, the one that is being encoded included.
    fn load(&self) -> usize {
        self.pipeline.calls() + usize::from(self.reserved.is_some())
    }
}

/// What a deadline of a worker is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// How long it may take to say its first word.
    FirstWord,
    /// How long it may take to end by itself.
    End,
}

impl Token for Deadline {
    fn to_number(self) -> u64 {
        self as u64
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::FirstWord,
            _ => Deadline::End,
        }
    }
}

/// A worker that has had nothing to do but to begin a call, and has not for so long, never will: it was
/// stopped, perhaps. Should it only have been kept from the processor, no more is lost than its process.
const STUCK: Duration = Duration::from_secs(1);

const NOTHING_BEGUN: &str = "it took up no call any more";

/// How long a worker may take to end by itself.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// What the pool's own thread watches.
const SOCKET: usize = 0;
const PIDFD: usize = 1;

impl Source for WorkerHandle {
    fn ready(self: Arc<Self>, index: usize) -> bool {
        match index {
            SOCKET => self.receive(),
            PIDFD => return !self.reap(),
            _ => self.listen(doorbell::OWN),
        }
        true
    }
}

/// The worker has not said its first word in time, or has not ended in time.
impl Expire for WorkerHandle {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        let inner = lock(&self.inner);
        let is_leaving = deadline == Deadline::End && inner.life == Life::Leaving;
        if is_leaving && inner.load() > 0 {
            self.kill_for(inner, "it closed its socket and went on".to_owned());
        } else if is_leaving {
            self.kill_locked(&inner);
        } else if deadline == Deadline::FirstWord {
            let limit = self.scheduler.settings().start_timeout;
            let pid = self.pid();
            let fault = match inner.life {
                Life::Starting => format!(
                    "worker process {pid} said nothing within {limit:?}; does the program link offloop, \
                     with the feature `auto-worker` or with `offloop::init()` as the first line of `main`?"
                ),
                Life::SettingUp => format!(
                    "what runs when a worker starts ({}) was not through within {limit:?} in worker process {pid}",
                    hooks::names()
                ),
                _ => return,
            };
            self.kill_for(inner, fault);
        }
    }
}
