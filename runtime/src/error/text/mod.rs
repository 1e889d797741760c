//! The texts of errors: what happened, and what the user can do.

#[cfg(target_os = "linux")]
mod fault;

use std::fmt;

use super::{
    CannotStart, CodecFailed, Error, Exit, InvalidPool, Panicked, Phase, Poisoned, Refused,
    Started, TimedOut, WorkerDied,
};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Panicked(e) => e.fmt(f),
            Error::WorkerDied(e) => e.fmt(f),
            Error::TimedOut(e) => e.fmt(f),
            Error::Encode(e) => e.fmt_cannot("encode", f),
            Error::Decode(e) => e.fmt_cannot("decode", f),
            Error::QueueFull(e) => e.fmt_queue_full(f),
            Error::Closed(e) => e.fmt_closed(f),
            Error::CannotStart(e) => e.fmt(f),
            Error::InvalidPool(e) => e.fmt(f),
            Error::Poisoned(e) => e.fmt(f),
        }
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` panicked in pool `{}`: {}",
            self.task, self.pool, self.message
        )?;
        match &self.location {
            Some(location) => write!(f, " (at {location})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, task, pool) = (self.limit, &self.task, &self.pool);
        if self.started == Started::No {
            return write!(
                f,
                "`{task}` waited {limit:?} in the queue of pool `{pool}` and has not run"
            );
        }
        write!(f, "`{task}` ran longer than {limit:?} in pool `{pool}`; ")?;
        match self.pid {
            Some(pid) if self.grace.is_zero() => write!(f, "its worker process {pid} was killed"),
            Some(pid) => write!(
                f,
                "it was asked to stop, and its worker process {pid} is killed \
                 if it has not after {:?}",
                self.grace
            ),
            None => f.write_str("it was asked to stop, and its thread is busy until it does"),
        }
    }
}

impl CodecFailed {
    fn fmt_cannot(&self, verb: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` in pool `{}`: cannot {verb} {}",
            self.task, self.pool, self.reason
        )
    }
}

impl Refused {
    fn fmt_queue_full(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` was refused: the queue of pool `{}` is full",
            self.task, self.pool
        )
    }

    fn fmt_closed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (task, pool) = (&self.task, &self.pool);
        match self.started {
            Started::No => write!(f, "`{task}` was refused: pool `{pool}` is closed"),
            Started::Yes | Started::Unknown => write!(
                f,
                "`{task}` was ended during its run: pool `{pool}` was shut down"
            ),
        }
    }
}

impl fmt::Display for Poisoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` was refused: its arguments have killed {} worker processes of pool `{}`; \
             call it without `retry` to run it all the same",
            self.task, self.deaths, self.pool
        )
    }
}

impl fmt::Display for CannotStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` has not run: pool `{}` cannot start a worker: {}",
            self.task, self.pool, self.reason
        )
    }
}

impl fmt::Display for InvalidPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` has not run: pool `{}` cannot work: {}",
            self.task, self.pool, self.reason
        )
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

/// Returns the last line that is neither empty, nor part of a backtrace, nor a hint about
/// backtraces.
fn last_words(stderr: &str) -> Option<&str> {
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
            Phase::Idle => "before it began a call",
            Phase::Decode => "while decoding the arguments",
            Phase::Run => "during a run",
            Phase::Encode => "while encoding the result",
            Phase::Unknown => "at an unknown point of a call",
        })
    }
}

/// Returns the name of a signal that ends processes. These have the same numbers on every Linux.
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(50);

    fn names() -> (String, String) {
        ("t".to_owned(), "p".to_owned())
    }

    #[track_caller]
    fn assert_texts<const N: usize>(texts: [(Error, &str); N]) {
        for (error, text) in texts {
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn failures_of_a_run_have_their_texts() {
        let panicked = |location: Option<&str>| {
            let (task, pool) = names();
            Error::Panicked(Box::new(Panicked {
                task,
                pool,
                message: "no".to_owned(),
                location: location.map(ToOwned::to_owned),
                backtrace: None,
                pid: None,
            }))
        };
        let died = |fault: Option<&str>, deaths, out_of_memory: Option<&str>, stderr: &str| {
            let (task, pool) = names();
            Error::WorkerDied(Box::new(WorkerDied {
                task,
                pool,
                pid: 7,
                exit: Exit::Signal(9),
                phase: Phase::Idle,
                ran_for: LIMIT,
                fault: fault.map(ToOwned::to_owned),
                out_of_memory: out_of_memory.map(ToOwned::to_owned),
                stderr: stderr.to_owned(),
                deaths,
            }))
        };
        assert_texts([
            (panicked(None), "`t` panicked in pool `p`: no"),
            (
                panicked(Some("a.rs:1:2")),
                "`t` panicked in pool `p`: no (at a.rs:1:2)",
            ),
            (
                died(None, 1, None, ""),
                "worker process 7 of pool `p` died before it began a call of `t`, after 50.0ms: \
                 killed by signal 9 (SIGKILL)",
            ),
            (
                died(Some("it lied"), 2, Some("none left"), "last\nnote: x\n"),
                "worker process 7 of pool `p` died before it began a call of `t`, after 50.0ms: \
                 killed by signal 9 (SIGKILL), because it lied; this call has cost 2 workers; \
                 out of memory: none left; its last line on stderr: last",
            ),
        ]);
    }

    #[test]
    fn time_limits_have_their_texts() {
        let timed_out = |started, pid, grace| {
            let (task, pool) = names();
            Error::TimedOut(Box::new(TimedOut {
                task,
                pool,
                limit: LIMIT,
                started,
                pid,
                grace,
            }))
        };
        let no = Duration::ZERO;
        assert_texts([
            (
                timed_out(Started::No, None, no),
                "`t` waited 50ms in the queue of pool `p` and has not run",
            ),
            (
                timed_out(Started::Yes, Some(7), no),
                "`t` ran longer than 50ms in pool `p`; its worker process 7 was killed",
            ),
            (
                timed_out(Started::Yes, Some(7), LIMIT),
                "`t` ran longer than 50ms in pool `p`; it was asked to stop, and its worker \
                 process 7 is killed if it has not after 50ms",
            ),
            (
                timed_out(Started::Yes, None, no),
                "`t` ran longer than 50ms in pool `p`; it was asked to stop, and its thread is \
                 busy until it does",
            ),
        ]);
    }

    #[test]
    fn values_that_cannot_be_carried_have_their_texts() {
        let failed = || {
            let (task, pool) = names();
            Box::new(CodecFailed {
                task,
                pool,
                reason: "argument `x`: no".to_owned(),
                started: Started::No,
            })
        };
        assert_texts([
            (
                Error::Encode(failed()),
                "`t` in pool `p`: cannot encode argument `x`: no",
            ),
            (
                Error::Decode(failed()),
                "`t` in pool `p`: cannot decode argument `x`: no",
            ),
        ]);
    }

    #[test]
    fn refusals_have_their_texts() {
        let refused = |started| Box::new(Refused::new("t", "p", started));
        let invalid = InvalidPool::new("p", "no workers");
        let (task, pool) = names();
        let poisoned = Poisoned {
            task,
            pool,
            deaths: 3,
        };
        assert_texts([
            (
                Error::QueueFull(refused(Started::No)),
                "`t` was refused: the queue of pool `p` is full",
            ),
            (
                Error::Closed(refused(Started::No)),
                "`t` was refused: pool `p` is closed",
            ),
            (
                Error::Closed(refused(Started::Yes)),
                "`t` was ended during its run: pool `p` was shut down",
            ),
            (
                Error::CannotStart(Box::new(CannotStart::new("t", "p", "no".to_owned()))),
                "`t` has not run: pool `p` cannot start a worker: no",
            ),
            (
                invalid.for_task("t"),
                "`t` has not run: pool `p` cannot work: no workers",
            ),
            (
                Error::Poisoned(Box::new(poisoned)),
                "`t` was refused: its arguments have killed 3 worker processes of pool `p`; \
                 call it without `retry` to run it all the same",
            ),
        ]);
    }
}
