//! The time limits of a call: to wait in the queue, to run, and to stop by itself.

use std::sync::Arc;
use std::time::Duration;

use super::{Answer, Job, Stage, State};
use crate::error::fault::StopReason;
use crate::error::{Error, Started, TimedOut};
use crate::process::host::scheduler::WorkerHandle;
use crate::util::sync::lock;
use crate::util::timer::{Expire, Token};

/// What a deadline of a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// How long the call may wait in the queue.
    InQueue,
    /// How long the function may run in the worker of this number.
    Running(u64),
    /// How long the function may still take to stop by itself.
    Grace,
}

/// The numbers of workers lie between.
impl Token for Deadline {
    fn to_number(self) -> u64 {
        match self {
            Deadline::InQueue => 0,
            Deadline::Running(worker) => worker,
            Deadline::Grace => u64::MAX,
        }
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::InQueue,
            u64::MAX => Deadline::Grace,
            worker => Deadline::Running(worker),
        }
    }
}

/// A call that has not begun is looked at no more often than this.
const LOOK: Duration = Duration::from_millis(1);

impl Job {
    /// From now on the call has its time limit to wait, if it has to wait.
    pub(crate) fn start_queue_clock(self: &Arc<Job>) {
        let Some(limit) = self.options.queue_timeout else {
            return;
        };
        let mut state = lock(&self.state);
        if !matches!(state.stage, Stage::Queued) {
            return;
        }
        if let Err(error) = state.timer.set(limit, self, Deadline::InQueue) {
            self.answer(state, Answer::Failed(self.cannot_start(&error.to_string())));
            self.scheduler.job_abandoned();
        }
    }

    /// From now on the call has its time limit to run.
    pub(super) fn start_clock(
        self: &Arc<Job>,
        state: &mut State,
        worker: &WorkerHandle,
    ) -> Result<(), Error> {
        match self.limit() {
            Some(limit) => self.set_clock(state, worker, limit),
            None => Ok(()),
        }
    }

    /// Looks after this time whether the call has had the time that it has.
    fn set_clock(
        self: &Arc<Job>,
        state: &mut State,
        worker: &WorkerHandle,
        time: Duration,
    ) -> Result<(), Error> {
        let deadline = Deadline::Running(worker.number() as u64);
        state
            .timer
            .set(time, self, deadline)
            .map_err(|error| self.cannot_start(&error.to_string()))
    }
}

impl Expire for Job {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        let mut state = lock(&self.state);
        if deadline == Deadline::Grace {
            let stopping = state.stopping.take();
            drop(state);
            if let Some((worker, reason)) = stopping {
                self.stop_now_in(&worker, reason);
            }
            return;
        }
        let worker = match &state.stage {
            Stage::Queued if deadline == Deadline::InQueue => None,
            // A deadline of an earlier worker means nothing to this one.
            Stage::Running(worker) if deadline == Deadline::Running(worker.number() as u64) => {
                Some(Arc::clone(worker))
            }
            _ => return,
        };
        if let Some(worker) = &worker {
            // It may have waited in the worker's line. Asked without the lock, which comes after the
            // worker's own.
            drop(state);
            let limit = self.limit().unwrap_or_default();
            let ran_for = worker.ran_for(self.id);
            state = lock(&self.state);
            let is_there = matches!(&state.stage, Stage::Running(now) if Arc::ptr_eq(now, worker));
            if !is_there {
                return;
            }
            let left = ran_for.map_or(limit.max(LOOK), |time| limit.saturating_sub(time));
            if !left.is_zero() {
                if let Err(error) = self.set_clock(&mut state, worker, left) {
                    self.answer(state, Answer::Failed(error));
                    self.stop_in(worker, StopReason::Failed);
                }
                return;
            }
        }
        let (limit, started) = match &worker {
            None => (self.options.queue_timeout, Started::No),
            Some(_) => (self.limit(), Started::Yes),
        };
        let timed_out = TimedOut {
            task: self.task().to_owned(),
            pool: self.scheduler.name().to_owned(),
            limit: limit.unwrap_or_default(),
            started,
            pid: worker.as_ref().map(|worker| worker.pid()),
            grace: self.grace(),
        };
        self.answer(state, Answer::Failed(Error::TimedOut(Box::new(timed_out))));
        match worker {
            None => self.scheduler.job_abandoned(),
            Some(worker) => self.stop_in(&worker, StopReason::TimedOut),
        }
    }
}
