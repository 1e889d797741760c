//! Thread pools: where `#[blocking_io]` and `#[cpu_bound(threads)]` run.

mod core;
mod end;
mod growth;
mod job;
mod pool;
mod start;
mod state;
mod worker;

pub use pool::ThreadPool;

pub(crate) use self::core::{Core, Rejected, Work};
pub(crate) use job::{Run, run_here};
pub(crate) use pool::size_from_environment;
