//! Why a worker cannot work. It is the last thing that the worker says to its pool and prints.

use std::fmt;
use std::io;

use rustix::io::Errno;

use crate::error::fault::PoolFault;
#[cfg(feature = "sandbox")]
use crate::process::sandbox::fault::SandboxFault;
use crate::tasks::hooks::HookFault;
use crate::tasks::registry::Clash;
use crate::wire::FormatError;

/// Why a worker cannot work, or cannot go on.
#[derive(Debug)]
pub(crate) enum WorkerFault {
    /// It could not be set up.
    SetUp(SetUpFault),
    /// The process was made a worker twice.
    SetUpTwice,
    /// The thread that runs the calls cannot be started.
    NoThread(io::Error),
    /// The loop of the worker panicked.
    LoopPanicked,
    /// The program has two tasks of one id.
    Clash(&'static Clash),
    /// The first message cannot be sent.
    NoHello(io::Error),
    /// The pool cannot be told that the worker is ready.
    NoReady(io::Error),
    /// What the pool sent cannot be used.
    Pool(PoolFault),
    /// The pool cannot be woken for an answer.
    NoDoorbell(io::Error),
}

/// What could not be set up.
#[derive(Debug)]
pub(crate) enum SetUpFault {
    /// The kernel refused a call.
    Kernel(Errno),
    /// There is no `/dev/null` for standard input.
    NoDevNull(io::Error),
    /// The worker cannot hear that its program has ended.
    NoEnd(io::Error),
    /// The memory cannot be limited.
    MemoryLimit(Errno),
    /// The niceness cannot be changed by so much.
    Niceness(i32, Errno),
    /// What the pool sent cannot be used.
    Pool(PoolFault),
}

/// Why a worker that was set up runs no calls. Its pool is told, and starts no other at once.
#[derive(Debug)]
pub(crate) enum NotReady {
    /// It could not be put into its sandbox.
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxFault),
    /// A start hook went wrong.
    Hook(HookFault),
}

/// Why a result does not get to the pool.
#[derive(Debug)]
pub(crate) enum ResultFault {
    /// It cannot be encoded, or there is no memory for it.
    Format(FormatError),
    /// The descriptors of its memory cannot be sent.
    Descriptors(io::Error),
}

impl From<SetUpFault> for WorkerFault {
    fn from(fault: SetUpFault) -> WorkerFault {
        WorkerFault::SetUp(fault)
    }
}

impl From<PoolFault> for SetUpFault {
    fn from(fault: PoolFault) -> SetUpFault {
        SetUpFault::Pool(fault)
    }
}

impl From<Errno> for SetUpFault {
    fn from(error: Errno) -> SetUpFault {
        SetUpFault::Kernel(error)
    }
}

impl fmt::Display for WorkerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkerFault::SetUp(fault) => write!(f, "a worker cannot be set up: {fault}"),
            WorkerFault::SetUpTwice => f.write_str("a worker was set up twice"),
            WorkerFault::NoThread(error) => write!(
                f,
                "a worker cannot start its thread; is the pool's `memory_limit` too small, or the \
                 number of processes limited? {error}"
            ),
            WorkerFault::LoopPanicked => {
                f.write_str("the worker's loop panicked, which is a fault of offloop")
            }
            WorkerFault::Clash(clash) => clash.fmt(f),
            WorkerFault::NoHello(error) => write!(f, "the worker cannot say hello: {error}"),
            WorkerFault::NoReady(error) => {
                write!(
                    f,
                    "the pool cannot be told that the worker is ready: {error}"
                )
            }
            WorkerFault::Pool(fault) => write!(f, "the pool is not understood: {fault}"),
            WorkerFault::NoDoorbell(error) => {
                write!(f, "the pool cannot be told of an answer: {error}")
            }
        }
    }
}

impl fmt::Display for SetUpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetUpFault::Kernel(error) => error.fmt(f),
            SetUpFault::NoDevNull(error) => write!(f, "no /dev/null: {error}"),
            SetUpFault::NoEnd(error) => write!(f, "it cannot be told of the end: {error}"),
            SetUpFault::MemoryLimit(error) => {
                write!(f, "no limit can be set on its memory: {error}")
            }
            SetUpFault::Niceness(more, error) => {
                write!(f, "its niceness cannot be changed by {more}: {error}")
            }
            SetUpFault::Pool(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "sandbox")]
            NotReady::Sandbox(fault) => fault.fmt(f),
            NotReady::Hook(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for ResultFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResultFault::Format(error) => error.fmt(f),
            ResultFault::Descriptors(error) => write!(f, "its memory cannot be sent: {error}"),
        }
    }
}
