//! The time limits of a call: to wait in the queue, to run, and to stop by itself.

use std::sync::Arc;
use std::time::Duration;

use super::{Job, Stage, State};
use crate::error::Error;
use crate::error::fault::StopReason;
use crate::pool::completion::{Deadline, TakenCall};
use crate::process::host::scheduler::WorkerHandle;
use crate::util::timer::Expire;

/// A call that has not begun is looked at no more often than this.
const LOOK: Duration = Duration::from_millis(1);

impl Job {
    /// From now on the call has its time limit to run.
    pub(super) fn start_clock(
        self: &Arc<Job>,
        state: &mut State<'_>,
        worker: &WorkerHandle,
    ) -> Result<(), Error> {
        match self.options.timeout {
            Some(limit) => self.set_clock(state, worker, limit),
            None => Ok(()),
        }
    }

    /// Looks after this time whether the call has had the time that it has.
    fn set_clock(
        self: &Arc<Job>,
        state: &mut State<'_>,
        worker: &WorkerHandle,
        time: Duration,
    ) -> Result<(), Error> {
        let deadline = Deadline::Running(worker.number() as u64);
        state
            .timer
            .set(time, self, deadline)
            .map_err(|error| self.cannot_start(&error.to_string()))
    }

    /// The call has waited in the queue for as long as it may.
    fn waited_too_long(&self) {
        let state = self.completion.lock();
        if matches!(state.course.stage, Stage::Queued) {
            let limit = self.options.queue_timeout.unwrap_or_default();
            self.time_out(state, limit, None, self.grace());
            self.left_queue();
        }
    }

    /// The call may have run for as long as it may in the worker of this number.
    fn ran_too_long(self: &Arc<Job>, number: u64) {
        let Some(worker) = self.runs_in(number) else {
            return;
        };
        // It may have waited in the worker's pipeline. Asked without the lock of the call, which
        // comes after the worker's own.
        let limit = self.options.timeout.unwrap_or_default();
        let ran_for = worker.ran_for(self.id);
        let mut state = self.completion.lock();
        if !matches!(&state.course.stage, Stage::Running(now) if Arc::ptr_eq(now, &worker)) {
            return;
        }
        let left = ran_for.map_or(limit.max(LOOK), |time| limit.saturating_sub(time));
        if left.is_zero() {
            self.time_out(state, limit, Some(worker.pid()), self.grace());
            self.stop_in(&worker, StopReason::TimedOut);
        } else if let Err(error) = self.set_clock(&mut state, &worker, left) {
            self.hand_over(state, Job::failure(error));
            self.stop_in(&worker, StopReason::Failed);
        }
    }

    /// The worker that runs the call, if it is the one of this number: a deadline of an earlier
    /// worker means nothing to this one.
    fn runs_in(&self, number: u64) -> Option<Arc<WorkerHandle>> {
        match &self.completion.lock().course.stage {
            Stage::Running(worker) if worker.number() as u64 == number => Some(Arc::clone(worker)),
            _ => None,
        }
    }

    /// The function has had its time to stop by itself.
    fn grace_is_over(&self) {
        let stopping = self.completion.lock().course.stopping.take();
        if let Some((worker, reason)) = stopping {
            self.stop_now_in(&worker, reason);
        }
    }
}

impl Expire for Job {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        match deadline {
            Deadline::InQueue => self.waited_too_long(),
            Deadline::Running(worker) => self.ran_too_long(worker),
            Deadline::Grace => self.grace_is_over(),
            // The watchdog looks.
            Deadline::Progress => {}
        }
    }
}
