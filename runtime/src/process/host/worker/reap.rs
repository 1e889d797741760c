//! What follows from the end of a worker process, in three steps: the process is reaped, it is
//! found out how it ended, and its calls are told or move on.

use std::sync::Arc;
use std::time::Instant;

use rustix::process::Signal;

use super::handle::{Call, Inner, Supervisor, WorkerHandle};
use super::pipeline::{Pipeline, Placed};
use super::said::Said;
use super::state::Life;
use crate::error::fault::{KillReason, StartFault};
use crate::error::{Exit, Phase};
use crate::process::host::post_mortem::{self, Death};
use crate::process::transport::CallState;
use crate::util::sync::lock;

/// What a worker that has ended leaves behind.
struct Remains<C> {
    exit: Exit,
    reason: Option<KillReason>,
    /// What it has said beside its answers.
    said: Said,
    /// It ended before it was ready.
    was_starting: bool,
    /// The call whose arguments were being encoded for it.
    reserved: Option<Arc<C>>,
    pipeline: Pipeline<C>,
}

/// A call of a worker that has ended.
struct Left<C> {
    call: Arc<C>,
    /// Where the call was, and what the worker was doing for it. `None` if it had not begun.
    begun: Option<(u64, Phase)>,
}

impl<S: Supervisor> WorkerHandle<S> {
    /// The process has ended: takes in what it said last, waits for it, and tells its calls and the
    /// pool. False if it has not ended after all.
    pub(super) fn reap(self: &Arc<Self>) -> bool {
        // What it said before it died still counts.
        self.receive();
        self.collect();
        let mut inner = lock(&self.inner);
        if inner.process.reaped {
            return true;
        }
        let Some(exit) = self.wait_for_exit(&mut inner) else {
            return false;
        };
        let doorbells = std::mem::take(&mut inner.link.doorbells);
        let remains = inner.take_remains(exit);
        self.note_load(&inner);
        drop(inner);
        for doorbell in doorbells.iter().flatten() {
            doorbell.deregister();
        }
        self.supervisor
            .uncount_prefetched(remains.pipeline.prefetched());
        let left = self.calls_left(&remains.pipeline);
        let death = self.examine(&left, remains.exit, remains.reason, remains.said);
        self.redistribute(death, left, remains.reserved, remains.was_starting);
        true
    }

    /// Waits for the process, which has ended. `None` if it has not.
    fn wait_for_exit(&self, inner: &mut Inner<S::Call>) -> Option<Exit> {
        // All that it had started dies with it. As long as it is not waited for, its id, and so
        // that of its group, cannot belong to another process.
        let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        let exit = match inner.process.child.try_wait() {
            Ok(Some(status)) => post_mortem::exit_of(status),
            Ok(None) => return None,
            Err(_) => Exit::Unknown,
        };
        inner.process.reaped = true;
        Some(exit)
    }

    /// Finds out of each call how far the worker had come with it.
    fn calls_left(&self, pipeline: &Pipeline<S::Call>) -> Vec<Left<S::Call>> {
        let left = |placed: Placed<'_, S::Call>| {
            let phase = match self.ring.call_state(placed.position, placed.id) {
                CallState::Waiting => None,
                CallState::Running | CallState::Done | CallState::Revoked => {
                    Some(self.ring.phase(placed.position))
                }
                // What the slot says beside that cannot be relied on.
                CallState::Invalid => Some(Phase::Unknown),
            };
            Left {
                call: Arc::clone(placed.call),
                begun: phase.map(|phase| (placed.position, phase)),
            }
        };
        pipeline.all().map(left).collect()
    }

    /// Finds out how the worker died, for the errors of its calls.
    fn examine(
        &self,
        left: &[Left<S::Call>],
        exit: Exit,
        reason: Option<KillReason>,
        said: Said,
    ) -> Death {
        let begun = left.iter().find(|left| left.begun.is_some());
        let call = begun.map_or(0, |left| left.call.id());
        let position = begun.and_then(|left| left.begun);
        let ran_for = position.map(|(position, _)| self.ring.ran_for(position));
        let since = ran_for.and_then(|time| Instant::now().checked_sub(time));
        let stderr = self.stderr.tail(since);
        let limit = self.supervisor.config().memory_limit;
        Death {
            pid: self.pid(),
            exit,
            ran_for: ran_for.unwrap_or_default(),
            reason,
            said: said.why(exit, call, self.ring.dropped_events()),
            out_of_memory: post_mortem::of_memory(exit, self.oom_kills, limit, &stderr),
            stderr,
        }
    }

    /// Tells the pool of the death, and the calls: those that had begun fail or are made again, the
    /// others go to other workers.
    fn redistribute(
        self: &Arc<Self>,
        death: Death,
        left: Vec<Left<S::Call>>,
        reserved: Option<Arc<S::Call>>,
        was_starting: bool,
    ) {
        if !was_starting {
            self.supervisor.on_death(self);
        }
        // In reverse, because each call that had not begun goes to the head of the queue.
        for (number, Left { call, begun }) in left.into_iter().enumerate().rev() {
            let report = begun.and_then(|(position, _)| self.progress_of(position, &call));
            if let Some(report) = report {
                call.progressed(report);
            }
            match begun {
                Some((_, phase)) => call.worker_died(&death, phase),
                // That the first was not begun is odd; the others had no chance.
                None if number == 0 => call.worker_died(&death, Phase::Idle),
                None => call.move_on(),
            }
        }
        if let Some(call) = reserved {
            call.worker_died(&death, Phase::Idle);
        }
        let failed_start = was_starting.then(|| StartFault::from(death));
        self.supervisor.on_exit(self, failed_start);
    }
}

impl<C> Inner<C> {
    fn take_remains(&mut self, exit: Exit) -> Remains<C> {
        self.process.deadline.clear();
        let was_starting = self.process.is_starting();
        self.process.life = Life::Leaving;
        self.link.for_calls = None;
        Remains {
            exit,
            reason: self.process.kill_reason.take(),
            said: std::mem::take(&mut self.process.said),
            was_starting,
            reserved: self.calls.reserved.take(),
            pipeline: std::mem::take(&mut self.calls.pipeline),
        }
    }
}
