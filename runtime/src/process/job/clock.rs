//! The time limits of a call: to wait in the queue, to run, and to stop by itself.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::{Answer, Job, Stage, State};
use crate::error::{Error, Started, TimedOut};
use crate::process::worker::Worker;
use crate::sync::lock;
use crate::timer::{self, Expire};

/// The deadline is about the wait in the queue; any other number is that of the worker which runs
/// the call.
const IN_QUEUE: u64 = 0;
/// ... or about the time in which the function may still stop by itself.
pub(super) const GRACE_OVER: u64 = u64::MAX;

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
        let target = Arc::downgrade(self) as Weak<dyn Expire>;
        match timer::after(limit, target, IN_QUEUE) {
            Ok(timer) => state.timer = Some(timer),
            Err(error) => {
                self.answer(state, Answer::Failed(self.cannot_start(&error.to_string())));
                self.core.job_abandoned();
            }
        }
    }

    /// From now on the call has its time limit to run.
    pub(super) fn start_clock(
        self: &Arc<Job>,
        state: &mut State,
        worker: &Worker,
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
        worker: &Worker,
        time: Duration,
    ) -> Result<(), Error> {
        let target = Arc::downgrade(self) as Weak<dyn Expire>;
        let timer = timer::after(time, target, worker.number() as u64)
            .map_err(|error| self.cannot_start(&error.to_string()))?;
        state.timer = Some(timer);
        Ok(())
    }
}

impl Expire for Job {
    fn expire(self: Arc<Self>, about: u64) {
        let mut state = lock(&self.state);
        if about == GRACE_OVER {
            let stopping = state.stopping.take();
            drop(state);
            if let Some(worker) = stopping {
                self.end_in(&worker);
            }
            return;
        }
        let worker = match &state.stage {
            Stage::Queued if about == IN_QUEUE => None,
            // A deadline of an earlier worker means nothing to this one.
            Stage::Running(worker) if worker.number() as u64 == about => Some(Arc::clone(worker)),
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
                    self.take_from(worker);
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
            pool: self.core.name().to_owned(),
            limit: limit.unwrap_or_default(),
            started,
            pid: worker.as_ref().map(|worker| worker.pid()),
            grace: self.grace(),
        };
        self.answer(state, Answer::Failed(Error::TimedOut(Box::new(timed_out))));
        match worker {
            None => self.core.job_abandoned(),
            Some(worker) => self.take_from(&worker),
        }
    }
}
