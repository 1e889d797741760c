//! Linux.

pub(crate) mod fork;
pub(crate) mod huge_pages;
pub(crate) mod mapping;
pub(crate) mod memfd;
pub(crate) mod sealed;

/// What one process can send to another beside the bytes of a message: a descriptor.
pub(crate) type Handle = std::os::fd::OwnedFd;
