//! The texts of `fault.rs`.

use std::fmt;

use super::last_words;
use crate::error::fault::{
    Fault, KillReason, PoolFault, ProtocolFault, StartFault, StopReason, Unsent,
};

impl fmt::Display for KillReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KillReason::Stopped(StopReason::TimedOut) => "its call ran longer than its `timeout`",
            KillReason::Stopped(StopReason::Dropped) => "the caller dropped its call",
            KillReason::Stopped(StopReason::Failed) => "its call failed in the pool",
            KillReason::Closed => "the pool was shut down",
            KillReason::Retired => "it did not end when it was told to",
            KillReason::HungUp => "it closed its socket",
            KillReason::Unreachable => "it did not take in what the pool sent",
            KillReason::Unwatched => "the pool cannot watch it",
            KillReason::Faulty(fault) => return fault.fmt(f),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::OtherBuild => {
                "it is another build of this program, or not this program; \
                 was the executable replaced?"
            }
            Fault::Silent { pid, limit } => {
                return write!(
                    f,
                    "worker process {pid} said nothing within {limit:?}; does the program link \
                     offloop, with the feature `auto-worker` or with `offloop::init()` as the \
                     first line of `main`?"
                );
            }
            Fault::SlowSetUp { pid, limit, hooks } => {
                return write!(
                    f,
                    "what runs when a worker starts ({hooks}) did not finish within {limit:?} \
                     in worker process {pid}"
                );
            }
            Fault::FailedSetUp(reason) => reason,
            Fault::Stuck => "it stopped taking calls",
            Fault::ClosedSocket => "it closed its socket and went on",
            Fault::WrongCall => "it answered a call that it was not given",
            Fault::LongAnswer(length) => {
                return write!(f, "it announced an answer of {length} bytes");
            }
            Fault::NoMemory => "it sent no memory",
            Fault::NoAnswerMemory => "it sent no memory for its answer",
            Fault::MissingDescriptors => "it sent fewer descriptors than it announced",
            Fault::UnexpectedDescriptors => "it sent descriptors that no call waits for",
            Fault::PoolMessage => "it sent a message that only a pool sends",
            Fault::Protocol(fault) => return fault.fmt(f),
        })
    }
}

impl fmt::Display for ProtocolFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProtocolFault::Socket(error) => write!(f, "its socket cannot be read: {error}"),
            ProtocolFault::FrameKind(kind) => write!(f, "it sent a frame of unknown kind {kind}"),
            ProtocolFault::FrameLength(length) => {
                write!(f, "it announced a frame of {length} bytes")
            }
            ProtocolFault::LostDescriptors => f.write_str(
                "descriptors that it sent were lost; does this process have too many files open?",
            ),
            ProtocolFault::Purpose => f.write_str("it sent descriptors for an unknown purpose"),
            ProtocolFault::ReplyKind(kind) => write!(f, "it sent a reply of unknown kind {kind}"),
            ProtocolFault::Report(reason) => {
                write!(f, "it sent a report that cannot be read: {reason}")
            }
            ProtocolFault::EventBytes(length) => write!(
                f,
                "it announced {length} bytes of events, more than there is room for"
            ),
            ProtocolFault::EventKind(kind) => write!(f, "it sent an event of unknown kind {kind}"),
            ProtocolFault::Event => f.write_str("it sent an event that cannot be read"),
            ProtocolFault::Memory(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, error) = match self {
            Unsent::Descriptors(error) => ("descriptors", error),
            Unsent::Memory(error) => ("memory", error),
            Unsent::NoMemory(error) => {
                return write!(f, "the arguments: there is no memory for them: {error}");
            }
        };
        write!(
            f,
            "the arguments: {what} cannot be sent to the worker: {error}"
        )
    }
}

impl fmt::Display for PoolFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PoolFault::Gone => "the pool has closed the socket",
            PoolFault::NoRing => "the pool has sent no ring",
            PoolFault::ShortRing => "the ring is too short",
            PoolFault::Config(reason) => reason,
            PoolFault::NoCallMemory => "a call is in memory that was not sent",
            PoolFault::WorkerMessage => "the pool sent a message that is not for workers",
            PoolFault::Protocol(fault) => return fault.fmt(f),
        })
    }
}

impl fmt::Display for StartFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartFault::NoThread(error) => write!(
                f,
                "the thread that starts workers cannot be started: {error}"
            ),
            StartFault::PoolClosed => f.write_str("the pool is closed"),
            StartFault::Registry(reason) => f.write_str(reason),
            StartFault::Socket(error) => write!(f, "no socket for a worker: {error}"),
            StartFault::Ring(error) => {
                write!(f, "a worker cannot be given its ring: {error}")
            }
            StartFault::Config(error) => {
                write!(f, "a worker cannot be given its configuration: {error}")
            }
            StartFault::Spawn(error) => {
                write!(f, "this program cannot be started again: {error}")
            }
            StartFault::Watch(error) => write!(f, "a worker cannot be watched: {error}"),
            StartFault::Died {
                pid,
                exit,
                fault,
                said,
                stderr,
            } => {
                match fault {
                    Some(fault) => fault.fmt(f)?,
                    None => write!(f, "worker process {pid} ended before it was ready: {exit}")?,
                }
                if let (None, Some(said)) = (fault, said) {
                    write!(f, ", because {said}")?;
                }
                match last_words(stderr) {
                    Some(line) => write!(f, "; its last line on stderr: {line}"),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;
    use crate::error::Exit;
    use crate::sys::MemoryError;

    fn os() -> io::Error {
        io::Error::other("no such thing")
    }

    #[track_caller]
    fn assert_texts<T: fmt::Display>(texts: impl IntoIterator<Item = (T, &'static str)>) {
        for (value, text) in texts {
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn kill_reasons_have_their_texts() {
        assert_texts([
            (
                StopReason::TimedOut.into(),
                "its call ran longer than its `timeout`",
            ),
            (StopReason::Dropped.into(), "the caller dropped its call"),
            (StopReason::Failed.into(), "its call failed in the pool"),
            (KillReason::Closed, "the pool was shut down"),
            (KillReason::Retired, "it did not end when it was told to"),
            (KillReason::HungUp, "it closed its socket"),
            (
                KillReason::Unreachable,
                "it did not take in what the pool sent",
            ),
            (KillReason::Unwatched, "the pool cannot watch it"),
            (Fault::Stuck.into(), "it stopped taking calls"),
        ]);
    }

    #[test]
    fn faults_of_a_worker_that_starts_have_their_texts() {
        let limit = Duration::from_millis(50);
        let hooks = "`load`, `warm`".to_owned();
        assert_texts([
            (
                Fault::OtherBuild,
                "it is another build of this program, or not this program; was the executable replaced?",
            ),
            (
                Fault::Silent { pid: 7, limit },
                "worker process 7 said nothing within 50ms; does the program link offloop, with the \
                 feature `auto-worker` or with `offloop::init()` as the first line of `main`?",
            ),
            (
                Fault::SlowSetUp {
                    pid: 7,
                    limit,
                    hooks,
                },
                "what runs when a worker starts (`load`, `warm`) did not finish within 50ms in \
                 worker process 7",
            ),
            (Fault::FailedSetUp("no model".to_owned()), "no model"),
        ]);
    }

    #[test]
    fn faults_of_a_worker_that_runs_have_their_texts() {
        assert_texts([
            (Fault::ClosedSocket, "it closed its socket and went on"),
            (Fault::WrongCall, "it answered a call that it was not given"),
            (Fault::LongAnswer(9), "it announced an answer of 9 bytes"),
            (Fault::NoMemory, "it sent no memory"),
            (Fault::NoAnswerMemory, "it sent no memory for its answer"),
            (
                Fault::MissingDescriptors,
                "it sent fewer descriptors than it announced",
            ),
            (
                Fault::UnexpectedDescriptors,
                "it sent descriptors that no call waits for",
            ),
            (
                Fault::PoolMessage,
                "it sent a message that only a pool sends",
            ),
            (
                MemoryError::Empty.into(),
                "what was sent as shared memory is empty",
            ),
        ]);
    }

    #[test]
    fn faults_of_the_protocol_have_their_texts() {
        assert_texts([
            (
                ProtocolFault::Socket(os()),
                "its socket cannot be read: no such thing",
            ),
            (
                ProtocolFault::FrameKind(99),
                "it sent a frame of unknown kind 99",
            ),
            (
                ProtocolFault::FrameLength(99),
                "it announced a frame of 99 bytes",
            ),
            (
                ProtocolFault::LostDescriptors,
                "descriptors that it sent were lost; does this process have too many files open?",
            ),
            (
                ProtocolFault::Purpose,
                "it sent descriptors for an unknown purpose",
            ),
            (
                ProtocolFault::ReplyKind(99),
                "it sent a reply of unknown kind 99",
            ),
            (
                ProtocolFault::Report("cut short".to_owned()),
                "it sent a report that cannot be read: cut short",
            ),
            (
                ProtocolFault::EventBytes(1 << 40),
                "it announced 1099511627776 bytes of events, more than there is room for",
            ),
            (
                ProtocolFault::EventKind(99),
                "it sent an event of unknown kind 99",
            ),
            (ProtocolFault::Event, "it sent an event that cannot be read"),
        ]);
    }

    #[test]
    fn arguments_that_are_not_sent_have_their_texts() {
        assert_texts([
            (
                Unsent::Descriptors(os()),
                "the arguments: descriptors cannot be sent to the worker: no such thing",
            ),
            (
                Unsent::Memory(os()),
                "the arguments: memory cannot be sent to the worker: no such thing",
            ),
            (
                Unsent::NoMemory(os()),
                "the arguments: there is no memory for them: no such thing",
            ),
        ]);
    }

    #[test]
    fn faults_of_a_pool_have_their_texts() {
        assert_texts([
            (PoolFault::Gone, "the pool has closed the socket"),
            (PoolFault::NoRing, "the pool has sent no ring"),
            (PoolFault::ShortRing, "the ring is too short"),
            (
                PoolFault::NoCallMemory,
                "a call is in memory that was not sent",
            ),
            (
                PoolFault::WorkerMessage,
                "the pool sent a message that is not for workers",
            ),
            (
                ProtocolFault::FrameKind(1).into(),
                "it sent a frame of unknown kind 1",
            ),
            (
                MemoryError::CanShrink.into(),
                "what was sent as shared memory could still be made shorter",
            ),
        ]);
    }

    #[test]
    fn failed_starts_have_their_texts() {
        let died = |fault, said: Option<&str>, stderr: &str| StartFault::Died {
            pid: 7,
            exit: Exit::Code(3),
            fault,
            said: said.map(ToOwned::to_owned),
            stderr: stderr.to_owned(),
        };
        assert_texts([
            (
                StartFault::NoThread(os()),
                "the thread that starts workers cannot be started: no such thing",
            ),
            (StartFault::PoolClosed, "the pool is closed"),
            (
                StartFault::Registry("two tasks are alike".to_owned()),
                "two tasks are alike",
            ),
            (
                StartFault::Socket(os()),
                "no socket for a worker: no such thing",
            ),
            (
                StartFault::Ring(os()),
                "a worker cannot be given its ring: no such thing",
            ),
            (
                StartFault::Config(os()),
                "a worker cannot be given its configuration: no such thing",
            ),
            (
                StartFault::Spawn(os()),
                "this program cannot be started again: no such thing",
            ),
            (
                StartFault::Watch(os()),
                "a worker cannot be watched: no such thing",
            ),
            (
                died(None, None, ""),
                "worker process 7 ended before it was ready: exited with code 3",
            ),
            (
                died(None, Some("it stopped: no memory"), ""),
                "worker process 7 ended before it was ready: exited with code 3, because it \
                 stopped: no memory",
            ),
            (
                died(Some(Fault::Stuck), Some("it stopped"), "first\nno model\n"),
                "it stopped taking calls; its last line on stderr: no model",
            ),
        ]);
    }
}
