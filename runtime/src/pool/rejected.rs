//! [`Rejected`]: why a pool did not take a call.

use std::io;

use crate::error::{CannotStart, Error, Refused, Started};

/// Why a pool did not take a call.
#[derive(Debug)]
pub(crate) enum Rejected {
    Closed,
    Full,
    /// The pool has no thread, and none could be started.
    NoThread(io::Error),
}

impl Rejected {
    /// Adds to the error of [`NoThread`](Rejected::NoThread) what the thread was for.
    pub(crate) fn about(self, what: &str) -> Rejected {
        match self {
            Rejected::NoThread(error) => {
                Rejected::NoThread(io::Error::new(error.kind(), format!("{what}: {error}")))
            }
            other => other,
        }
    }

    /// Returns the reason for a process that was made by `fork`: it has none of the pool's threads.
    pub(crate) fn forked() -> Rejected {
        Rejected::NoThread(io::Error::other(
            "this process was forked from one that had used the pool; \
             fork before the first call, or start a new program",
        ))
    }

    pub(crate) fn into_error(self, task: &str, pool: &str) -> Error {
        match self {
            Rejected::Closed => Error::Closed(Box::new(Refused::new(task, pool, Started::No))),
            Rejected::Full => Error::QueueFull(Box::new(Refused::new(task, pool, Started::No))),
            Rejected::NoThread(error) => {
                Error::CannotStart(Box::new(CannotStart::new(task, pool, error.to_string())))
            }
        }
    }
}
