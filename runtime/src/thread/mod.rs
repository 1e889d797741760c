//! Thread pools: where `#[blocking_io]` and `#[cpu_bound(threads)]` run. In the order of a call:
//!
//! - [`pool`]: `ThreadPool`, the value that a program declares.
//! - [`job`]: one call: the future that the caller holds, and what it shares with a thread.
//! - [`inner`]: takes a call into the queue and wakes a thread for it. [`state`]: what callers and
//!   threads share under the lock of the pool.
//! - [`worker`]: the life of one thread.
//! - [`growth`]: the rule for when to start more threads. [`spawn`]: starts them.
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
