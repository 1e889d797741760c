//! A counter of the kernel's that wakes who waits for its descriptor.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::event::EventfdFlags;
use rustix::io::Errno;

/// Makes one. It is closed on `exec`, and never blocks.
pub(crate) fn create() -> io::Result<OwnedFd> {
    let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
    Ok(rustix::event::eventfd(0, flags)?)
}

/// Wakes those who wait for it. It need not be read: those who wait are told of each write.
///
/// # Errors
/// The descriptor is not what it was.
pub(crate) fn signal(event: BorrowedFd<'_>) -> io::Result<()> {
    match rustix::io::write(event, &1_u64.to_ne_bytes()) {
        // The writes would have to add up to 2^64 before.
        Ok(_) | Err(Errno::AGAIN) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
