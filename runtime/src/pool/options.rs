//! What a call may be told beside its arguments.

use std::fmt;
use std::time::Duration;

use crate::context::Progress;

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

/// What a call does when its function says how far it is.
pub type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// The options of one call. They take no room as long as none is set: most calls have none, and are moved about.
#[derive(Default)]
pub struct CallOptions(Option<Box<Set>>);

#[derive(Default)]
struct Set {
    values: Options,
    on_progress: Option<OnProgress>,
}

impl CallOptions {
    /// Returns the options as they are now.
    #[must_use]
    pub fn values(&self) -> Options {
        self.0.as_deref().map(|set| set.values).unwrap_or_default()
    }

    /// The options, to set some.
    pub fn values_mut(&mut self) -> &mut Options {
        &mut self.0.get_or_insert_default().values
    }

    /// Sets what the call does when its function says how far it is.
    pub fn set_on_progress(&mut self, on_progress: OnProgress) {
        let set = self.0.get_or_insert_default();
        set.values.wants_progress = true;
        set.on_progress = Some(on_progress);
    }

    /// What the call does when its function says how far it is.
    pub fn on_progress(&mut self) -> Option<&mut OnProgress> {
        self.0.as_deref_mut()?.on_progress.as_mut()
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values().fmt(f)
    }
}
