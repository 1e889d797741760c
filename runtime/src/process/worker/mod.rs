//! The worker's own side.

pub(crate) mod allocator;
pub(crate) mod bootstrap;
#[cfg(feature = "auto-worker")]
mod constructors;
pub(crate) mod context;
mod fault;
pub(crate) mod memory_usage;
pub(crate) mod replies;
pub(crate) mod requests;
pub(crate) mod serve_loop;
