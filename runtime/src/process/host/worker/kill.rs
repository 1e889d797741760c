//! How a worker is made to end: killed, with a reason, or told to end by itself.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;

use super::handle::{Call, Inner, Supervisor, WorkerHandle};
use super::pipeline::Cancelled;
use crate::error::Started;
use crate::error::fault::{Fault, KillReason, StopReason};
use crate::process::transport::CallState;
use crate::util::sync::lock;

/// After this time a worker that has only to begin a call, and has not, counts as stuck: perhaps it
/// was stopped. If it was only kept from the processor, no more is lost than its process.
const STUCK: Duration = Duration::from_secs(1);

/// What came of ending a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The call had not begun, and the worker has nothing else to do.
    Free,
    /// The function of the call has been asked to stop.
    Asked,
    /// The call had not begun, is over, or its worker is killed.
    Over,
}

impl<S: Supervisor> WorkerHandle<S> {
    /// Ends this call, if it is one of the worker's. A call that has not begun is taken back. If a
    /// call runs, its function is asked to stop, if `gently`; otherwise the worker is killed with
    /// all that it has started.
    pub(crate) fn stop_call(&self, call: u64, gently: bool, reason: StopReason) -> Stop {
        let mut inner = lock(&self.inner);
        if inner.calls.reserved.as_ref().map(|reserved| reserved.id()) == Some(call) {
            inner.calls.reserved = None;
            self.note_load(&inner);
            return Stop::Free;
        }
        let Some(position) = inner.calls.pipeline.position(call) else {
            return Stop::Over;
        };
        if let Cancelled::Yes { prefetched } = inner.calls.pipeline.cancel(&self.ring, call) {
            self.supervisor.uncount_prefetched(usize::from(prefetched));
            inner.calls.given -= 1;
            self.note_load(&inner);
            if inner.calls.has_lost(call) >= STUCK {
                self.kill(&mut inner, Fault::Stuck.into());
            } else if inner.calls.load() == 0 {
                return Stop::Free;
            }
            return Stop::Over;
        }
        if gently {
            self.ring.ask_to_stop(call);
            return Stop::Asked;
        }
        let stopped = self.ring.interrupt(position, call);
        // The call may have come to its end in this moment. Any other state cannot be relied on.
        if stopped || self.ring.call_state(position, call) != CallState::Done {
            self.kill(&mut inner, reason.into());
        }
        Stop::Over
    }

    /// Takes back half of the prefetched calls, the last ones, for another worker. Returns them in
    /// the order in which they were given.
    pub(crate) fn give_up_prefetched(&self) -> Vec<Arc<S::Call>> {
        let mut inner = lock(&self.inner);
        let waiting = inner.calls.pipeline.waiting(&self.ring);
        let mut calls: Vec<_> = waiting
            .map(|placed| (placed.id, Arc::clone(placed.call)))
            .collect();
        calls.truncate(calls.len().div_ceil(2));
        calls.retain(|(call, _)| {
            let cancelled = inner.calls.pipeline.cancel(&self.ring, *call);
            if let Cancelled::Yes { prefetched } = cancelled {
                self.supervisor.uncount_prefetched(usize::from(prefetched));
                inner.calls.given -= 1;
            }
            cancelled != Cancelled::No
        });
        self.note_load(&inner);
        calls.into_iter().rev().map(|(_, call)| call).collect()
    }

    /// Ends all calls of the worker, and the worker.
    pub(crate) fn abort(self: &Arc<Self>) {
        let mut inner = lock(&self.inner);
        // From here on the worker takes no call.
        inner.process.leave();
        let mut calls = Vec::new();
        for placed in inner.calls.pipeline.all() {
            let state = self.ring.call_state(placed.position, placed.id);
            let started = match state {
                CallState::Waiting => Started::No,
                _ => Started::Yes,
            };
            calls.push((Arc::clone(placed.call), started));
        }
        let reserved = inner.calls.reserved.clone();
        calls.extend(reserved.map(|call| (call, Started::No)));
        drop(inner);
        // Before the worker dies, of which the calls would be told otherwise.
        for (call, started) in calls {
            call.abort(started);
        }
        self.kill(&mut lock(&self.inner), KillReason::Closed);
    }

    /// Lets the worker end by itself, which it does when it hears that no more calls will come.
    pub(crate) fn retire(self: &Arc<Self>) {
        let mut inner = lock(&self.inner);
        inner.process.leave();
        self.ring.close();
        self.expect_end(&mut inner);
    }

    /// Kills a worker that has closed its socket and has no call. True if it was one.
    pub(super) fn kill_if_useless(&self) -> bool {
        let mut inner = lock(&self.inner);
        let is_useless = inner.process.hung_up && inner.calls.load() == 0;
        if is_useless {
            self.kill(&mut inner, KillReason::HungUp);
        }
        is_useless
    }

    /// Kills the worker if it had a second to begin a call, and has not begun it.
    pub(crate) fn kill_if_stuck(&self) {
        let mut inner = lock(&self.inner);
        let Some(first) = inner.calls.pipeline.all().next() else {
            return;
        };
        let (position, call) = (first.position, first.id);
        if self.ring.call_state(position, call) != CallState::Waiting {
            inner.calls.has_begun();
        } else if inner.calls.has_not_begun(call) >= STUCK && !inner.process.is_faulty {
            self.kill(&mut inner, Fault::Stuck.into());
        }
    }

    /// Kills the worker with all that it has started. The first reason is kept. The calls of the
    /// worker are told when it is reaped.
    pub(super) fn kill(&self, inner: &mut Inner<S::Call>, reason: KillReason) {
        inner.process.leave();
        inner.process.is_faulty |= matches!(reason, KillReason::Faulty(_));
        if inner.process.reaped {
            return;
        }
        inner.process.kill_reason.get_or_insert(reason);
        // The worker leads a process group, which is what it has started. Both may have ended
        // already, and then there is nothing to kill.
        let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        let _ = rustix::process::kill_process(self.pid, Signal::KILL);
    }
}
