//! What a worker says beside its answers, as the pool takes it in: why it ends, and how far a call is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::handle::{Call, Inner, Supervisor, WorkerHandle};
use crate::context::Progress;
use crate::error::Exit;
use crate::error::fault::{Fault, ProtocolFault};
use crate::process::protocol::event::Event;
use crate::process::transport::{Overfull, Ring};
use crate::util::sync::lock;

/// The callers of a worker are told how far their calls are no more often than this. It is a little less
/// than the pause between two sweeps that look for it, so that each of them may tell.
const LEAST_PAUSE: Duration = Duration::from_millis(30);

/// How far a call is, and the number of that: another number is something newer.
pub(crate) type Report = (u32, Progress);

/// What a worker has said of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// How many bytes of events the pool has read.
    read: u64,
    /// Why the worker ends by itself.
    stopping: Option<String>,
    /// The last panic, and the call in which it was.
    panicked: Option<(u64, String)>,
    /// When callers were last told how far their calls are.
    told: Option<Instant>,
}

impl Said {
    /// Takes in the events that are there: no more than there is room for, however fast the worker
    /// says more.
    fn take_in(&mut self, ring: &Ring) -> Result<(), ProtocolFault> {
        let bytes = ring
            .read_events(&mut self.read)
            .map_err(|Overfull(length)| ProtocolFault::EventBytes(length))?;
        let mut rest = bytes.as_deref().unwrap_or_default();
        while let Some(event) = Event::take(&mut rest)? {
            match event {
                Event::Stopping { reason } => self.stopping = Some(reason.to_owned()),
                Event::Panicked { call, text } => self.panicked = Some((call, text.to_owned())),
                // It has a place of its own in the slot of the call.
                Event::Progress(_) => {}
            }
        }
        Ok(())
    }

    /// Returns why the worker has ended, if it has said so. `call` is the call that it ran, or 0, and
    /// `dropped` is how many events it had no room for.
    ///
    /// A panic that the process survives may be followed by an end that has nothing to do with it. So
    /// it counts only if the process has aborted in the same call, and if it was certainly the last one.
    pub(super) fn why(self, exit: Exit, call: u64, dropped: u64) -> Option<String> {
        if let Some(reason) = self.stopping {
            return Some(format!("it stopped: {reason}"));
        }
        let is_last = exit == Exit::Signal(libc::SIGABRT) && dropped == 0;
        let (_, text) = self.panicked.filter(|(of, _)| is_last && *of == call)?;
        Some(format!("it panicked at {text}"))
    }
}

impl<C> Inner<C> {
    /// Takes in what the worker has said beside its answers.
    pub(super) fn take_in_events(&mut self, ring: &Ring) -> Result<(), Fault> {
        Ok(self.process.said.take_in(ring)?)
    }
}

impl<S: Supervisor> WorkerHandle<S> {
    /// Takes in what the worker says while it runs its calls, and tells the callers that want to know how
    /// far these are. Returns whether there are such callers.
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

#[cfg(test)]
mod tests {
    use super::*;

    const ABORTED: Exit = Exit::Signal(libc::SIGABRT);

    fn said(stopping: Option<&str>, panicked: Option<u64>) -> Said {
        Said {
            stopping: stopping.map(ToOwned::to_owned),
            panicked: panicked.map(|call| (call, "a.rs:1:2: no".to_owned())),
            ..Said::default()
        }
    }

    #[test]
    fn an_end_has_the_reason_that_the_worker_gave() {
        let why = said(Some("no descriptors"), Some(7)).why(Exit::Code(70), 7, 0);
        assert_eq!(why.as_deref(), Some("it stopped: no descriptors"));
        assert_eq!(said(None, None).why(ABORTED, 7, 0), None);
    }

    #[test]
    fn a_panic_is_the_reason_of_an_abort_in_the_same_call_only() {
        let why = |exit, call, dropped| said(None, Some(7)).why(exit, call, dropped);
        let expected = Some("it panicked at a.rs:1:2: no");
        assert_eq!(why(ABORTED, 7, 0).as_deref(), expected);
        assert_eq!(why(ABORTED, 8, 0), None, "another call");
        assert_eq!(why(ABORTED, 7, 1), None, "not known to be the last");
        assert_eq!(why(Exit::Signal(libc::SIGSEGV), 7, 0), None);
        assert_eq!(why(Exit::Code(3), 7, 0), None);
    }
}
