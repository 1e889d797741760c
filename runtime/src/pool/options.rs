//! [`Options`]: the options of a call, beside its arguments.

use std::time::Duration;

/// The options of a call, beside its arguments. The methods of [`Call`](crate::Call) set them.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// How long the function may run. `None` takes the timeout of the pool.
    pub timeout: Option<Duration>,
    /// How long the function may go on in a worker process after its timeout, or after the caller
    /// dropped the call. `None` takes the grace of the pool.
    pub grace: Option<Duration>,
    /// How long the call may wait in the queue. `None` is no limit.
    pub queue_timeout: Option<Duration>,
    /// How many times the call is retried after its worker died.
    pub retries: u32,
    /// Whether the call fails if the queue is full, instead of waiting.
    pub bounded: bool,
}

/// The options of a call, which take the size of a pointer until one is set. Most calls have none,
/// and a call should be cheap to move.
#[derive(Debug, Default)]
pub(crate) struct Given(Option<Box<Options>>);

impl Given {
    pub(crate) fn get(&self) -> Options {
        self.0.as_deref().copied().unwrap_or_default()
    }

    pub(crate) fn get_mut(&mut self) -> &mut Options {
        self.0.get_or_insert_default()
    }
}
