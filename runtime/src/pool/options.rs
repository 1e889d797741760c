//! What a call may be told beside its arguments.

use std::time::Duration;

/// What a call may be told beside its arguments.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// How long the function may run. `None` leaves it to the pool.
    pub timeout: Option<Duration>,
    /// How long the function may go on in a worker process once nobody waits for it. `None` leaves it
    /// to the pool.
    pub grace: Option<Duration>,
    /// How long the call may wait in the queue.
    pub queue_timeout: Option<Duration>,
    /// How many times the call is made again after its worker died.
    pub retries: u32,
    /// Fails rather than waits when the queue is full.
    pub bounded: bool,
    /// The caller wants to know how far the function is.
    pub wants_progress: bool,
}

/// Options that take no room as long as nobody has set any: most calls have none, and are moved about.
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
