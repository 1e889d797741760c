//! Calls that lie ready in workers, behind those that run.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Core;
use crate::process::worker::{Taken, Worker};
use crate::sync::lock;

impl Core {
    /// Moves calls from the queue to the line of a worker that has calls already, if no other worker
    /// is to come that could take them.
    pub(crate) fn top_up(self: &Arc<Core>, worker: &Arc<Worker>) {
        while worker.has_room() {
            let mut state = lock(&self.state);
            if !state.staff.is_complete() || state.cut_off {
                return;
            }
            let Some(job) = state.queue.pop_front() else {
                return;
            };
            let Some(message) = job.message_for_line() else {
                // Nor may any that came later go before it.
                state.queue.push_front(job);
                return;
            };
            drop(state);
            match worker.add(&job, &message) {
                Taken::Yes | Taken::NotWanted => {}
                Taken::Unfit => return self.requeue(job),
                Taken::Failed(reason) => job.cannot_hand_over(reason),
            }
        }
    }

    /// For a worker that has nothing to do: puts some of the calls that lie ready in another one
    /// back at the head of the queue.
    pub(super) fn take_from_others(&self) {
        if self.ahead.load(Ordering::Acquire) == 0 {
            return;
        }
        let workers = lock(&self.state).staff.present();
        for worker in workers {
            let jobs = worker.take_back();
            let mut any = false;
            for job in jobs.into_iter().rev() {
                if let Some(job) = job.unassign() {
                    lock(&self.state).queue.push_front(job);
                    any = true;
                }
            }
            if any {
                return;
            }
        }
    }

    /// A call was given to a worker, perhaps behind another.
    pub(crate) fn count_ahead(&self, ahead: bool) {
        if ahead {
            self.ahead.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// So many of those are there no more.
    pub(crate) fn uncount_ahead(&self, count: usize) {
        if count > 0 {
            self.ahead.fetch_sub(count, Ordering::AcqRel);
        }
    }

    /// How many calls lie ready in workers and have not begun.
    pub(super) fn waiting_in_workers(&self) -> usize {
        if self.ahead.load(Ordering::Acquire) == 0 {
            return 0;
        }
        let workers = lock(&self.state).staff.present();
        workers.iter().map(|worker| worker.waiting()).sum()
    }
}
