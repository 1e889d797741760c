//! Whom a worker wakes when a call is done: bells of tokio runtimes.

#[cfg(not(feature = "tokio"))]
mod none;
#[cfg(feature = "tokio")]
mod runtime;

#[cfg(not(feature = "tokio"))]
pub(crate) use none::{Bell, Runtime};
#[cfg(feature = "tokio")]
pub(crate) use runtime::{Bell, Runtime};
