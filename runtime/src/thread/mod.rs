//! Thread pools: where `#[blocking_io]` and `#[cpu_bound(threads)]` run.

mod growth;
mod inner;
mod job;
mod pool;
mod shutdown;
mod spawn;
mod state;
mod worker;

pub use pool::ThreadPool;

pub(crate) use inner::{Core, Rejected, Runnable};
pub(crate) use job::{ThreadCall, run_here};
pub(crate) use pool::size_from_environment;
