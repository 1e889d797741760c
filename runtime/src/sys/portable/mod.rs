//! What this crate does on systems that have no module of their own.

pub(crate) mod fork;
pub(crate) mod huge_pages;

/// What a message can carry to another process beside its bytes. There is nothing on this system.
#[derive(Debug)]
pub(crate) enum Handle {}
