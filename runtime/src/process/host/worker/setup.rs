//! What a worker is made of, and how the pool begins to watch it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::Arc;

use super::{Deadline, WorkerHandle};
use crate::process::host::reactor::Poller;
use crate::process::host::stderr::Stderr;
use crate::process::protocol::handshake::Hello;
use crate::process::transport::Ring;
use crate::process::transport::shm::doorbell;
use crate::process::transport::shm::fd_passing::{self, FdPurpose};
use crate::util::sync::lock;

/// The thread that hears from workers. It runs no user code and waits for nothing else.
static REACTOR: Poller = Poller::new("offloop-reactor");

/// A worker that has just been started.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) hello: Hello,
    pub(crate) socket: UnixStream,
    pub(crate) ring: Ring,
    pub(crate) doorbell: OwnedFd,
    pub(crate) pidfd: OwnedFd,
    pub(crate) stderr: Arc<Stderr>,
    pub(crate) child: Child,
}

impl Parts {
    /// How many times descriptors are sent to a worker when it is started.
    pub(super) const FD_MESSAGES: u64 = 1;

    /// Makes what a worker and its pool share, and sends it ahead to a worker that will be started.
    pub(crate) fn prepare(socket: &UnixStream) -> io::Result<(Ring, OwnedFd)> {
        let ring = Ring::create()?;
        let doorbell = doorbell::descriptor()?;
        ring.listen(doorbell::OWN);
        fd_passing::send(
            socket,
            FdPurpose::Start,
            &[ring.descriptor(), doorbell.as_fd()],
        )?;
        Ok((ring, doorbell))
    }
}

impl WorkerHandle {
    /// Begins to listen to the worker, and gives it a time in which to say its first word.
    pub(crate) fn watch(self: &Arc<WorkerHandle>) -> io::Result<()> {
        let limit = self.scheduler.settings().start_timeout;
        let set = lock(&self.inner)
            .deadline
            .set(limit, self, Deadline::FirstWord);
        let watched = set.and_then(|()| {
            // In the order of `SOCKET`, `PIDFD` and the doorbell.
            let descriptors = [
                self.socket.as_fd(),
                self.pidfd.as_fd(),
                self.own_doorbell.as_fd(),
            ];
            REACTOR.watch(self, &descriptors)
        });
        watched.inspect_err(|_| {
            // Nobody will hear of its end.
            let mut inner = lock(&self.inner);
            self.kill_locked(&inner);
            let _ = inner.child.wait();
            inner.reaped = true;
        })
    }
}
