//! The texts of errors: what happened, and what the user can do.

mod fault;
#[cfg(test)]
mod tests;

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
