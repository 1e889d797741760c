//! Keeps blocking work off the event loop.
//!
//! Two attributes turn an ordinary synchronous function into one that is awaited:
//! [`#[blocking_io]`](macro@blocking_io) runs it on a thread pool,
//! [`#[cpu_bound]`](macro@cpu_bound) in a pool of worker processes. Arguments are given by
//! position, or by name through a generated builder that the compiler checks.
//! [`#[offloop::methods]`](macro@methods) does the same for the methods of a type. The page of each
//! attribute is its reference.
//!
//! ```
//! use offloop::{Error, blocking_io, cpu_bound};
//!
//! /// Runs on a thread.
//! #[blocking_io]
//! fn size_of(path: &str) -> std::io::Result<u64> {
//!     Ok(std::fs::metadata(path)?.len())
//! }
//!
//! /// Runs in another process: this same program, started again, with no line of set-up.
//! #[cpu_bound]
//! fn sum(numbers: &[u64], #[default = 1] factor: u64) -> (u32, u64) {
//!     (std::process::id(), numbers.iter().sum::<u64>() * factor)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! assert!(size_of("Cargo.toml").await? > 0); // by position
//! let (pid, sum) = sum::builder().numbers([1, 2, 3]).await?; // by name
//! assert_eq!(sum, 6);
//! assert_ne!(pid, std::process::id());
//! # Ok(())
//! # }
//! ```
//!
//! # Which attribute
//!
//! | | for | what crosses | when it crashes |
//! |---|---|---|---|
//! | [`#[blocking_io]`](macro@blocking_io) | waiting: files, drivers, HTTP clients | `Send` | the program ends |
//! | [`#[cpu_bound]`](macro@cpu_bound) | computing, or code that may crash, hang or leak | serde | one call fails |
//! | [`#[cpu_bound(threads)]`](macro@cpu_bound) | computing that is trusted | `Send` | the program ends |
//!
//! A closure needs no attribute: [`ThreadPool::run`].
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | task | an annotated function ([`Task`]) |
//! | call | one use of a task: a future, lazy until it is first polled ([`Call`]) |
//! | pool | runs calls: [`ThreadPool`] or [`ProcessPool`] |
//! | worker | a thread or process of a pool |
//!
//! # The life of a call
//!
//! | moment | on a thread | in a process |
//! |---|---|---|
//! | not polled | nothing happened | nothing happened |
//! | queued, then dropped | never runs | never runs |
//! | running, then dropped | asked to stop ([`context::cancelled`]); its thread is busy until it does | its worker is killed and replaced, and with it all that it has started (its process group: not what has left that by `setsid`); with [`grace`](Call::grace) it is asked to stop first |
//! | its [`queue_timeout`](Call::queue_timeout) passes | never runs, [`Error::TimedOut`] | the same |
//! | its [`timeout`](Call::timeout) passes | the caller gets [`Error::TimedOut`] at once, the function is asked to stop | the same, and the worker is killed as above |
//! | it was detached ([`Call::detach`]) | runs to its end, the outcome is dropped | the same; its timeout holds |
//! | it panics | [`Error::Panicked`] | [`Error::Panicked`]; the worker goes on |
//! | it crashes | the program ends: it is one process | [`Error::WorkerDied`], of the call that runs there |
//! | an argument or the result cannot be carried | - | [`Error::Encode`] or [`Error::Decode`]; the worker goes on |
//! | the queue of the pool is full | it waits its turn; with [`try_now`](Call::try_now), [`Error::QueueFull`] | the same |
//! | its worker dies, or is stopped for a second, before it has begun it | - | it goes to another, and nobody notices |
//! | its worker dies and it may be repeated ([`retry`](Call::retry)) | - | it is made again, until it has been repeated that often or its arguments are [refused](ProcessPool::poison_after) |
//! | the pool is closed | [`Error::Closed`]; queued and running calls finish | the same |
//! | the pool is shut down, and the deadline passes | [`Error::Closed`]; the function is asked to stop | [`Error::Closed`]; the worker is killed |
//! | the caller runs in a worker of that pool | runs in place: no deadlock | runs in place: workers start no workers |
//!
//! What of this is tested, and how, and what cannot be had: [`promises`].
//!
//! # What runs in a worker process
//!
//! The program itself, up to but not including `main`: constructors run (so that types registered
//! with `typetag` or `inventory` are known), then calls are served until the pool ends. A worker
//! has globals of its own, its arguments are not the program's, standard input is empty, what it
//! prints goes where the program prints, and thread pools inside of it are its own. It ends when
//! the program ends, however that ends.
//!
//! A thread that a function leaves behind lives on in the worker, and may bring it down under a
//! later call; [`recycle_after(1)`](ProcessPool::recycle_after) gives each call a process of its
//! own. With `panic = "abort"` a panic in a worker is its death, and its last words are in the
//! error.
//!
//! `OFFLOOP_IN_PLACE=1` in the environment runs process calls on threads of the program, for
//! debuggers and profilers. `OFFLOOP_THREADS` and `OFFLOOP_WORKERS` size the default pools.
//!
//! # Large arguments and results
//!
//! To a worker and back goes a message, in memory that both processes map. What is in it is copied
//! there and out of it again:
//!
//! | | on the way in | in the worker | on the way back |
//! |---|---|---|---|
//! | `Vec<N>`, `String`, `Box<[N]>`, `Box<str>`, where `N` is a number | one copy | one copy | two copies |
//! | `&[N]`, `&str`, [`Cow`](std::borrow::Cow)s of them, and `Option`s of these | one copy | lent: the function reads the message | - |
//! | [`Shared<[N]>`](Shared), `Shared<str>`, also inside of other values | none | none | none |
//! | everything else | encoded by serde | decoded by serde | encoded and decoded |
//!
//! - The short ways of the first two rows are for arguments and results as a whole. A `Vec<u8>`
//!   within a struct or a tuple goes element by element, as serde has it; `serde_bytes` copies it
//!   as a whole.
//! - A borrowed argument is copied once more when the call is made by position, to outlive the
//!   caller's; by name (`task::builder().bytes(bytes)`) what is owned already moves into the call.
//! - What takes more than 64 KiB is encoded and decoded on threads of its own (`offloop-codec`), so
//!   that it does not hold up the event loop.
//! - What many calls read, or what goes on from one worker to the next, is best made once, as
//!   [`Shared`].
//!
//! A worker keeps the memory of its messages for the next ones, because new pages cost more than
//! the copy: as much as its largest call and its largest answer took so far, and up to twice that,
//! until it ends ([`idle_timeout`](ProcessPool::idle_timeout),
//! [`recycle_after`](ProcessPool::recycle_after)). A [`memory_limit`](ProcessPool::memory_limit)
//! counts what the function makes of a message, and neither the message nor a [`Shared`].
//!
//! # Platforms
//!
//! Thread pools work everywhere. Process pools need Linux.
//!
//! # Features
//!
//! - `auto-worker` (default): workers enter their loop before `main`. Without it, [`init`] has to
//!   be the first line of `main`.
//! - `tokio` (default): a tokio runtime hears by itself that a process call is done. Without it,
//!   and on other runtimes, a thread of the pool's hears of it and wakes the caller, which takes a
//!   few microseconds more.
//! - `sandbox`: `Sandbox`, which keeps what runs in worker processes from files, other programs and
//!   the network.

// A file that has to be unsafe allows it for itself and says why; a test holds the list of these
// files.
#![deny(unsafe_code)]
// What only worker processes need is not used where there are none.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

/// The programs of README.md, compiled and run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

// So that `::offloop`, which generated code names, is this crate in its own tests and docs too.
extern crate self as offloop;

#[cfg(all(fuzzing, target_os = "linux"))]
#[doc(hidden)]
#[path = "fuzz.rs"]
pub mod __fuzz;
#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
pub mod builder;
mod call;
pub mod context;
mod error;
mod pool;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod shared;
mod stats;
mod sys;
mod task;
mod tasks;
mod thread;
mod util;
mod wire;

#[doc = include_str!("promises.md")]
pub mod promises {}

pub use call::{Call, Pool};
pub use context::Progress;
pub use error::{
    CannotStart, CodecFailed, Error, Exit, InvalidPool, Outcome, Panicked, Phase, Poisoned,
    Refused, Started, TimedOut, WorkerDied,
};
pub use offloop_macros::{blocking_io, cpu_bound, methods, on_worker_start};
pub use pool::Closing;
#[cfg(all(target_os = "linux", feature = "sandbox"))]
pub use process::Sandbox;
#[cfg(target_os = "linux")]
pub use process::{ProcessPool, init, run_in_place};
#[cfg(target_os = "linux")]
pub use shared::{Shareable, ShareableNumber, Shared};
pub use stats::Stats;
pub use task::Task;
pub use thread::ThreadPool;
pub use wire::RemoteError;
