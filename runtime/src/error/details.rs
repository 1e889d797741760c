//! What is known of each thing that can go wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Error, Started};

/// Details of [`Error::Panicked`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Panicked {
    /// The task whose function panicked.
    pub task: String,
    /// The pool that ran it.
    pub pool: String,
    /// The text of the panic; for a payload that is not text, its absence is said.
    pub message: String,
    /// `file:line:column` of the panic. `None` when the program replaced the panic hook.
    pub location: Option<String>,
    /// The backtrace as text. `None` when `RUST_BACKTRACE=0` is set or the program replaced the
    /// panic hook.
    pub backtrace: Option<String>,
    /// The worker process in which it happened; `None` on a thread of this process.
    pub pid: Option<u32>,
}

/// Details of [`Error::WorkerDied`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WorkerDied {
    /// The task that was running.
    pub task: String,
    /// The pool whose worker died.
    pub pool: String,
    /// The process id that the worker had.
    pub pid: u32,
    /// How it ended.
    pub exit: Exit,
    /// What the worker was doing for this call.
    pub phase: Phase,
    /// How long the worker had been at this call.
    pub ran_for: Duration,
    /// What the pool found wrong with the worker, when it was the pool that killed it.
    pub fault: Option<String>,
    /// What speaks for an end by lack of memory, in words; `None` when nothing does.
    pub out_of_memory: Option<String>,
    /// The last lines, at most 4 KiB, that this worker wrote to its standard error since it was
    /// given the call.
    pub stderr: String,
    /// How many workers this call has cost, this one included; more than 1 only with
    /// [`retry`](crate::Call::retry).
    pub deaths: u32,
}

/// How a worker process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Exit {
    /// By a signal of this number.
    Signal(i32),
    /// With this exit code.
    Code(i32),
    /// It cannot be told.
    Unknown,
}

/// What a worker process was doing for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Phase {
    /// It had not begun with the call.
    Idle,
    /// It was decoding the arguments.
    Decode,
    /// It was running the function.
    Run,
    /// It was encoding the result.
    Encode,
    /// It cannot be told.
    Unknown,
}

/// Details of [`Error::TimedOut`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimedOut {
    /// The task that took too long.
    pub task: String,
    /// The pool that ran it.
    pub pool: String,
    /// The limit that passed.
    pub limit: Duration,
    /// Whether the function had begun to run.
    pub started: Started,
    /// The worker process that was killed for it; `None` on a thread of this process, which
    /// cannot be killed and has been asked to stop.
    pub pid: Option<u32>,
    /// How long the function may go on in that process until it is killed.
    pub grace: Duration,
}

/// Details of [`Error::Encode`] and [`Error::Decode`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodecFailed {
    /// The task whose value it was.
    pub task: String,
    /// The pool of the call.
    pub pool: String,
    /// Which value, and what is wrong with it.
    pub reason: String,
    /// Whether the function had begun to run.
    pub started: Started,
}

/// Details of [`Error::QueueFull`] and [`Error::Closed`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refused {
    /// The task that was called.
    pub task: String,
    /// The pool that refused it.
    pub pool: String,
    /// Whether the function had begun to run: only if the pool was shut down meanwhile.
    pub started: Started,
}

/// Details of [`Error::Poisoned`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Poisoned {
    /// The task that was called.
    pub task: String,
    /// The pool that refused it.
    pub pool: String,
    /// How many workers died of these arguments, in calls before.
    pub deaths: u32,
}

/// Details of [`Error::CannotStart`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CannotStart {
    /// The task that was called.
    pub task: String,
    /// The pool that has no worker.
    pub pool: String,
    /// Why none could be started.
    pub reason: String,
}

/// Details of [`Error::InvalidPool`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvalidPool {
    /// The task that was called.
    pub task: String,
    /// The pool with these settings.
    pub pool: String,
    /// Which setting cannot work, and what to write instead.
    pub reason: String,
}

impl Refused {
    pub(crate) fn new(task: &str, pool: &str, started: Started) -> Refused {
        Refused {
            task: task.to_owned(),
            pool: pool.to_owned(),
            started,
        }
    }
}

impl CannotStart {
    pub(crate) fn new(task: &str, pool: &str, reason: String) -> CannotStart {
        CannotStart {
            task: task.to_owned(),
            pool: pool.to_owned(),
            reason,
        }
    }
}

impl InvalidPool {
    pub(crate) fn new(pool: &str, reason: impl Into<String>) -> InvalidPool {
        InvalidPool {
            task: String::new(),
            pool: pool.to_owned(),
            reason: reason.into(),
        }
    }

    /// The settings are looked at once; each call is told in its own name.
    pub(crate) fn for_task(mut self, task: &str) -> Error {
        task.clone_into(&mut self.task);
        Error::InvalidPool(Box::new(self))
    }
}
