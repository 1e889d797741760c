//! Process pools: where `#[cpu_bound]` runs.
//!
//! A worker is this same program, started again, which enters a loop before `main`. Follow a call
//! from top to bottom:
//!
//! - [`pool`]: the value that a program declares.
//! - [`run`]: the future that the caller holds; [`job`]: what it shares with the pool.
//! - [`codec`]: encoding and decoding, away from the loop where that takes long; [`message`]: a call that
//!   is encoded.
//! - [`core`]: the queue, and which worker takes what.
//! - [`staff`]: which workers there are, when to start one and when to let one go.
//! - [`start`]: the one thread that starts workers; [`orders`]: what it tells them.
//! - [`worker`]: a worker as this side sees it: giving it calls, hearing its answers, killing, burying.
//! - [`channel`]: the memory that both sides map, in whose slots calls and answers lie; [`turn`]: whose
//!   turn it is there. [`region`] and [`memory`]: what is too large for a slot.
//! - [`bell`]: who is woken when a call is done; [`poller`]: the thread that hears of everything else.
//! - [`mail`]: descriptors over the socket; [`frame`]: what else goes over it; [`reply`]: how a call ended.
//! - [`evidence`] and [`stderr`]: what is known of a death; [`poison`]: what is remembered of it.
//! - [`farewell`]: the end of the program.
//! - [`gate`], `constructors`, [`hooks`], [`serve`], [`registry`], [`desk`], [`inbox`] and [`outbox`]: the
//!   worker's own side.
//! - [`allocator`]: how the worker takes memory; `sandbox`: what it may do to the machine.

mod allocator;
mod arguments;
mod bell;
mod channel;
mod codec;
#[cfg(feature = "auto-worker")]
mod constructors;
mod core;
mod desk;
mod evidence;
mod farewell;
mod frame;
mod gate;
mod hooks;
mod inbox;
mod job;
mod mail;
mod memory;
mod message;
mod orders;
mod outbox;
mod poison;
mod poller;
mod pool;
mod region;
mod registry;
mod reply;
mod run;
#[cfg(feature = "sandbox")]
mod sandbox;
mod serve;
mod settings;
mod staff;
mod start;
mod stderr;
mod turn;
mod worker;

pub use arguments::{Argument, ArgumentList, Borrowed, BorrowedOption, More};
pub use gate::{init, run_in_place};
pub use hooks::{START_HOOKS, StartHook, StartOutcome};
pub(crate) use memory::Frozen;
pub use pool::ProcessPool;
pub use registry::{Entry, LentList, ProcessTask, ResultCodec, TASKS};
#[cfg(feature = "sandbox")]
pub use sandbox::Sandbox;

#[cfg(fuzzing)]
pub(crate) use frame::{Assembler, Kind, NoFrame};
#[cfg(fuzzing)]
pub(crate) use mail::Subject;
#[cfg(fuzzing)]
pub(crate) use reply::{Body, Reply};
pub(crate) use run::{Run, Target, Typed};
#[cfg(fuzzing)]
pub(crate) use serve::read_ready;
