//! Prefetch: calls that wait in workers, behind those that run, so that a worker goes from one to
//! the next without the pool.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use super::job::Job;
use super::job::large;
use super::{Scheduler, Settled, WorkerHandle};
use crate::error::Started;
use crate::pool::completion::TakenCall;
use crate::process::host::worker::Taken;
use crate::util::sync::lock;

impl Scheduler {
    /// Moves calls from the queue to a worker that has calls already, if no other worker is to come
    /// that could take them.
    pub(crate) fn refill(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        let mut has_given = false;
        loop {
            let taking = lock(&self.taking);
            let mut state = lock(&self.state);
            // A worker that came to rest in the meantime did not see the calls that were on their
            // way to this one, and would not come to steal them from behind a call that runs for
            // long.
            if has_given || state.queue.len() > 0 {
                state = match self.take_idle(state) {
                    Ok(idle) => {
                        has_given = false;
                        drop(taking);
                        drop(idle);
                        continue;
                    }
                    Err(state) => state,
                };
            }
            if !worker.has_room() || !state.roster.is_complete() || state.abort {
                return;
            }
            let Some(job) = state.queue.pop_front() else {
                return;
            };
            let Some(message) = job.message_to_prefetch() else {
                // Nor may any call that came later go before it.
                state.queue.push_front(job);
                return;
            };
            drop(state);
            let taken = worker.add(&job, &message);
            match self.settle(taking, &job, taken) {
                Settled::Given => has_given = true,
                Settled::Elsewhere => return,
                Settled::Over => {}
            }
        }
    }

    /// Hands a call to a worker that has none.
    pub(super) fn hand_over(
        self: &Arc<Scheduler>,
        taking: MutexGuard<'_, ()>,
        worker: &Arc<WorkerHandle>,
        job: &Arc<Job>,
    ) -> Settled {
        let message = job.message();
        let is_large = message.is_none();
        let taken = worker.take(job, message);
        match self.settle(taking, job, taken) {
            Settled::Given if is_large => {
                large::encode_for(job);
                Settled::Elsewhere
            }
            settled => settled,
        }
    }

    /// Does what follows from giving a worker a call.
    fn settle(
        self: &Arc<Scheduler>,
        taking: MutexGuard<'_, ()>,
        job: &Arc<Job>,
        taken: Taken,
    ) -> Settled {
        // Before another thread takes the next call.
        let unwanted = match taken {
            Taken::Unfit => self.put_back(Arc::clone(job)),
            Taken::Yes | Taken::NotWanted | Taken::Failed(_) => None,
        };
        drop(taking);
        match (taken, unwanted) {
            (Taken::Yes, _) => Settled::Given,
            (Taken::NotWanted, _) => Settled::Over,
            (Taken::Failed(error), _) => {
                job.fail(error);
                Settled::Over
            }
            (Taken::Unfit, Some(job)) => {
                job.abort(Started::No);
                Settled::Elsewhere
            }
            (Taken::Unfit, None) => {
                self.serve_queue();
                Settled::Elsewhere
            }
        }
    }

    /// For a worker that has nothing to do: puts some of the prefetched calls of another worker
    /// back at the head of the queue.
    pub(super) fn steal(&self) {
        let workers = lock(&self.state).roster.live();
        for worker in workers {
            let jobs = worker.give_up_prefetched();
            let mut any = false;
            for job in jobs.into_iter().rev() {
                let Some(job) = job.unassign() else { continue };
                match self.put_back(job) {
                    None => any = true,
                    Some(job) => job.abort(Started::No),
                }
            }
            if any {
                return;
            }
        }
    }

    /// Returns whether workers have prefetched calls, perhaps.
    pub(super) fn has_prefetched(&self) -> bool {
        self.prefetched.load(Ordering::Acquire) > 0
    }

    /// Counts a call that was given to a worker, if it is behind another.
    pub(crate) fn count_prefetched(&self, prefetched: bool) {
        if prefetched {
            self.prefetched.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Takes so many of those from the count.
    pub(crate) fn uncount_prefetched(&self, count: usize) {
        if count > 0 {
            self.prefetched.fetch_sub(count, Ordering::AcqRel);
        }
    }

    /// Returns how many prefetched calls have not begun.
    pub(super) fn waiting_in_workers(&self) -> usize {
        if !self.has_prefetched() {
            return 0;
        }
        let workers = lock(&self.state).roster.live();
        workers.iter().map(|worker| worker.waiting()).sum()
    }
}
