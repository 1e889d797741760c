//! Thread pools: where `#[blocking_io]` and `#[cpu_bound(threads)]` run.
//!
//! - [`pool`]: the value that a program declares; [`inner`]: its living part, with its [`state`].
//! - [`job`]: one call, and the future that the caller holds.
//! - [`worker`]: the life of one thread; [`spawn`] and [`growth`]: when more of them are started.
//! - [`shutdown`]: the end of a pool.

mod growth;
mod inner;
mod job;
mod pool;
mod shutdown;
mod spawn;
mod state;
mod worker;

pub use pool::ThreadPool;

pub(crate) use inner::Inner;
pub(crate) use job::{ThreadCall, run_here};
