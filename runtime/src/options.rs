//! What a call may be told beside its arguments.

use std::time::Duration;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// How long the function may run. `None` leaves it to the pool.
    pub(crate) timeout: Option<Duration>,
    /// How long the function may go on in a worker process once nobody waits for it. `None` leaves it
    /// to the pool.
    pub(crate) grace: Option<Duration>,
    /// How long the call may wait in the queue.
    pub(crate) queue_timeout: Option<Duration>,
    /// How many times the call is made again after its worker died.
    pub(crate) retries: u32,
    /// Fails rather than waits when the queue is full.
    pub(crate) bounded: bool,
}
