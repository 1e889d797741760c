//! What a pool and its workers say to each other.

pub(crate) mod event;
pub(crate) mod frame;
pub(crate) mod handshake;
pub(crate) mod reply;
