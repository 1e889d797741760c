//! The error of a call: one variant for each thing that can go wrong, with all that is known of it.

mod details;
pub(crate) mod fault;
pub(crate) mod text;

use std::io;

use serde::{Deserialize, Serialize};

pub use details::{
    CannotStart, CodecFailed, Exit, InvalidPool, Panicked, Phase, Poisoned, Refused, TimedOut,
    WorkerDied,
};

/// Why a call returned no value.
///
/// Every variant names the task and its pool. [`started()`](Error::started) tells whether the
/// function had begun to run, which decides whether calling again is safe.
///
/// The error can be serialised, so that your own error type can hold it and still come back from a
/// worker process.
///
/// ```
/// use offloop::{Error, ThreadPool};
///
/// let error = ThreadPool::global().run(|| panic!("no such page")).wait().unwrap_err();
/// let Error::Panicked(panic) = &error else { unreachable!() };
/// assert_eq!(panic.message, "no such page");
/// assert!(panic.location.is_some());
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Error {
    /// The function panicked. The details have the message, the place and a backtrace.
    Panicked(Box<Panicked>),
    /// The worker process that ran the call died. The details have the signal or exit code, what
    /// the worker was doing, and the last lines that it wrote.
    WorkerDied(Box<WorkerDied>),
    /// The call ran longer than its [`timeout`](crate::Call::timeout), or waited longer than its
    /// [`queue_timeout`](crate::Call::queue_timeout).
    TimedOut(Box<TimedOut>),
    /// An argument or the result could not be encoded to be sent to the other process.
    Encode(Box<CodecFailed>),
    /// An argument or the result could not be decoded in the other process.
    Decode(Box<CodecFailed>),
    /// The queue of the pool is full, and the call asked not to wait
    /// ([`try_now`](crate::Call::try_now)).
    QueueFull(Box<Refused>),
    /// The pool is closed.
    Closed(Box<Refused>),
    /// No worker could be started to run the call.
    CannotStart(Box<CannotStart>),
    /// The settings of the pool cannot work, for example no workers; or the task cannot run in a
    /// pool with these settings.
    InvalidPool(Box<InvalidPool>),
    /// The call has [`retry`](crate::Call::retry), and these arguments have killed too many
    /// workers.
    Poisoned(Box<Poisoned>),
}

/// Whether the function of a failed call had begun to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Started {
    /// The function did not begin to run. The call can be made again as if nothing had happened.
    No,
    /// The function began to run. What it had done by then is done.
    Yes,
    /// The pool cannot tell.
    Unknown,
}

impl Error {
    /// Returns whether the function had begun to run.
    #[must_use]
    pub fn started(&self) -> Started {
        match self {
            Error::Panicked(_) => Started::Yes,
            Error::WorkerDied(died) => match died.phase {
                Phase::Idle | Phase::Decode => Started::No,
                Phase::Run | Phase::Encode => Started::Yes,
                Phase::Unknown => Started::Unknown,
            },
            Error::TimedOut(timed_out) => timed_out.started,
            Error::Encode(codec) | Error::Decode(codec) => codec.started,
            Error::Closed(refused) => refused.started,
            Error::QueueFull(_)
            | Error::CannotStart(_)
            | Error::InvalidPool(_)
            | Error::Poisoned(_) => Started::No,
        }
    }

    /// Returns the name of the task that was called: its module path and its name.
    #[must_use]
    pub fn task(&self) -> &str {
        match self {
            Error::Panicked(e) => &e.task,
            Error::WorkerDied(e) => &e.task,
            Error::TimedOut(e) => &e.task,
            Error::Encode(e) | Error::Decode(e) => &e.task,
            Error::QueueFull(e) | Error::Closed(e) => &e.task,
            Error::CannotStart(e) => &e.task,
            Error::InvalidPool(e) => &e.task,
            Error::Poisoned(e) => &e.task,
        }
    }

    /// Returns the name of the pool that the call was made on.
    #[must_use]
    pub fn pool(&self) -> &str {
        match self {
            Error::Panicked(e) => &e.pool,
            Error::WorkerDied(e) => &e.pool,
            Error::TimedOut(e) => &e.pool,
            Error::Encode(e) | Error::Decode(e) => &e.pool,
            Error::QueueFull(e) | Error::Closed(e) => &e.pool,
            Error::CannotStart(e) => &e.pool,
            Error::InvalidPool(e) => &e.pool,
            Error::Poisoned(e) => &e.pool,
        }
    }
}

/// What a call can return: a `Result` whose error can be made from [`Error`].
#[diagnostic::on_unimplemented(
    message = "the error type of `{Self}` cannot be made from `offloop::Error`",
    label = "a call also fails when its task panics, times out or loses its worker",
    note = "write `nested` among the attribute's options: the call then gives `Result<Result<T, E>, offloop::Error>`",
    note = "or give the error type a variant for it: with `thiserror`, `#[error(transparent)] Call(#[from] offloop::Error)`"
)]
pub trait Outcome: Send + 'static {
    /// Returns the outcome of a call that failed with this error.
    fn from_error(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, E: From<Error> + Send + 'static> Outcome for Result<T, E> {
    fn from_error(error: Error) -> Self {
        Err(E::from(error))
    }
}

impl std::error::Error for Error {}

/// The whole error is inside of the `io::Error`, so that `get_ref` and a downcast find it.
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = match &error {
            Error::TimedOut(_) => io::ErrorKind::TimedOut,
            Error::Encode(_) | Error::Decode(_) => io::ErrorKind::InvalidData,
            Error::InvalidPool(_) => io::ErrorKind::InvalidInput,
            Error::QueueFull(_) => io::ErrorKind::WouldBlock,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}
