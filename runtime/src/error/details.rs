//! The details of each variant of [`Error`].

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
    /// The text of the panic. If the panic carried a value that is not text, this says so.
    pub message: String,
    /// `file:line:column` of the panic. `None` if the program replaced the panic hook.
    pub location: Option<String>,
    /// The backtrace as text. `None` if `RUST_BACKTRACE=0` is set, or if the program replaced the
    /// panic hook.
    pub backtrace: Option<String>,
    /// The process id of the worker that panicked. `None` on a thread of this process.
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
    /// The process id of the worker.
    pub pid: u32,
    /// How the worker ended.
    pub exit: Exit,
    /// What the worker was doing for this call.
    pub phase: Phase,
    /// How long the worker had run this call.
    pub ran_for: Duration,
    /// What the pool found wrong with the worker, or why the worker ended, as it said itself: that
    /// it could not go on, or the panic that has aborted it. `None` if neither is known.
    pub fault: Option<String>,
    /// Why a lack of memory is the likely cause. `None` if nothing points to it.
    pub out_of_memory: Option<String>,
    /// The last lines, at most 4 KiB, that the worker wrote to its standard error after it was
    /// given the call.
    pub stderr: String,
    /// How many workers have died of this call, this one included. More than 1 only with
    /// [`retry`](crate::Call::retry).
    pub deaths: u32,
}

/// How a worker process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Exit {
    /// A signal of this number killed it.
    Signal(i32),
    /// It exited with this code.
    Code(i32),
    /// The system does not tell.
    Unknown,
}

/// What a worker process was doing for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Phase {
    /// It had not begun the call.
    Idle,
    /// It was decoding the arguments.
    Decode,
    /// It was running the function.
    Run,
    /// It was encoding the result.
    Encode,
    /// The worker left no trace of it.
    Unknown,
}

/// Details of [`Error::TimedOut`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimedOut {
    /// The task that took too long.
    pub task: String,
    /// The pool of the call.
    pub pool: String,
    /// The limit that passed.
    pub limit: Duration,
    /// Whether the function had begun to run.
    pub started: Started,
    /// The process id of the worker that the pool killed. `None` on a thread of this process, which
    /// cannot be killed: the function was asked to stop.
    pub pid: Option<u32>,
    /// How long the function may still run in that process until the pool kills it.
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
    /// Whether the function had begun to run. Only a pool that is shut down ends such a call.
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
    /// How many workers died of these arguments in earlier calls.
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

    /// Returns the error for a call of this task. The pool checks its settings once, and every call
    /// gets the result.
    pub(crate) fn for_task(mut self, task: &str) -> Error {
        task.clone_into(&mut self.task);
        Error::InvalidPool(Box::new(self))
    }
}
