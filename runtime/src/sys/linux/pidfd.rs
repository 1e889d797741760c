//! A pidfd: a descriptor of a process. It becomes readable when the process has ended. It never
//! refers to another process, while a process id may be used again.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::Child;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

/// Returns the pidfd of a child. The child must not have been waited for.
pub(crate) fn of_child(child: &Child) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_open(
        Pid::from_child(child),
        PidfdFlags::empty(),
    )?)
}

/// Returns the pidfd of the parent of this process. `None` if the parent is not visible to this
/// process, or if the kernel has no pidfds.
pub(crate) fn of_parent() -> Option<OwnedFd> {
    let parent = rustix::process::getppid()?;
    rustix::process::pidfd_open(parent, PidfdFlags::empty()).ok()
}

/// Waits until one of the descriptors can be read.
pub(crate) fn wait_for_any<'a>(ends: impl Iterator<Item = &'a OwnedFd>) {
    let mut ends: Vec<_> = ends.map(|end| PollFd::new(end, PollFlags::IN)).collect();
    while ends.iter().all(|end| end.revents().is_empty()) {
        // On an error, as an interruption or a lack of memory, try again.
        let _ = rustix::event::poll(&mut ends, None);
    }
}

/// Waits until all of the descriptors can be read, or until the time is over.
pub(crate) fn wait_for_all<'a>(ends: impl Iterator<Item = &'a OwnedFd>, until: Instant) {
    let mut ends: Vec<_> = ends
        .map(|end| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN))
        .collect();
    while !ends.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        let Ok(left) = Timespec::try_from(left) else {
            return;
        };
        // Stop when the time is over, or when a signal interrupts the wait.
        if !matches!(rustix::event::poll(&mut ends, Some(&left)), Ok(ended) if ended > 0) {
            return;
        }
        ends.retain(|end| end.revents().is_empty());
    }
}
