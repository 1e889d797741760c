//! The end of a thread pool: it takes no more calls, runs the calls that it has, and after the
//! deadline of a shutdown ends the rest with an error.

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
    /// Closes the pool: it takes no more calls. Calls in the queue still run, and idle threads end.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        wake_all(state);
    }

    /// Closes the pool, and ends after `deadline` every call that has not ended by then.
    pub(crate) fn shut_down(self: &Arc<Inner>, deadline: Duration) {
        self.close();
        let set = lock(&self.state)
            .shutdown
            .set(deadline, self, Deadline::Shutdown);
        if set.is_err() {
            // No thread could be started to wait for the deadline. The pool must still end.
            self.abort();
        }
    }

    /// Ends every call with [`Error::Closed`](crate::Error::Closed) and asks the functions that run
    /// to stop. A thread whose function goes on is left alone, because nothing can end it.
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
        // The arguments of the calls in the queue are the user's, and dropping them may block.
        let dropped = thread::Builder::new()
            .name(format!("{}-end", self.name))
            .spawn(move || panic::swallow_panic(|| drop(queued)));
        // If no thread could be started, `spawn` has dropped them on this thread.
        let _ = dropped;
    }
}

impl Drain for Inner {
    fn poll_drained(&self, waker: &mut Option<Waker>) -> bool {
        if self.forks != fork::generation() {
            // This process was forked, and has none of the pool's threads.
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

/// Wakes those who wait for the end of the pool, if the last thread of a closed pool has ended.
pub(super) fn tell_if_drained(mut state: MutexGuard<'_, State>) {
    if state.is_drained() {
        let watchers = state.watchers.take();
        drop(state);
        watchers.into_iter().for_each(wake);
    }
}
