//! An eventfd: a descriptor by which one process wakes threads that wait for it.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::event::EventfdFlags;
use rustix::io::Errno;

/// Returns a new eventfd. It is closed on `exec`, and reading and writing never block.
pub(crate) fn create() -> io::Result<OwnedFd> {
    let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
    Ok(rustix::event::eventfd(0, flags)?)
}

/// Wakes all threads that wait for the eventfd. They need not read it, because epoll reports each
/// write (they wait for edges).
///
/// # Errors
/// The descriptor is no eventfd. Code in this process has closed it and opened another under its
/// number.
pub(crate) fn signal(event: BorrowedFd<'_>) -> io::Result<()> {
    match rustix::io::write(event, &1_u64.to_ne_bytes()) {
        // `AGAIN` comes only after writes that add up to 2^64.
        Ok(_) | Err(Errno::AGAIN) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
