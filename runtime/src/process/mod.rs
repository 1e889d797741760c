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
//! - `sandbox`: what a worker may do to the machine.

mod call;
mod config;
mod host;
mod mode;
mod pool;
mod protocol;
#[cfg(feature = "sandbox")]
mod sandbox;
mod transport;
mod worker;

pub use mode::run_in_place;
pub use pool::ProcessPool;
#[cfg(feature = "sandbox")]
pub use sandbox::Sandbox;
pub use worker::bootstrap::init;

#[cfg(fuzzing)]
pub(crate) use protocol::frame::{Assembler, Kind, NoFrame};
#[cfg(fuzzing)]
pub(crate) use protocol::handshake::read_ready;
#[cfg(fuzzing)]
pub(crate) use protocol::reply::Reply;
#[cfg(fuzzing)]
pub(crate) use transport::fd_passing::FdPurpose;
