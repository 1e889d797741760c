//! Process pools: where `#[cpu_bound]` runs.
//!
//! A worker is this same program, started again, which enters a loop before `main`. Follow a call
//! from top to bottom:
//!
//! - [`pool`]: the value that a program declares.
//! - [`run`]: the future that the caller holds; [`job`]: what it shares with the pool.
//! - [`codec`]: encoding and decoding, away from the loop where that takes long.
//! - [`core`]: the queue, and which worker takes what.
//! - [`staff`]: which workers there are, when to start one and when to let one go.
//! - [`start`]: the one thread that starts workers; [`orders`]: what it tells them.
//! - [`worker`]: a worker as this side sees it: sending, receiving, killing, burying.
//! - [`poller`]: the thread that hears from workers.
//! - [`frame`]: what goes over the socket; [`status`]: the page of memory that both sides map.
//! - [`evidence`] and [`stderr`]: what is known of a death; [`poison`]: what is remembered of it.
//! - [`farewell`]: the end of the program.
//! - [`gate`], `constructors`, [`hooks`], [`serve`] and [`registry`]: the worker's own side.
//! - `sandbox`: what the worker may do to the machine.

mod arguments;
mod codec;
#[cfg(feature = "auto-worker")]
mod constructors;
mod core;
mod evidence;
mod farewell;
mod frame;
mod gate;
mod hooks;
mod job;
mod orders;
mod poison;
mod poller;
mod pool;
mod registry;
mod run;
#[cfg(feature = "sandbox")]
mod sandbox;
mod serve;
mod settings;
mod staff;
mod start;
mod status;
mod stderr;
mod worker;

pub use arguments::{Argument, ArgumentList, Borrowed, BorrowedOption, More};
pub use gate::{init, run_in_place};
pub use hooks::{START_HOOKS, StartHook, StartOutcome};
pub use pool::ProcessPool;
pub use registry::{Entry, LentList, ProcessTask, ResultCodec, TASKS};
#[cfg(feature = "sandbox")]
pub use sandbox::Sandbox;

#[cfg(fuzzing)]
pub(crate) use frame::{Assembler, Kind, NoFrame, Reply};
pub(crate) use run::{Run, Target, Typed};
