//! Whom a worker wakes when a call is done, so that no third party stands between the two.
//!
//! A call that is awaited on a tokio runtime is heard of by that runtime itself: each worker has a
//! descriptor, its *doorbell*, registered with the runtime, and what the runtime wakes when it rings is
//! not a task but [`Doorbell`], which takes in the worker's answers there and then. All other calls are
//! heard of by the pool's own thread, whose doorbell is number 0.
//!
//! Which doorbell is rung decides who comes, not whose calls are taken in: whoever comes takes all. So a
//! runtime that ends costs nothing but its doorbell, and for one that is busy with something else the
//! pool stands in, which looks after its workers now and then while they have calls.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};

/// The doorbell of the pool's own thread.
pub(crate) const OWN: usize = 0;

/// What a worker rings and a listener waits for.
pub(crate) fn descriptor() -> io::Result<OwnedFd> {
    Ok(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?)
}

/// Wakes whoever waits for it. Nobody ever reads it, since those who wait are told of each write.
///
/// # Errors
/// The descriptor is not what it was.
pub(crate) fn ring(doorbell: BorrowedFd<'_>) -> io::Result<()> {
    match rustix::io::write(doorbell, &1_u64.to_ne_bytes()) {
        // The writes would have to add up to 2^64 before.
        Ok(_) | Err(rustix::io::Errno::AGAIN) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
