//! Errors in words that a user can act on.

use std::fmt;

use super::{Error, Exit, Phase, Started, WorkerDied};

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
