//! The life of one thread of a pool: it waits for calls, runs them, and ends when it was idle for
//! the `keep_alive` of the pool.

use std::cell::Cell;
use std::sync::{Arc, MutexGuard};
use std::thread;
use std::time::Instant;

use super::inner::Inner;
use super::shutdown::tell_if_drained;
use super::state::{State, Worker};
use crate::util::panic;
use crate::util::sync::lock;

thread_local! {
    /// The id of the pool that this thread works for. 0 is no pool.
    static WORKS_FOR: Cell<usize> = const { Cell::new(0) };
}

impl Inner {
    /// Returns whether the current thread works for this pool. A call that is made there runs in
    /// place: if it waited for another thread of the pool, it could wait for ever.
    pub(crate) fn is_current(&self) -> bool {
        WORKS_FOR.get() == self.id
    }

    /// Runs calls until this thread has to end. It is all that a thread of the pool does.
    pub(super) fn work(self: Arc<Inner>) {
        WORKS_FOR.set(self.id);
        let worker = Worker::new();
        let mut state = lock(&self.state);
        state.workers.push(Arc::clone(&worker));
        state = self.help_to_start(state);
        state.arriving -= 1;
        loop {
            let (back, has_work) = self.find_work(state, &worker);
            state = back;
            if !has_work {
                break;
            }
            while let Some(work) = state.pop() {
                // Under the lock of the pool, so that a shutdown finds the call in the queue or
                // here.
                *lock(&worker.runs) = Some(Arc::clone(&work));
                if state.queue.len() > 0 {
                    self.wake_one(state);
                } else {
                    drop(state);
                }
                panic::swallow_panic(|| work.run());
                let before = lock(&worker.runs).take();
                panic::swallow_panic(|| drop(before));
                state = lock(&self.state);
                state.give_back();
                if !self.has_use(&mut state) {
                    break;
                }
            }
        }
        state.workers.retain(|other| !Arc::ptr_eq(other, &worker));
        state.threads -= 1;
        tell_if_drained(state);
    }

    /// Returns whether this thread should take the next call in the queue.
    fn has_use(self: &Arc<Inner>, state: &mut State) -> bool {
        if state.threads > state.most {
            return false;
        }
        let is_surplus = state.brisk && !state.closed && state.active() > self.cores;
        // It may leave calls to other threads only if a window is open, in case those are blocked.
        !(is_surplus && self.watch(state))
    }

    /// Waits until there is a call for this thread. Returns `false` if this thread has to end.
    fn find_work<'a>(
        self: &'a Arc<Inner>,
        mut state: MutexGuard<'a, State>,
        worker: &Arc<Worker>,
    ) -> (MutexGuard<'a, State>, bool) {
        if state.queue.len() > 0 && self.has_use(&mut state) {
            return (state, true);
        }
        let until = Instant::now().checked_add(self.settings.keep_alive);
        let mut is_over = false;
        state.idle.push(Arc::clone(worker));
        while !(is_over || state.closed || state.threads > state.most) {
            drop(state);
            match until {
                Some(until) => {
                    thread::park_timeout(until.saturating_duration_since(Instant::now()));
                    is_over = Instant::now() >= until;
                }
                None => thread::park(),
            }
            state = lock(&self.state);
            if state.was_called(worker) {
                return (state, true);
            }
        }
        state.idle.retain(|other| !Arc::ptr_eq(other, worker));
        (state, false)
    }
}
