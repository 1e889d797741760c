//! What the pool waits for at a worker: its descriptors, and its deadlines.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use super::handle::{Inner, Supervisor, WorkerHandle};
use super::state::Life;
use crate::error::fault::{Fault, KillReason};
use crate::process::host::reactor::{self, Poller, Source};
use crate::process::transport::shm::doorbell;
use crate::tasks::hooks;
use crate::util::sync::lock;
use crate::util::timer::{self, Expire};

/// The thread that hears from workers. It runs no user code and waits for nothing else.
static REACTOR: Poller = Poller::new("offloop-reactor");

/// How long a worker may take to end by itself.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The descriptors of a worker that the reactor watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    /// The socket: the worker has sent something, or has closed it.
    Socket,
    /// The process: it has ended.
    Exit,
    /// The doorbell: a call is done, and no async runtime hears of it.
    Doorbell,
}

impl reactor::Token for Watched {
    fn to_number(self) -> usize {
        self as usize
    }

    fn from_number(number: usize) -> Watched {
        match number {
            0 => Watched::Socket,
            1 => Watched::Exit,
            _ => Watched::Doorbell,
        }
    }
}

/// What a deadline of a worker is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// How long the worker may take until it is ready.
    Ready,
    /// How long the worker may take to end by itself.
    End,
}

impl timer::Token for Deadline {
    fn to_number(self) -> u64 {
        self as u64
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::Ready,
            _ => Deadline::End,
        }
    }
}

impl<S: Supervisor> WorkerHandle<S> {
    /// Begins to watch the worker, and sets the time until which it has to be ready.
    pub(crate) fn watch(self: &Arc<Self>) -> io::Result<()> {
        let limit = self.supervisor.config().start_timeout;
        let set = lock(&self.inner)
            .process
            .deadline
            .set(limit, self, Deadline::Ready);
        let watched = set.and_then(|()| {
            let descriptors = [
                (Watched::Socket, self.socket.as_fd()),
                (Watched::Exit, self.pidfd.as_fd()),
                (Watched::Doorbell, self.own_doorbell.as_fd()),
            ];
            REACTOR.watch(self, &descriptors)
        });
        watched.inspect_err(|_| {
            // The pool would not hear of its end.
            let mut inner = lock(&self.inner);
            self.kill(&mut inner, KillReason::Unwatched);
            let _ = inner.process.child.wait();
            inner.process.reaped = true;
        })
    }

    /// The worker has closed its socket, or was told to end: it must be gone soon.
    pub(super) fn expect_end(self: &Arc<Self>, inner: &mut Inner<S::Call>) {
        if inner.process.is_starting() || inner.process.reaped {
            return;
        }
        inner.process.leave();
        let set = inner
            .process
            .deadline
            .set(EXIT_TIMEOUT, self, Deadline::End);
        if set.is_err() {
            self.kill(inner, KillReason::Unwatched);
        }
    }
}

impl<S: Supervisor> Source for WorkerHandle<S> {
    type Watched = Watched;

    fn ready(self: Arc<Self>, watched: Watched) -> bool {
        match watched {
            Watched::Socket => self.receive(),
            Watched::Exit => return !self.reap(),
            Watched::Doorbell => self.listen(doorbell::OWN),
        }
        true
    }
}

/// The worker was not ready in time, or has not ended in time.
impl<S: Supervisor> Expire for WorkerHandle<S> {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        let mut inner = lock(&self.inner);
        let (pid, limit) = (self.pid(), self.supervisor.config().start_timeout);
        let reason = match (deadline, inner.process.life) {
            (Deadline::Ready, Life::Starting) => Fault::Silent { pid, limit }.into(),
            (Deadline::Ready, Life::SettingUp) => {
                let hooks = hooks::names();
                Fault::SlowSetUp { pid, limit, hooks }.into()
            }
            (Deadline::End, Life::Leaving) if inner.calls.load() > 0 => Fault::ClosedSocket.into(),
            (Deadline::End, Life::Leaving) if inner.process.hung_up => KillReason::HungUp,
            (Deadline::End, Life::Leaving) => KillReason::Retired,
            // The deadline passed while the worker did what was asked.
            _ => return,
        };
        self.kill(&mut inner, reason);
    }
}
