//! A descriptor that stands for a process: it can be read when the process has ended, and never
//! stands for another process, as a process id may.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::Child;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

/// Returns the descriptor of a child that was not waited for.
pub(crate) fn of_child(child: &Child) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_open(
        Pid::from_child(child),
        PidfdFlags::empty(),
    )?)
}

/// Returns the descriptor of the parent of this process, if it has one and the kernel can do this.
pub(crate) fn of_parent() -> Option<OwnedFd> {
    let parent = rustix::process::getppid()?;
    rustix::process::pidfd_open(parent, PidfdFlags::empty()).ok()
}

/// Waits until one of the descriptors can be read.
pub(crate) fn wait_for_any<'a>(ends: impl Iterator<Item = &'a OwnedFd>) {
    let mut ends: Vec<_> = ends.map(|end| PollFd::new(end, PollFlags::IN)).collect();
    while ends.iter().all(|end| end.revents().is_empty()) {
        // Interrupted, or there is no memory for it: once more.
        let _ = rustix::event::poll(&mut ends, None);
    }
}

/// Waits until all of the descriptors can be read, but not longer than this.
pub(crate) fn wait_for_all<'a>(ends: impl Iterator<Item = &'a OwnedFd>, until: Instant) {
    let mut ends: Vec<_> = ends
        .map(|end| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN))
        .collect();
    while !ends.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        let Ok(left) = Timespec::try_from(left) else {
            return;
        };
        // Interrupted, or out of time.
        if !matches!(rustix::event::poll(&mut ends, Some(&left)), Ok(ended) if ended > 0) {
            return;
        }
        ends.retain(|end| end.revents().is_empty());
    }
}
