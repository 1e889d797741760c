//! What this crate asks of Linux.
//!
//! - [`eventfd`]: wakes a thread that waits for a descriptor. [`futex`]: waits on a word of memory.
//! - [`exe`]: starts this program again. [`pidfd`]: waits for the end of a process. [`rlimit`]:
//!   limits of this process.
//! - [`fork`]: tells a forked process from its parent.
//! - [`huge_pages`]: large buffers with fewer page faults.
//! - [`memfd`]: anonymous files, for memory that processes share. [`mapping`]: such a file, mapped.
//! - [`sealed`]: memory that no process can change any more.

pub(crate) mod eventfd;
pub(crate) mod exe;
pub(crate) mod fork;
pub(crate) mod futex;
pub(crate) mod huge_pages;
pub(crate) mod mapping;
pub(crate) mod memfd;
pub(crate) mod pidfd;
pub(crate) mod rlimit;
pub(crate) mod sealed;

/// What a message can carry to another process beside its bytes: a file descriptor.
pub(crate) type Handle = std::os::fd::OwnedFd;
