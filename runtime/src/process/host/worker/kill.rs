//! How a worker is made to end: killed, with a reason, or told to end by itself.

use std::sync::Arc;

use rustix::process::Signal;

use super::handle::{Inner, STUCK, WorkerHandle};
use super::pipeline::Cancelled;
use crate::error::Started;
use crate::error::fault::{Fault, KillReason, StopReason};
use crate::process::host::scheduler::job::Job;
use crate::process::transport::CallState;
use crate::util::sync::lock;

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

impl WorkerHandle {
    /// Ends this call, if it is one of the worker's. A call that has not begun is taken back. If a
    /// call runs, its function is asked to stop, if `gently`; otherwise the worker is killed with all
    /// that it has started.
    pub(crate) fn stop_call(&self, call: u64, gently: bool, reason: StopReason) -> Stop {
        let mut inner = lock(&self.inner);
        if inner.reserved.as_ref().map(|job| job.id()) == Some(call) {
            inner.reserved = None;
            self.note_load(&inner);
            return Stop::Free;
        }
        let Some(position) = inner.pipeline.position(call) else {
            return Stop::Over;
        };
        if let Cancelled::Yes { prefetched } = inner.pipeline.cancel(&self.ring, call) {
            self.scheduler.uncount_prefetched(usize::from(prefetched));
            inner.calls -= 1;
            self.note_load(&inner);
            if inner.has_lost(call) >= STUCK {
                self.kill(&mut inner, Fault::Stuck.into());
            } else if inner.load() == 0 {
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
    pub(crate) fn give_up_prefetched(&self) -> Vec<Arc<Job>> {
        let mut inner = lock(&self.inner);
        let mut jobs: Vec<_> = inner.pipeline.waiting(&self.ring).cloned().collect();
        jobs.truncate(jobs.len().div_ceil(2));
        jobs.retain(|job| {
            let cancelled = inner.pipeline.cancel(&self.ring, job.id());
            if let Cancelled::Yes { prefetched } = cancelled {
                self.scheduler.uncount_prefetched(usize::from(prefetched));
                inner.calls -= 1;
            }
            cancelled != Cancelled::No
        });
        self.note_load(&inner);
        jobs.reverse();
        jobs
    }

    /// Ends all calls of the worker, and the worker.
    pub(crate) fn abort(self: &Arc<WorkerHandle>) {
        let mut inner = lock(&self.inner);
        // From here on the worker takes no call.
        inner.leave();
        let mut jobs = Vec::new();
        for (position, job) in inner.pipeline.all() {
            let has_begun = self.ring.call_state(position, job.id()) != CallState::Waiting;
            jobs.push((Arc::clone(job), has_begun));
        }
        jobs.extend(inner.reserved.clone().map(|job| (job, false)));
        drop(inner);
        // Before the worker dies, of which the calls would be told otherwise.
        for (job, has_begun) in jobs {
            job.abort(if has_begun { Started::Yes } else { Started::No });
        }
        self.kill(&mut lock(&self.inner), KillReason::Closed);
    }

    /// Lets the worker end by itself, which it does when it hears that no more calls will come.
    pub(crate) fn retire(self: &Arc<WorkerHandle>) {
        let mut inner = lock(&self.inner);
        inner.leave();
        self.ring.close();
        self.expect_end(&mut inner);
    }

    /// Kills a worker that has closed its socket and has no call. True if it was one.
    pub(super) fn kill_if_useless(&self) -> bool {
        let mut inner = lock(&self.inner);
        let is_useless = inner.hung_up && inner.load() == 0;
        if is_useless {
            self.kill(&mut inner, KillReason::HungUp);
        }
        is_useless
    }

    /// Kills the worker if it had a second to begin a call, and has not begun it.
    pub(crate) fn kill_if_stuck(&self) {
        let mut inner = lock(&self.inner);
        let Some((position, job)) = inner.pipeline.all().next() else {
            return;
        };
        let call = job.id();
        if self.ring.call_state(position, call) != CallState::Waiting {
            inner.has_begun();
        } else if inner.has_not_begun(call) >= STUCK && !inner.is_faulty {
            self.kill(&mut inner, Fault::Stuck.into());
        }
    }

    /// Kills the worker with all that it has started. The first reason is kept. The calls of the
    /// worker are told when it is reaped.
    pub(super) fn kill(&self, inner: &mut Inner, reason: KillReason) {
        inner.leave();
        inner.is_faulty |= matches!(reason, KillReason::Faulty(_));
        if inner.reaped {
            return;
        }
        inner.kill_reason.get_or_insert(reason);
        // The worker leads a process group, which is what it has started. Both may have ended
        // already, and then there is nothing to kill.
        let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        let _ = rustix::process::kill_process(self.pid, Signal::KILL);
    }
}
