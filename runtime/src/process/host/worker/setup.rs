//! What a worker is made of, before the pool has a handle of it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::Arc;

use crate::process::host::stderr::Stderr;
use crate::process::protocol::handshake::Hello;
use crate::process::transport::Ring;
use crate::process::transport::shm::doorbell;
use crate::process::transport::shm::fd_passing::{self, FdPurpose};
use crate::sys::eventfd;

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
        let doorbell = eventfd::create()?;
        ring.listen(doorbell::OWN);
        fd_passing::send(
            socket,
            FdPurpose::Start,
            &[ring.descriptor(), doorbell.as_fd()],
        )?;
        Ok((ring, doorbell))
    }
}
