//! A worker process as its pool sees it: what is sent to it, what it says, how it is killed and
//! buried.
//!
//! A worker runs one call at a time. Everything that changes which call that is happens under one
//! lock, together with killing, so that a kill meant for one call never hits the next.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};
use rustix::process::{Pid, Signal};

use super::core::Core;
use super::evidence;
use super::frame::{Assembler, Kind, NoFrame, Reply};
use super::hooks;
use super::job::Job;
use super::poller::{Poller, Source};
use super::serve::Hello;
use super::status::StatusPage;
use super::stderr::Stderr;
use crate::error::{Exit, Phase, last_words};
use crate::sync::lock;
use crate::timer::{Expire, Timer};
use crate::wire::Decoder;

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

/// What is known of a worker's end.
#[derive(Debug)]
pub(crate) struct Death {
    pub(crate) pid: u32,
    pub(crate) exit: Exit,
    pub(crate) phase: Phase,
    pub(crate) ran_for: Duration,
    pub(crate) out_of_memory: Option<String>,
    pub(crate) stderr: String,
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
            if running.job.id() == job.id() {
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

    /// Takes in what the worker says before it is ready. True once it is.
    fn receive_start(self: &Arc<Worker>, inner: &mut Inner) -> Result<bool, String> {
        if matches!(inner.life, Life::Starting(None)) && !self.receive_hello(inner)? {
            return Ok(false);
        }
        match inner.input.read(&self.socket, Kind::Ready) {
            Ok(frame) => {
                let failure: Option<String> = Decoder::new(&frame.body)
                    .output()
                    .map_err(|error| format!("its report cannot be read: {error}"))?;
                if let Some(failure) = failure {
                    return Err(failure);
                }
            }
            Err(NoFrame::NotYet | NoFrame::Closed) => return Ok(false),
            Err(NoFrame::Garbage(fault)) => return Err(fault),
            Err(NoFrame::Io(error)) => return Err(format!("it cannot be heard: {error}")),
        }
        if let Life::Starting(Some(status)) =
            std::mem::replace(&mut inner.life, Life::Starting(None))
        {
            inner.life = Life::Ready(status);
        }
        inner.deadline = None;
        Ok(true)
    }

    /// Reads the worker's first word. True once it has been said.
    fn receive_hello(self: &Arc<Worker>, inner: &mut Inner) -> Result<bool, String> {
        let mut bytes = [0; Hello::LENGTH];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = rustix::net::recvmsg(
            &self.socket,
            &mut [IoSliceMut::new(&mut bytes)],
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        );
        let length = match received {
            Ok(message) => message.bytes,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(false),
            Err(error) => return Err(format!("its first word cannot be read: {error}")),
        };
        if length == 0 {
            self.expect_end(inner);
            return Ok(false);
        }
        let page: Option<OwnedFd> = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        if length != bytes.len() || bytes != self.hello.to_bytes() {
            return Err("it is another build of this program, or not this program; \
                 was the executable replaced?"
                .to_owned());
        }
        let page = page.ok_or("it sent no status page")?;
        inner.life = Life::Starting(Some(StatusPage::open(&page)?));
        Ok(true)
    }

    /// Takes in all that the worker has said.
    fn receive(self: &Arc<Worker>) {
        let mut inner = lock(&self.inner);
        if inner.fault.is_some() {
            // It has been killed, and nothing that it said counts any more.
            return;
        }
        if let Life::Starting(_) = inner.life {
            match self.receive_start(&mut inner) {
                Ok(true) => {
                    drop(inner);
                    self.core.worker_ready(self);
                    inner = lock(&self.inner);
                }
                Ok(false) => return,
                Err(fault) => return self.condemn(inner, fault),
            }
        }
        loop {
            match inner.input.read(&self.socket, Kind::Reply) {
                Ok(frame) => {
                    let is_running = inner.running.as_ref().map(|running| running.job.id());
                    if is_running != Some(frame.call) {
                        return self
                            .condemn(inner, "it answered a call that it was not given".to_owned());
                    }
                    match Reply::parse(frame.body) {
                        Ok(reply) => {
                            let running = inner.running.take();
                            inner.output = None;
                            drop(inner);
                            if let Some(running) = running {
                                running.job.finish_with_reply(reply, self.pid());
                            }
                            self.core.worker_free(self);
                            inner = lock(&self.inner);
                        }
                        Err(fault) => return self.condemn(inner, fault),
                    }
                }
                Err(NoFrame::NotYet) => return,
                Err(NoFrame::Closed) => return self.expect_end(&mut inner),
                Err(NoFrame::Garbage(fault)) => return self.condemn(inner, fault),
                Err(NoFrame::Io(error)) => {
                    return self.condemn(inner, format!("it cannot be heard: {error}"));
                }
            }
        }
    }

    /// Kills a worker that cannot be trusted any more. Its call is told when it is buried.
    fn condemn(&self, mut inner: MutexGuard<'_, Inner>, fault: String) {
        inner.fault.get_or_insert(fault);
        inner.leave();
        self.kill_locked(&inner);
    }

    /// Ends this call, if it is still the one that runs: kills the worker with all that it has
    /// started. Gives true if that was not needed, because the worker had not been sent the call;
    /// it is free then.
    pub(crate) fn end(&self, call: u64) -> bool {
        let mut inner = lock(&self.inner);
        match &inner.running {
            Some(running) if running.job.id() == call => {
                if running.sent {
                    inner.leave();
                    self.kill_locked(&inner);
                    return false;
                }
            }
            _ => return false,
        }
        inner.running = None;
        true
    }

    /// Asks the function of this call to stop, if it is still the one that runs. False if not, or if
    /// the worker has not been sent it.
    pub(crate) fn ask_to_stop(&self, call: u64) -> bool {
        let inner = lock(&self.inner);
        match (&inner.running, &inner.life) {
            (Some(running), Life::Ready(status)) if running.job.id() == call && running.sent => {
                status.ask_to_stop(call);
                true
            }
            _ => false,
        }
    }

    /// Ends whatever it does, and the worker.
    pub(crate) fn cut_off(self: &Arc<Worker>) {
        let inner = lock(&self.inner);
        let job = inner
            .running
            .as_ref()
            .map(|running| Arc::clone(&running.job));
        drop(inner);
        if let Some(job) = job {
            job.cut_off();
        }
        let mut inner = lock(&self.inner);
        inner.leave();
        self.kill_locked(&inner);
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

    fn kill_locked(&self, inner: &Inner) {
        if !inner.buried {
            // The worker leads a process group, which is what it has started. Both may be gone
            // already, and then there is nothing to kill.
            let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
            let _ = rustix::process::kill_process(self.pid, Signal::KILL);
        }
    }

    /// Lets the worker end by itself, which it does when it hears that nothing more will come.
    pub(crate) fn retire(self: &Arc<Worker>) {
        let mut inner = lock(&self.inner);
        inner.leave();
        // It fails only if the worker is gone.
        let _ = self.socket.shutdown(Shutdown::Write);
        self.expect_end(&mut inner);
    }

    /// The worker has closed its socket, or was told to end: it must be gone soon.
    fn expect_end(self: &Arc<Worker>, inner: &mut Inner) {
        if matches!(inner.life, Life::Starting(_)) || inner.buried {
            return;
        }
        inner.leave();
        let target = Arc::downgrade(self) as Weak<dyn Expire>;
        match crate::timer::after(FAREWELL, target, END) {
            Ok(timer) => inner.deadline = Some(timer),
            Err(_) => self.kill_locked(inner),
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        lock(&self.inner).calls
    }

    /// The process has ended: hears its last words, collects its exit status and tells whoever is
    /// concerned. False if it has not ended after all.
    fn bury(self: &Arc<Worker>) -> bool {
        // What it said before it died still counts.
        self.receive();
        let mut inner = lock(&self.inner);
        if inner.buried {
            return true;
        }
        // Whatever it had started dies with it. As long as the worker is not collected, its id, and
        // so that of its group, cannot be anybody else's.
        let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        let exit = match inner.child.try_wait() {
            Ok(Some(status)) => exit_of(status),
            Ok(None) => return false,
            Err(_) => Exit::Unknown,
        };
        inner.buried = true;
        inner.deadline = None;
        let was_starting = matches!(inner.life, Life::Starting(_));
        let running = inner.running.take();
        let fault = inner.fault.take();
        let life = std::mem::replace(&mut inner.life, Life::Leaving(None));
        drop(inner);

        let status = match life {
            Life::Ready(status) | Life::Leaving(Some(status)) => Some(status),
            Life::Starting(_) | Life::Leaving(None) => None,
        };
        let stderr = self
            .stderr
            .tail(running.as_ref().map(|running| running.since));
        let out_of_memory = evidence::of_memory(
            exit,
            self.oom_kills,
            self.core.settings().memory_limit,
            &stderr,
        );
        let mut death = Death {
            pid: self.pid(),
            exit,
            phase: Phase::Idle,
            ran_for: Duration::ZERO,
            out_of_memory,
            stderr,
        };
        if !was_starting {
            self.core.worker_died(self);
        }
        if let Some(Running { job, since, .. }) = running {
            death.phase = status.map_or(Phase::Unknown, |status| status.phase_of(job.id()));
            death.ran_for = since.elapsed();
            job.worker_died(&death, fault.as_deref());
        }
        let why = was_starting.then(|| describe_failed_start(&death, fault));
        self.core.worker_gone(self, why);
        true
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

fn exit_of(status: ExitStatus) -> Exit {
    match (status.signal(), status.code()) {
        (Some(signal), _) => Exit::Signal(signal),
        (None, Some(code)) => Exit::Code(code),
        (None, None) => Exit::Unknown,
    }
}

fn describe_failed_start(death: &Death, fault: Option<String>) -> String {
    let mut text = fault.unwrap_or_else(|| {
        format!(
            "worker process {} ended before it was ready: {}",
            death.pid, death.exit
        )
    });
    if let Some(line) = last_words(&death.stderr) {
        text.push_str("; its last line on stderr: ");
        text.push_str(line);
    }
    text
}
