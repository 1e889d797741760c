//! Keeps blocking work off the event loop.
//!
//! Two attributes turn an ordinary synchronous function into one that is awaited:
//! [`#[blocking_io]`](macro@blocking_io) runs it on a thread pool,
//! [`#[cpu_bound]`](macro@cpu_bound) in a pool of worker processes. Arguments are passed by
//! position, or by name with a generated builder that the compiler checks.
//! [`#[offloop::methods]`](macro@methods) allows both attributes on the methods of a type. The page
//! of each attribute is its reference.
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
//! /// Runs in another process: this same program, started again. It needs no set-up.
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
//! | attribute | for | arguments and result are | when the function crashes |
//! |---|---|---|---|
//! | [`#[blocking_io]`](macro@blocking_io) | waiting: files, drivers, HTTP clients | `Send` | the program ends |
//! | [`#[cpu_bound]`](macro@cpu_bound) | computing, or code that may crash, hang or leak | `Serialize` and `Deserialize` | one call fails |
//! | [`#[cpu_bound(threads)]`](macro@cpu_bound) | computing that is trusted | `Send` | the program ends |
//!
//! A closure needs no attribute: [`ThreadPool::run`].
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | task | an annotated function ([`Task`]) |
//! | call | one use of a task: a future that does nothing before it is first polled ([`Call`]) |
//! | pool | runs calls: [`ThreadPool`] or [`ProcessPool`] |
//! | worker | a thread or a process of a pool |
//! | caller | the code that holds the call, and awaits or drops it |
//!
//! # The life of a call
//!
//! | moment | on a thread | in a process |
//! |---|---|---|
//! | not polled yet | nothing happens | nothing happens |
//! | the caller drops it in the queue | it never runs | it never runs |
//! | the caller drops it while it runs | the function is asked to stop ([`context::cancelled`]); the thread is busy until it returns | the worker is killed and replaced, with all processes in its process group (not those that have left the group by `setsid`); with [`grace`](Call::grace) the function is asked to stop first |
//! | its [`queue_timeout`](Call::queue_timeout) passes | it never runs, [`Error::TimedOut`] | it never runs, [`Error::TimedOut`] |
//! | its [`timeout`](Call::timeout) passes | the caller gets [`Error::TimedOut`] at once; the function is asked to stop | the caller gets [`Error::TimedOut`] at once; the worker is killed as above |
//! | the caller detaches it ([`Call::detach`]) | it runs to its end, the outcome is dropped | it runs to its end, the outcome is dropped; its timeout still applies |
//! | it says how far it is ([`context::progress`]) | the caller is told ([`Call::on_progress`]) | the caller is told ([`Call::on_progress`]) |
//! | it panics | [`Error::Panicked`] | [`Error::Panicked`]; the worker serves further calls |
//! | it crashes | the program ends, because it is one process | [`Error::WorkerDied`] for the call that runs there |
//! | an argument or the result cannot be encoded or decoded | - | [`Error::Encode`] or [`Error::Decode`]; the worker serves further calls |
//! | the queue of the pool is full | it waits its turn; with [`try_now`](Call::try_now), [`Error::QueueFull`] | it waits its turn; with [`try_now`](Call::try_now), [`Error::QueueFull`] |
//! | its worker dies, or is stopped for a second, before it has begun the call | - | another worker gets the call, and the outcome is as if nothing had happened |
//! | its worker dies after it has begun the call, and the call has a [`retry`](Call::retry) | - | it is retried, until it has been retried that often or its arguments are [refused](ProcessPool::poison_after) |
//! | the pool is closed | further calls get [`Error::Closed`]; queued and running calls finish | further calls get [`Error::Closed`]; queued and running calls finish |
//! | the pool is shut down, and the deadline passes | [`Error::Closed`]; the function is asked to stop | [`Error::Closed`]; the worker is killed |
//! | its caller runs in a worker of the same pool | it runs in place, so it cannot wait for itself | it runs in place, because workers start no workers |
//!
//! The page [`promises`] says which of this has a test, and what cannot be promised.
//!
//! # What runs in a worker process
//!
//! A worker process is the program itself, up to but not including `main`: its constructors run (so
//! that types that are registered with `typetag` or `inventory` are known). Then it serves calls
//! until the pool ends it. In a worker:
//!
//! - Global variables and thread pools are its own. Process calls run in place.
//! - The command line is not that of the program, and standard input is empty.
//! - Standard output and standard error go where those of the program go.
//!
//! A worker ends when the program ends, however that ends.
//!
//! A thread that a function leaves behind lives on in the worker, and may crash it during a later
//! call. [`recycle_after(1)`](ProcessPool::recycle_after) runs each call in a process of its own.
//! With `panic = "abort"` a panic kills the worker; the error then contains the last lines of its
//! standard error.
//!
//! Variables in the environment of the program:
//!
//! - `OFFLOOP_IN_PLACE=1` runs process calls on threads of the program, for debuggers and profilers
//!   ([`run_in_place`]).
//! - `OFFLOOP_THREADS` and `OFFLOOP_WORKERS` set the size of the default pools.
//!
//! # Large arguments and results
//!
//! Arguments go to a worker in a message, and results come back in one. A message is in memory that
//! both processes map. Values are copied into it and out of it:
//!
//! | type | on the way in | in the worker | on the way back |
//! |---|---|---|---|
//! | `Vec<N>`, `String`, `Box<[N]>`, `Box<str>`, where `N` is a number | one copy | one copy | two copies |
//! | `&[N]`, `&str`, [`Cow`](std::borrow::Cow)s of them, and `Option`s of these | one copy | lent: the function reads the message | - |
//! | [`Shared<[N]>`](Shared), `Shared<str>`, also inside of other values | none | none | none |
//! | everything else | encoded by serde | decoded by serde | encoded and decoded |
//!
//! - The first two rows are for an argument or a result as a whole. A `Vec<u8>` inside of a struct
//!   or a tuple is encoded element by element, as serde does it; `serde_bytes` copies it as a
//!   whole.
//! - A call by position copies a borrowed argument once more, so that the call can outlive it. A
//!   call by name (`task::builder().bytes(bytes)`) takes an owned value without a copy.
//! - Values that take more than 64 KiB are encoded and decoded on threads for this
//!   (`offloop-codec`), so that the event loop goes on.
//! - Data that many calls read, or that goes from one worker to the next, is best made once, as a
//!   [`Shared`].
//!
//! A worker keeps the memory of its messages for the next ones, because new pages cost more than
//! the copy. It keeps as much as its largest call and its largest answer took so far, and up to
//! twice that, until it ends ([`idle_timeout`](ProcessPool::idle_timeout),
//! [`recycle_after`](ProcessPool::recycle_after)). A [`memory_limit`](ProcessPool::memory_limit)
//! counts what the function allocates, but neither the messages nor a [`Shared`].
//!
//! # Platforms
//!
//! Thread pools work everywhere. Process pools need Linux.
//!
//! # Features
//!
//! - `auto-worker` (default): a worker begins to serve calls before `main`. Without this feature
//!   the first line of `main` has to be [`init`].
//! - `tokio` (default): a tokio runtime is woken directly when a process call is done. Without this
//!   feature, and on other runtimes, a thread of the pool wakes the caller, which takes a few
//!   microseconds more.
//! - `sandbox`: adds `Sandbox`, which keeps the code in worker processes from files, other programs
//!   and the network.

// A file that has to be unsafe allows it for itself and says why; a test holds the list of these
// files.
#![deny(unsafe_code)]
// What only worker processes need is not used where there are none.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

/// The programs of README.md, compiled and run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

// Generated code names `::offloop`. This makes the name work in the tests and docs of this crate.
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
