//! What a worker says beside its answers, as the pool takes it in: why it ends, and how far a call
//! is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::handle::{Call, Inner, Report, Supervisor, WorkerHandle};
use crate::error::fault::Fault;
use crate::process::transport::Ring;
use crate::util::sync::lock;

/// The callers of a worker are told how far their calls are no more often than this. It is a little
/// less than the pause between two sweeps that look for it, so that each of them may tell.
const LEAST_PAUSE: Duration = Duration::from_millis(30);

impl<C> Inner<C> {
    /// Takes in what the worker has said beside its answers.
    pub(super) fn take_in_events(&mut self, ring: &Ring) -> Result<(), Fault> {
        Ok(self.process.said.take_in(ring)?)
    }
}

impl<S: Supervisor> WorkerHandle<S> {
    /// Takes in what the worker says while it runs its calls, and tells the callers that want to
    /// know how far these are. Returns whether there are such callers.
    pub(crate) fn sweep_events(&self) -> bool {
        let mut inner = lock(&self.inner);
        if inner.process.is_faulty {
            return false;
        }
        if let Err(fault) = inner.take_in_events(&self.ring) {
            self.kill(&mut inner, fault.into());
            return false;
        }
        let wanted: Vec<(u64, Arc<S::Call>)> = inner
            .calls
            .pipeline
            .all()
            .filter(|placed| placed.call.wants_progress())
            .map(|placed| (placed.position, Arc::clone(placed.call)))
            .collect();
        let is_due = |told: Instant| told.elapsed() >= LEAST_PAUSE;
        if wanted.is_empty() || !inner.process.said.told.is_none_or(is_due) {
            return !wanted.is_empty();
        }
        inner.process.said.told = Some(Instant::now());
        drop(inner);
        for (position, call) in wanted {
            // If the slot is another call's by now, there is nothing to read for this one.
            if let Some(report) = self.progress_of(position, &call) {
                call.progressed(report);
            }
        }
        true
    }

    /// Returns how far this call is, if its caller wants to know and its function has said so.
    pub(super) fn progress_of(&self, position: u64, call: &S::Call) -> Option<Report> {
        if call.wants_progress() {
            self.ring.progress(position, call.id())
        } else {
            None
        }
    }
}
