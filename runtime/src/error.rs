//! What a caller is told when a call gives no value: one variant for each thing that can go wrong,
//! with everything that is known about it.

use std::fmt;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

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

impl InvalidPool {
    pub(crate) fn new(pool: &str, reason: impl Into<String>) -> InvalidPool {
        InvalidPool {
            task: String::new(),
            pool: pool.to_owned(),
            reason: reason.into(),
        }
    }

    /// The settings are looked at once; each call is told in its own name.
    pub(crate) fn for_task(self, task: &str) -> Error {
        Error::InvalidPool(Box::new(InvalidPool {
            task: task.to_owned(),
            ..self
        }))
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Panicked(e) => {
                write!(
                    f,
                    "`{}` panicked in pool `{}`: {}",
                    e.task, e.pool, e.message
                )?;
                match &e.location {
                    Some(location) => write!(f, " (at {location})"),
                    None => Ok(()),
                }
            }
            Error::WorkerDied(e) => e.fmt(f),
            Error::TimedOut(e) => {
                let (limit, task, pool) = (e.limit, &e.task, &e.pool);
                match (e.started, e.pid) {
                    (Started::No, _) => {
                        write!(
                            f,
                            "`{task}` waited {limit:?} in the queue of pool `{pool}` and has not run"
                        )
                    }
                    (_, Some(pid)) if e.grace.is_zero() => write!(
                        f,
                        "`{task}` ran longer than {limit:?} in pool `{pool}`; its worker process {pid} was killed"
                    ),
                    (_, Some(pid)) => write!(
                        f,
                        "`{task}` ran longer than {limit:?} in pool `{pool}`; it was asked to stop, and its worker process {pid} is killed if it has not after {:?}",
                        e.grace
                    ),
                    (_, None) => write!(
                        f,
                        "`{task}` ran longer than {limit:?} in pool `{pool}`; it was asked to stop, and its thread is busy until it does"
                    ),
                }
            }
            Error::Encode(e) => write!(
                f,
                "`{}` in pool `{}`: cannot encode {}",
                e.task, e.pool, e.reason
            ),
            Error::Decode(e) => write!(
                f,
                "`{}` in pool `{}`: cannot decode {}",
                e.task, e.pool, e.reason
            ),
            Error::QueueFull(e) => write!(
                f,
                "`{}` was refused: the queue of pool `{}` is full",
                e.task, e.pool
            ),
            Error::Closed(e) if e.started == Started::No => {
                write!(f, "`{}` was refused: pool `{}` is closed", e.task, e.pool)
            }
            Error::Closed(e) => write!(
                f,
                "`{}` was ended during its run: pool `{}` was shut down",
                e.task, e.pool
            ),
            Error::Poisoned(e) => write!(
                f,
                "`{}` was refused: its arguments have killed {} worker processes of pool `{}`; \
                 call it without `retry` to run it all the same",
                e.task, e.deaths, e.pool
            ),
            Error::CannotStart(e) => write!(
                f,
                "`{}` has not run: pool `{}` cannot start a worker: {}",
                e.task, e.pool, e.reason
            ),
            Error::InvalidPool(e) => write!(
                f,
                "`{}` has not run: pool `{}` cannot work: {}",
                e.task, e.pool, e.reason
            ),
        }
    }
}

impl fmt::Display for WorkerDied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "worker process {} of pool `{}` died {} of `{}`, after {:.1?}: {}",
            self.pid, self.pool, self.phase, self.task, self.ran_for, self.exit
        )?;
        if let Some(fault) = &self.fault {
            write!(f, ", because {fault}")?;
        }
        if self.deaths > 1 {
            write!(f, "; this call has cost {} workers", self.deaths)?;
        }
        if let Some(evidence) = &self.out_of_memory {
            write!(f, "; out of memory: {evidence}")?;
        }
        match last_words(&self.stderr) {
            Some(line) => write!(f, "; its last line on stderr: {line}"),
            None => Ok(()),
        }
    }
}

/// The last line that says something; not of a backtrace, nor a hint how to get one.
pub(crate) fn last_words(stderr: &str) -> Option<&str> {
    stderr.lines().map(str::trim).rev().find(|line| {
        let is_frame = line.split_once(": ").is_some_and(|(number, _)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        let is_noise = ["note: ", "at ", "stack backtrace:", "skipping backtrace"];
        !(line.is_empty() || is_frame || is_noise.iter().any(|noise| line.starts_with(noise)))
    })
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Signal(number) => match signal_name(*number) {
                Some(name) => write!(f, "killed by signal {number} ({name})"),
                None => write!(f, "killed by signal {number}"),
            },
            Exit::Code(code) => write!(f, "exited with code {code}"),
            Exit::Unknown => f.write_str("how it ended is not known"),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Idle => "before it took up a call",
            Phase::Decode => "while decoding the arguments",
            Phase::Run => "during a run",
            Phase::Encode => "while encoding the result",
            Phase::Unknown => "at an unknown point of a call",
        })
    }
}

/// The names of the signals that end processes, which have the same numbers on every Linux.
fn signal_name(number: i32) -> Option<&'static str> {
    Some(match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
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
