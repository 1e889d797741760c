//! Systems that have no module of their own.

pub(crate) mod fork;
pub(crate) mod huge_pages;

/// What one process can send to another beside the bytes of a message. Nothing here yet.
#[derive(Debug)]
pub(crate) enum Handle {}
