//! Linux.

pub(crate) mod huge_pages;

/// What one process can send to another beside the bytes of a message: a descriptor.
pub(crate) type Handle = std::os::fd::OwnedFd;
