//! The sweeps over workers that have calls.
//!
//! The runtime that should take in an answer may be blocked by other work, or the future may be
//! polled elsewhere by now; and a worker may have been stopped. So as long as workers have calls,
//! the pool sweeps over them: soon at first, then ever more rarely. An answer that was there at two
//! sweeps in a row is taken in by the sweep. So a runtime that listens is never disturbed, and an
//! answer that no runtime takes in is late by as much as it took, or by two of the longest pauses
//! at most. A worker that could have begun a call for a second, and has not, is killed, and the
//! call goes to another.
//! Callers that want to know how far their calls are hear it from a sweep too.

use std::sync::Arc;

use super::watchdog::FIRST_PAUSE;
use super::{Deadline, Scheduler};
use crate::pool::completion::PROGRESS_PAUSE;
use crate::util::sync::lock;

impl Scheduler {
    /// A worker was given a call: sees to it that a sweep will come.
    pub(crate) fn ensure_sweep(self: &Arc<Scheduler>) {
        self.watchdog
            .ensure(|timer, pause| timer.set(pause, self, Deadline::Sweep).is_ok());
    }

    /// Looks at all workers that have calls.
    pub(super) fn sweep(self: &Arc<Scheduler>) {
        let pause = self.watchdog.begin();
        let workers = lock(&self.state).roster.live();
        let mut any = false;
        let mut has_calls = false;
        let mut is_watched = false;
        for worker in workers.iter().filter(|worker| worker.has_calls()) {
            any |= worker.collect_overdue();
            worker.kill_if_stuck();
            is_watched |= worker.sweep_events();
            has_calls |= worker.has_calls();
        }
        if has_calls {
            // If anything was overdue, its runtime does not listen, and more will be.
            let pause = if any { FIRST_PAUSE } else { pause * 2 };
            let pause = if is_watched {
                pause.min(PROGRESS_PAUSE)
            } else {
                pause
            };
            self.watchdog.go_on(pause, |timer, pause| {
                timer.set(pause, self, Deadline::Sweep).is_ok()
            });
        }
    }

    /// Takes in all that workers have answered, before their state is asked for.
    pub(super) fn catch_up(&self) {
        let workers = lock(&self.state).roster.live();
        for worker in workers.iter().filter(|worker| worker.has_calls()) {
            worker.collect();
        }
    }
}
