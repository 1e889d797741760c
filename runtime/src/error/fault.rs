//! Why a worker was killed, and why one could not be started. The texts are in `text/fault.rs`.
//!
//! Each text reads on after "because", and "it" is the worker.

use std::io;
use std::time::Duration;

use super::Exit;
use crate::sys::MemoryError;

/// Why the pool killed a worker process.
#[derive(Debug)]
pub(crate) enum KillReason {
    /// The pool stopped the call that it ran, and that did not end by itself.
    Stopped(StopReason),
    /// The pool was shut down, and the deadline for that has passed.
    Closed,
    /// The pool had no more use for it, told it to end, and it did not end in time.
    Retired,
    /// It closed its socket while it had no call, so that it could not be given one any more.
    HungUp,
    /// The pool could not send it what a call needs: its socket is full or closed.
    Unreachable,
    /// The pool cannot watch it, and would not hear of its end.
    Unwatched,
    /// The pool found something wrong with it.
    Faulty(Fault),
}

/// Why the pool stopped a call that a worker ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// The call took longer than its `timeout`.
    TimedOut,
    /// The caller dropped the call.
    Dropped,
    /// The call failed in the pool: it has no thread for its `timeout`, for example.
    Failed,
}

/// What a pool finds wrong with a worker. The pool kills such a worker.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Its first message shows that it is not this program, or another build of it.
    OtherBuild,
    /// It sent no first message within `start_timeout`.
    Silent {
        /// The process id.
        pid: u32,
        /// The `start_timeout` of the pool.
        limit: Duration,
    },
    /// What runs when a worker starts did not finish within `start_timeout`.
    SlowSetUp {
        /// The process id.
        pid: u32,
        /// The `start_timeout` of the pool.
        limit: Duration,
        /// The functions that run when a worker starts, by name.
        hooks: String,
    },
    /// What runs when a worker starts failed. The text is the worker's own.
    FailedSetUp(String),
    /// It did not begin a call for a second, although it had nothing else to do.
    Stuck,
    /// It closed its socket while it had a call, and did not end.
    ClosedSocket,
    /// It answered a call that is not one of its calls.
    WrongCall,
    /// It announced an answer of so many bytes in a slot that holds fewer.
    LongAnswer(usize),
    /// It sent a message that names memory, without memory.
    NoMemory,
    /// It answered with memory that it has not sent.
    NoAnswerMemory,
    /// It sent fewer descriptors than its answer announced.
    MissingDescriptors,
    /// It sent descriptors that none of its calls waits for.
    UnexpectedDescriptors,
    /// It sent a message that only a pool sends.
    PoolMessage,
    /// What it sent breaks the protocol.
    Protocol(ProtocolFault),
}

/// What breaks the protocol between a pool and a worker, whichever of them has sent it.
#[derive(Debug)]
pub(crate) enum ProtocolFault {
    /// Its socket cannot be read.
    Socket(io::Error),
    /// It sent a frame of this kind, which is none.
    FrameKind(u64),
    /// It announced a frame of so many bytes, which is more than any frame has.
    FrameLength(u64),
    /// The system dropped descriptors that it sent, because this process may not open more.
    LostDescriptors,
    /// It sent descriptors with a purpose that is none.
    Purpose,
    /// It sent a reply of this kind, which is none.
    ReplyKind(u32),
    /// It sent a report whose bytes cannot be decoded. The text says why.
    Report(String),
    /// It said that so many bytes of events wait to be read, which is more than there is room for.
    EventBytes(u64),
    /// It sent an event of this kind, which is none.
    EventKind(u32),
    /// It sent an event whose bytes cannot be read.
    Event,
    /// The shared memory that it sent cannot be used.
    Memory(MemoryError),
}

/// Why the arguments of a call could not be sent to a worker.
#[derive(Debug)]
pub(crate) enum Unsent {
    /// The descriptors that came up in them cannot be sent.
    Descriptors(io::Error),
    /// The memory that they are in cannot be sent.
    Memory(io::Error),
    /// There is no memory for them.
    NoMemory(io::Error),
}

/// What a worker finds wrong with its pool. The worker prints it and exits.
#[derive(Debug)]
pub(crate) enum PoolFault {
    /// The pool has closed the socket.
    Gone,
    /// The first message of the pool has no ring.
    NoRing,
    /// The ring is shorter than its layout.
    ShortRing,
    /// The configuration of the worker cannot be read. The text says why.
    Config(String),
    /// A call names memory that the pool has not sent.
    NoCallMemory,
    /// The pool sent a message that only a worker sends, or one that lacks its descriptor.
    WorkerMessage,
    /// What the pool sent breaks the protocol.
    Protocol(ProtocolFault),
}

/// Why a worker could not be started.
#[derive(Debug)]
pub(crate) enum StartFault {
    /// There is no thread that starts workers.
    NoThread(io::Error),
    /// The pool was closed before the worker was started.
    PoolClosed,
    /// The program has two tasks that cannot be told from each other. The text names them.
    Registry(String),
    /// There is no socket between the pool and the worker.
    Socket(io::Error),
    /// The ring could not be made, or sent ahead.
    Ring(io::Error),
    /// The configuration of the worker could not be sent ahead.
    Config(io::Error),
    /// The system cannot start the program again.
    Spawn(io::Error),
    /// The pool cannot watch the process that it has started.
    Watch(io::Error),
    /// The process ended before it was ready, by itself or killed for a fault.
    Died {
        /// The process id.
        pid: u32,
        /// How the process ended.
        exit: Exit,
        /// What the pool found wrong with it, if that is why it ended.
        fault: Option<Fault>,
        /// Why the process ended, as it said itself.
        said: Option<String>,
        /// What the process wrote to its standard error.
        stderr: String,
    },
}

impl KillReason {
    /// Returns whether the pool found something wrong with the worker. Otherwise the caller or the
    /// pool wanted its end.
    pub(crate) fn is_fault(&self) -> bool {
        match self {
            KillReason::HungUp | KillReason::Unreachable | KillReason::Faulty(_) => true,
            KillReason::Stopped(_)
            | KillReason::Closed
            | KillReason::Retired
            | KillReason::Unwatched => false,
        }
    }
}

impl From<StopReason> for KillReason {
    fn from(reason: StopReason) -> KillReason {
        KillReason::Stopped(reason)
    }
}

impl From<Fault> for KillReason {
    fn from(fault: Fault) -> KillReason {
        KillReason::Faulty(fault)
    }
}

impl From<ProtocolFault> for Fault {
    fn from(fault: ProtocolFault) -> Fault {
        Fault::Protocol(fault)
    }
}

impl From<ProtocolFault> for PoolFault {
    fn from(fault: ProtocolFault) -> PoolFault {
        PoolFault::Protocol(fault)
    }
}

impl From<MemoryError> for ProtocolFault {
    fn from(error: MemoryError) -> ProtocolFault {
        ProtocolFault::Memory(error)
    }
}

impl From<MemoryError> for Fault {
    fn from(error: MemoryError) -> Fault {
        ProtocolFault::from(error).into()
    }
}

impl From<MemoryError> for PoolFault {
    fn from(error: MemoryError) -> PoolFault {
        ProtocolFault::from(error).into()
    }
}
