//! [`CallOptions`]: the options of a call, beside its arguments.

use std::fmt;
use std::time::Duration;

use crate::context::Progress;

/// The values of the options of a call. The methods of [`Call`](crate::Call) set them.
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
    /// Whether the caller wants to know how far the function is.
    pub wants_progress: bool,
}

/// The closure of [`Call::on_progress`](crate::Call::on_progress).
pub type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// The options of a call, which take the size of a pointer until one is set. Most calls have none,
/// and a call should be cheap to move.
#[derive(Default)]
pub struct CallOptions(Option<Box<Set>>);

#[derive(Default)]
struct Set {
    values: Options,
    on_progress: Option<OnProgress>,
}

impl CallOptions {
    /// Returns a copy of the values, which are the defaults if none was set.
    #[must_use]
    pub fn values(&self) -> Options {
        self.0.as_deref().map(|set| set.values).unwrap_or_default()
    }

    /// Returns the values, to change them.
    pub fn values_mut(&mut self) -> &mut Options {
        &mut self.0.get_or_insert_default().values
    }

    /// Sets the closure that the caller's poll calls when the function has made progress.
    pub fn set_on_progress(&mut self, on_progress: OnProgress) {
        let set = self.0.get_or_insert_default();
        set.values.wants_progress = true;
        set.on_progress = Some(on_progress);
    }

    /// Returns the closure that the caller's poll calls when the function has made progress.
    pub fn on_progress(&mut self) -> Option<&mut OnProgress> {
        self.0.as_deref_mut()?.on_progress.as_mut()
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values().fmt(f)
    }
}
