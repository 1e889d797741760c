//! The end of a pool: it is closed and waited for, or shut down.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::{Deadline, Scheduler};
use crate::error::Started;
use crate::pool::closing::Drain;
use crate::process::host::worker::WorkerHandle;
use crate::sys::fork;
use crate::util::sync::{lock, wake};

impl Scheduler {
    /// Takes no more calls. Those in the queue are still run; idle workers end. Gives those.
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

    /// Whether the pool was made in this process, rather than in one that this was forked from.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.forks == fork::generation()
    }

    /// Closes, and after `deadline` ends whatever is not through by then.
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
        let workers = state.roster.present();
        drop(state);
        for job in queued {
            job.abort(Started::No);
        }
        for worker in workers {
            worker.abort();
        }
        self.look_for_end();
    }

    /// Tells those who wait for the pool's end, if this is it.
    pub(super) fn look_for_end(&self) {
        let mut state = lock(&self.state);
        if state.is_drained() {
            let watchers = state.watchers.take();
            drop(state);
            watchers.into_iter().for_each(wake);
        }
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
