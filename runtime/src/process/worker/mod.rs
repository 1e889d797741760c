//! A worker process as its pool sees it: what is sent to it, what it says, how it is killed and
//! buried.
//!
//! A worker runs one call at a time. Everything that changes which call that is happens under one
//! lock, together with killing, so that a kill meant for one call never hits the next.

mod end;
mod hear;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use rustix::net::SendFlags;
use rustix::process::Pid;

use super::core::Core;
use super::evidence;
use super::frame::Assembler;
use super::hooks;
use super::job::Job;
use super::poller::{Poller, Source};
use super::serve::Hello;
use super::status::StatusPage;
use super::stderr::Stderr;
use crate::sync::lock;
use crate::timer::{Expire, Timer};

pub(crate) use end::Death;

#[derive(Debug)]
pub(crate) struct Worker {
    number: usize,
    pid: Pid,
    core: Arc<Core>,
    hello: Hello,
    socket: UnixStream,
    /// Readable when the process has ended.
    pidfd: OwnedFd,
    stderr: Arc<Stderr>,
    oom_kills: Option<u64>,
    /// The pool has decided that it leaves.
    dismissed: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    life: Life,
    /// Until when it has to say its first word, or to end.
    deadline: Option<Timer>,
    /// What is still to be sent of the running call, and from where on.
    output: Option<(Arc<Vec<u8>>, usize)>,
    input: Assembler,
    running: Option<Running>,
    /// How many calls it has taken.
    calls: u64,
    /// In words, if this side has found fault with it.
    fault: Option<String>,
    child: Child,
    /// After that its process id may belong to somebody else.
    buried: bool,
}

#[derive(Debug)]
enum Life {
    /// Started; nothing is heard of it yet, or it has said its first word and sets itself up.
    Starting(Option<StatusPage>),
    Ready(StatusPage),
    /// Told to end, or found at fault: takes no call.
    Leaving(Option<StatusPage>),
}

#[derive(Debug)]
struct Running {
    job: Arc<Job>,
    since: Instant,
    /// Its request is on the way; before that the worker knows nothing of it.
    sent: bool,
}

/// What came of asking a worker to take a call.
pub(crate) enum Taken {
    Yes,
    /// The caller has gone in the meantime.
    NotWanted,
    /// The worker cannot take any.
    Unfit,
}

impl Worker {
    pub(crate) fn new(
        number: usize,
        core: Arc<Core>,
        hello: Hello,
        socket: UnixStream,
        pidfd: OwnedFd,
        stderr: Arc<Stderr>,
        child: Child,
    ) -> Arc<Worker> {
        Arc::new(Worker {
            number,
            pid: Pid::from_child(&child),
            core,
            hello,
            socket,
            pidfd,
            stderr,
            oom_kills: evidence::oom_kills(),
            dismissed: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                life: Life::Starting(None),
                deadline: None,
                output: None,
                input: Assembler::default(),
                running: None,
                calls: 0,
                fault: None,
                child,
                buried: false,
            }),
        })
    }

    /// Begins to listen to the worker, and gives it a time in which to say its first word.
    pub(crate) fn watch(self: &Arc<Worker>) -> io::Result<()> {
        let target = Arc::downgrade(self) as Weak<dyn Expire>;
        let deadline = crate::timer::after(self.core.settings().start_timeout, target, FIRST_WORD);
        let watched = deadline.and_then(|timer| {
            lock(&self.inner).deadline = Some(timer);
            REACTOR.watch(self, &[self.socket.as_fd(), self.pidfd.as_fd()])
        });
        watched.inspect_err(|_| {
            // Nobody will hear of its end.
            let mut inner = lock(&self.inner);
            self.kill_locked(&inner);
            let _ = inner.child.wait();
            inner.buried = true;
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

    /// Gives the worker a call, if it is idle and the call is still wanted.
    ///
    /// `request` is the whole frame, or `None` while somebody still encodes it: [`send`](Self::send) follows.
    pub(crate) fn take(self: &Arc<Worker>, job: &Arc<Job>, request: Option<Arc<Vec<u8>>>) -> Taken {
        let mut inner = lock(&self.inner);
        if !matches!(inner.life, Life::Ready(_)) || inner.running.is_some() {
            return Taken::Unfit;
        }
        // Job and worker come to know of each other under the worker's lock, so that a caller who
        // leaves either is seen here or finds the worker to kill.
        let sent = request.is_some();
        if !job.assign(self, sent) {
            return Taken::NotWanted;
        }
        inner.running = Some(Running {
            job: Arc::clone(job),
            since: Instant::now(),
            sent,
        });
        if let Some(request) = request {
            self.send_locked(&mut inner, job, request);
        }
        Taken::Yes
    }

    /// Sends the request of the running call, which had to be encoded first.
    pub(crate) fn send(&self, job: &Job, request: Arc<Vec<u8>>) {
        let mut inner = lock(&self.inner);
        if let Some(running) = &mut inner.running {
            if running.job.id() == job.id() && !running.sent {
                running.since = Instant::now();
                running.sent = true;
                self.send_locked(&mut inner, job, request);
            }
        }
    }

    fn send_locked(&self, inner: &mut Inner, job: &Job, request: Arc<Vec<u8>>) {
        if let Life::Ready(status) = &inner.life {
            status.set_attempt(job.attempt());
        }
        inner.calls += 1;
        inner.output = Some((request, 0));
        self.flush_locked(inner);
    }

    /// Sends as much as the socket takes.
    fn flush(&self) {
        self.flush_locked(&mut lock(&self.inner));
    }

    fn flush_locked(&self, inner: &mut Inner) {
        while let Some((bytes, at)) = &mut inner.output {
            if *at == bytes.len() {
                inner.output = None;
                return;
            }
            match rustix::net::send(&self.socket, &bytes[*at..], SendFlags::NOSIGNAL) {
                Ok(sent) => *at += sent,
                Err(rustix::io::Errno::INTR) => {}
                // The reactor goes on when the socket has room again. Any other failure means
                // that the worker is gone, which the reactor hears of too.
                Err(_) => return,
            }
        }
    }

    /// Notes that the pool lets it go, now or after its call.
    pub(crate) fn set_dismissed(&self) {
        self.dismissed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_dismissed(&self) -> bool {
        self.dismissed.load(Ordering::Relaxed)
    }

    /// How much memory it took after its last call, in bytes, as it says itself.
    pub(crate) fn resident_memory(&self) -> u64 {
        match &lock(&self.inner).life {
            Life::Ready(status) => status.resident(),
            Life::Starting(_) | Life::Leaving(_) => 0,
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        lock(&self.inner).calls
    }
}

impl Inner {
    fn leave(&mut self) {
        self.life = match std::mem::replace(&mut self.life, Life::Leaving(None)) {
            Life::Ready(status) => Life::Leaving(Some(status)),
            // Which it remains: it is the start that failed.
            Life::Starting(status) => Life::Starting(status),
            Life::Leaving(status) => Life::Leaving(status),
        };
    }
}

/// What a deadline is for.
const FIRST_WORD: u64 = 0;
const END: u64 = 1;

/// How long a worker may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// The thread that hears from workers. It runs no user code and waits for nothing else.
static REACTOR: Poller = Poller::new("offloop-reactor");

impl Source for Worker {
    fn ready(self: Arc<Self>, index: usize) -> bool {
        if index == 0 {
            self.receive();
            self.flush();
            true
        } else {
            !self.bury()
        }
    }
}

/// The worker has not said its first word in time, or has not ended in time.
impl Expire for Worker {
    fn expire(self: Arc<Self>, about: u64) {
        let inner = lock(&self.inner);
        let is_leaving = about == END && matches!(inner.life, Life::Leaving(_));
        if is_leaving && inner.running.is_some() {
            self.condemn(inner, "it closed its socket and went on".to_owned());
        } else if is_leaving {
            self.kill_locked(&inner);
        } else if about == FIRST_WORD {
            let limit = self.core.settings().start_timeout;
            let pid = self.pid();
            let fault = match inner.life {
                Life::Starting(None) => format!(
                    "worker process {pid} said nothing within {limit:?}; does the program link offloop, \
                     with the feature `auto-worker` or with `offloop::init()` as the first line of `main`?"
                ),
                Life::Starting(Some(_)) => format!(
                    "what runs when a worker starts ({}) was not through within {limit:?} in worker process {pid}",
                    hooks::names()
                ),
                _ => return,
            };
            self.condemn(inner, fault);
        }
    }
}
