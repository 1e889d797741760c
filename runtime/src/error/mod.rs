//! What a caller is told when a call gives no value: one variant for each thing that can go wrong,
//! with everything that is known about it.

mod details;
#[allow(dead_code, reason = "until the host side of processes uses it")]
pub(crate) mod fault;
mod text;

use std::io;

use serde::{Deserialize, Serialize};

pub use details::{
    CannotStart, CodecFailed, Exit, InvalidPool, Panicked, Phase, Poisoned, Refused, TimedOut,
    WorkerDied,
};
#[cfg(target_os = "linux")]
pub(crate) use text::last_words;

/// Why a call gave no value.
///
/// Every variant names the task and its pool, and [`started()`](Error::started) tells whether the
/// function had begun to run, which is what decides if calling again is safe.
///
/// The error can be serialised, so that an error type of yours may hold it and still come back
/// from a worker process.
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
    /// The function panicked: its message, the place, a backtrace.
    Panicked(Box<Panicked>),
    /// The worker process that ran the call died: by which signal or exit code, what it was
    /// doing, and its last words.
    WorkerDied(Box<WorkerDied>),
    /// The call ran longer than its [`timeout`](crate::Call::timeout), or waited longer than its
    /// [`queue_timeout`](crate::Call::queue_timeout).
    TimedOut(Box<TimedOut>),
    /// An argument or the result could not be encoded for the way between processes.
    Encode(Box<CodecFailed>),
    /// An argument or the result could not be decoded on the other side.
    Decode(Box<CodecFailed>),
    /// The queue of the pool is full, and the call asked not to wait
    /// ([`try_now`](crate::Call::try_now)).
    QueueFull(Box<Refused>),
    /// The pool is closed.
    Closed(Box<Refused>),
    /// No worker could be started to run the call.
    CannotStart(Box<CannotStart>),
    /// The settings of the pool cannot work, such as no workers, or are not those of a pool that
    /// the task can run in.
    InvalidPool(Box<InvalidPool>),
    /// The call may be repeated, and these arguments have killed too many workers.
    Poisoned(Box<Poisoned>),
}

/// Whether the function of a failed call has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Started {
    /// The function did not begin to run: the call can be made again as if nothing had happened.
    No,
    /// The function began to run: what it had done by then is done.
    Yes,
    /// It cannot be told.
    Unknown,
}

impl Error {
    /// Whether the function had begun to run.
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

    /// The name of the task that was called: its module path and its name.
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

    /// The name of the pool that the call was made on.
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

/// What a call may give: a `Result` whose error can be made from [`Error`].
#[diagnostic::on_unimplemented(
    message = "the error type of `{Self}` cannot be made from `offloop::Error`",
    label = "a call also fails when its task panics, times out or loses its worker",
    note = "write `nested` among the attribute's options: the call then gives `Result<Result<T, E>, offloop::Error>`",
    note = "or give the error type a variant for it: with `thiserror`, `#[error(transparent)] Call(#[from] offloop::Error)`"
)]
pub trait Outcome: Send + 'static {
    /// The outcome of a call that gave no value.
    fn from_error(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, E: From<Error> + Send + 'static> Outcome for Result<T, E> {
    fn from_error(error: Error) -> Self {
        Err(E::from(error))
    }
}

impl std::error::Error for Error {}

/// Keeps the whole error inside, so that `get_ref` and a downcast find it again.
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
