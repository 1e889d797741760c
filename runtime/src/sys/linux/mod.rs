//! Linux.

pub(crate) mod fork;
pub(crate) mod mapping;
pub(crate) mod memfd;
pub(crate) mod sealed;
