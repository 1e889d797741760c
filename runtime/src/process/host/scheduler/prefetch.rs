//! Calls that lie ready in workers, behind those that run.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use super::Scheduler;
use super::job::Job;
use super::job::large;
use crate::error::Started;
use crate::pool::completion::TakenCall;
use crate::process::host::worker::{Taken, WorkerHandle};
use crate::util::sync::lock;

/// What became of a call that was to be given to a worker.
pub(super) enum Settled {
    Given,
    /// Somebody else goes on: whoever looks after the queue, since the worker cannot take it, or encodes it.
    Elsewhere,
    /// It needs no worker any more.
    Over,
}

impl Scheduler {
    /// Moves calls from the queue to the line of a worker that has calls already, if no other worker
    /// is to come that could take them.
    pub(crate) fn refill(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        let mut has_given = false;
        loop {
            let taking = lock(&self.taking);
            let mut state = lock(&self.state);
            // One that came to rest in the meantime did not see the calls that were on their way
            // into this line, and would not come to take them from behind one that runs for long.
            if has_given || state.queue.len() > 0 {
                if let Some(idle) = state.roster.pop_idle() {
                    drop(state);
                    drop(taking);
                    has_given = false;
                    self.worker_free(&idle);
                    continue;
                }
            }
            if !worker.has_room() || !state.roster.is_complete() || state.abort {
                return;
            }
            let Some(job) = state.queue.pop_front() else {
                return;
            };
            let Some(message) = job.message_to_prefetch() else {
                // Nor may any that came later go before it.
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

    /// Gives a call to a worker that has none.
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
        // Before anybody takes the next one.
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

    /// For a worker that has nothing to do: puts some of the calls that lie ready in another one
    /// back at the head of the queue.
    pub(super) fn steal(&self) {
        let workers = lock(&self.state).roster.present();
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

    /// Whether calls lie ready in workers, perhaps.
    pub(super) fn has_prefetched(&self) -> bool {
        self.prefetched.load(Ordering::Acquire) > 0
    }

    /// A call was given to a worker, perhaps behind another.
    pub(crate) fn count_prefetched(&self, prefetched: bool) {
        if prefetched {
            self.prefetched.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// So many of those are there no more.
    pub(crate) fn uncount_prefetched(&self, count: usize) {
        if count > 0 {
            self.prefetched.fetch_sub(count, Ordering::AcqRel);
        }
    }

    /// How many calls lie ready in workers and have not begun.
    pub(super) fn waiting_in_workers(&self) -> usize {
        if !self.has_prefetched() {
            return 0;
        }
        let workers = lock(&self.state).roster.present();
        workers.iter().map(|worker| worker.waiting()).sum()
    }
}
