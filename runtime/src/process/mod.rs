//! Process pools: where `#[cpu_bound]` runs.
//!
//! A worker is this same program, started again, which enters a loop before `main`. Follow a call
//! from top to bottom:
//!
//! - [`pool`]: the value that a program declares; [`config`]: what it was told to be.
//! - [`call`]: the future that the caller holds.
//! - [`host`]: the program's side: the queue, the workers, the end.
//! - [`transport`]: what both sides map; [`protocol`]: what they say to each other.
//! - [`worker`]: the worker's own side, from before `main` to its end.
//! - [`tasks`]: the table of tasks, which both sides have.
//! - `sandbox`: what a worker may do to the machine.

mod call;
mod config;
mod host;
mod pool;
mod protocol;
#[cfg(feature = "sandbox")]
mod sandbox;
mod tasks;
mod transport;
mod worker;

pub(crate) use call::{ProcessCall, Target, Typed};
pub use pool::ProcessPool;
#[cfg(feature = "sandbox")]
pub use sandbox::Sandbox;
pub use tasks::arguments::{Argument, ArgumentList, Borrowed, BorrowedOption, More};
pub use tasks::hooks::{START_HOOKS, StartHook, StartOutcome};
pub use tasks::registry::{Entry, LentList, ProcessTask, ResultCodec, TASKS};
pub use worker::bootstrap::{init, run_in_place};

#[cfg(fuzzing)]
pub(crate) use protocol::frame::{Assembler, Kind, NoFrame};
#[cfg(fuzzing)]
pub(crate) use protocol::reply::{Body, Reply};
#[cfg(fuzzing)]
pub(crate) use transport::shm::fd_passing::FdPurpose;
#[cfg(fuzzing)]
pub(crate) use worker::serve_loop::read_ready;
