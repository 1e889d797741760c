//! What a worker wakes when a call is done: doorbells of tokio runtimes.

#[cfg(not(feature = "tokio"))]
mod none;
mod ringer;
#[cfg(feature = "tokio")]
mod runtime;

#[cfg(not(feature = "tokio"))]
pub(crate) use none::{Doorbell, Runtime};
#[cfg(feature = "tokio")]
pub(crate) use runtime::{Doorbell, Runtime};

pub(crate) use ringer::Ringer;
