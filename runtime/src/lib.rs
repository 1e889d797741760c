//! offloop keeps blocking work off the event loop.
//!
//! Two attributes turn an ordinary synchronous function into one that is awaited:
//! [`#[blocking_io]`](blocking_io) runs it on a thread pool, [`#[cpu_bound]`](cpu_bound) in a pool
//! of worker processes. Arguments are given by position, or by name through a generated builder
//! that the compiler checks.

#[cfg(all(test, not(target_os = "linux")))]
compile_error!("the tests of process pools need Linux");

/// The programs of README.md, compiled and run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

// So that `::offloop`, which generated code names, is this crate in its own tests and docs too.
extern crate self as offloop;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod args;
mod call;
pub mod context;
mod error;
mod options;
mod panic;
mod park;
#[cfg(target_os = "linux")]
mod process;
mod sync;
mod task;
mod thread;
mod timer;
mod wire;

pub use call::{Call, Pool};
pub use error::{
    CannotStart, CodecFailed, Error, Exit, InvalidPool, Outcome, Panicked, Phase, Refused, Started,
    TimedOut, WorkerDied,
};
pub use offloop_macros::{blocking_io, cpu_bound, methods};
#[cfg(target_os = "linux")]
pub use process::{ProcessPool, init};
pub use task::Task;
pub use thread::ThreadPool;
pub use wire::RemoteError;
