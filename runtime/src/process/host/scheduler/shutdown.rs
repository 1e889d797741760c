//! The end of a pool: it is closed and waited for, or shut down.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::{Deadline, Scheduler, WorkerHandle};
use crate::error::Started;
use crate::pool::closing::Drain;
use crate::process::host::exit_hook::CloseOnExit;
use crate::sys::fork;
use crate::util::sync::{lock, wake};

impl Scheduler {
    /// Takes no more calls. Those in the queue are still run; idle workers end. Returns those.
    pub(crate) fn close(&self) -> Vec<Arc<WorkerHandle>> {
        if !self.is_of_this_process() {
            // Its workers are those of the process from which this one was forked.
            return Vec::new();
        }
        self.catch_up();
        let mut state = lock(&self.state);
        state.closed = true;
        let idle = state.roster.close();
        drop(state);
        idle.iter().for_each(WorkerHandle::retire);
        idle
    }

    /// Returns whether the pool was made in this process, rather than in one that this was forked
    /// from.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.forks == fork::generation()
    }

    /// Closes, and after `deadline` ends all that still runs.
    pub(crate) fn shut_down(self: &Arc<Scheduler>, deadline: Duration) {
        self.close();
        if !self.is_of_this_process() {
            return;
        }
        let set = lock(&self.state)
            .shutdown
            .set(deadline, self, Deadline::Shutdown);
        if set.is_err() {
            // There is no thread for it, and there is to be an end.
            self.abort();
        }
    }

    /// Ends all calls and kills all workers.
    pub(super) fn abort(&self) {
        let mut state = lock(&self.state);
        state.abort = true;
        let queued = state.queue.take();
        let workers = state.roster.live();
        drop(state);
        for job in queued {
            job.abort(Started::No);
        }
        for worker in workers {
            worker.abort();
        }
        self.look_for_end();
    }

    /// Wakes those that wait for the end of the pool, if this is it.
    pub(super) fn look_for_end(&self) {
        let mut state = lock(&self.state);
        if state.is_drained() {
            let watchers = state.watchers.take();
            drop(state);
            watchers.into_iter().for_each(wake);
        }
    }
}

impl CloseOnExit for Scheduler {
    fn close_on_exit(&self) -> Vec<Arc<OwnedFd>> {
        let idle = self.close();
        idle.iter()
            .map(|worker| Arc::clone(worker.pidfd()))
            .collect()
    }
}

impl Drain for Scheduler {
    fn poll_drained(&self, waker: &mut Option<Waker>) -> bool {
        if !self.is_of_this_process() {
            // What is left of it is not in this process.
            return true;
        }
        let mut state = lock(&self.state);
        let is_drained = state.is_drained();
        if !is_drained {
            state.watchers.add(waker);
        }
        is_drained
    }
}
