//! Process pools: where `#[cpu_bound]` runs.
//!
//! A worker process is this same program, started again. It serves calls in a loop, which it enters
//! before `main`. The program's side is the host. In the order of a call:
//!
//! - [`pool`]: `ProcessPool`, the value that a program declares. [`config`]: its settings.
//! - [`mode`]: whether this process is the program or a worker, and whether process calls run in
//!   place.
//! - [`call`]: the part of a call that knows its types.
//! - [`host`]: the host's side: the queue, the workers, what becomes of a call, the end of a pool.
//! - [`protocol`]: the messages between host and worker. [`transport`]: how these messages cross,
//!   in shared memory and over a socket.
//! - [`worker`]: the worker's side, from before `main` to its end.
//! - `sandbox`: what the code in a worker may do to the machine.
//!
//! `host` and `worker` never name each other. What both need is in `protocol`, `transport` and
//! `mode`.

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
pub(crate) use protocol::event::{Delivery, Event};
#[cfg(fuzzing)]
pub(crate) use protocol::frame::{Assembler, Kind, NoFrame};
#[cfg(fuzzing)]
pub(crate) use protocol::handshake::read_ready;
#[cfg(fuzzing)]
pub(crate) use protocol::reply::Reply;
#[cfg(fuzzing)]
pub(crate) use transport::fd_passing::FdPurpose;
