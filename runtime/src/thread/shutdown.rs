//! How a pool ends: it takes no more calls, runs those it has, or gives them up after a while.

use std::sync::{Arc, MutexGuard};
use std::task::Waker;
use std::thread;
use std::time::Duration;

use super::inner::{Deadline, Inner, wake_all};
use super::state::State;
use crate::pool::closing::Drain;
use crate::sys::fork;
use crate::util::panic;
use crate::util::sync::{lock, wake};

impl Inner {
    /// Takes no more calls. Those in the queue are still run; idle threads end.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        wake_all(state);
    }

    /// Closes, and after `deadline` waits for nothing that has not come to its end.
    pub(crate) fn shut_down(self: &Arc<Inner>, deadline: Duration) {
        self.close();
        let set = lock(&self.state)
            .shutdown
            .set(deadline, self, Deadline::Shutdown);
        if set.is_err() {
            // There is no thread to wait for it, and there is to be an end.
            self.abort();
        }
    }

    /// Tells all callers that there is nothing to wait for. Threads that run something are left to
    /// themselves, since nothing can end them.
    pub(super) fn abort(&self) {
        let mut state = lock(&self.state);
        state.abort = true;
        let queued = state.queue.take();
        let workers = state.workers.clone();
        let watchers = state.watchers.take();
        drop(state);
        for work in &queued {
            Arc::clone(work).abort();
        }
        for worker in workers {
            let work = lock(&worker.runs).clone();
            if let Some(work) = work {
                work.abort();
            }
        }
        watchers.into_iter().for_each(wake);
        // The arguments of what never ran are the user's, and dropping them may block.
        let dropped = thread::Builder::new()
            .name(format!("{}-end", self.name))
            .spawn(move || panic::swallow_panic(|| drop(queued)));
        // Without a thread for it they were dropped here.
        let _ = dropped;
    }
}

impl Drain for Inner {
    fn poll_drained(&self, waker: &mut Option<Waker>) -> bool {
        if self.forks != fork::generation() {
            // Its threads are not in this process.
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

/// A thread has ended: tells those who wait for that if it was the last.
pub(super) fn tell_if_drained(mut state: MutexGuard<'_, State>) {
    if state.is_drained() {
        let watchers = state.watchers.take();
        drop(state);
        watchers.into_iter().for_each(wake);
    }
}
