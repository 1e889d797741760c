//! The life of one thread: it waits for calls, runs them, and ends when none has come for a while.

use std::cell::Cell;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::core::Core;
use super::end::tell_if_drained;
use super::state::{Running, State};
use crate::panic;
use crate::sync::lock;

thread_local! {
    /// The pool that this thread works for; 0 is none.
    static WORKS_FOR: Cell<usize> = const { Cell::new(0) };
}

impl Core {
    /// Whether the current thread works for this pool. A call made there runs in place: waiting
    /// for a thread of the same pool could wait for ever.
    pub(crate) fn is_current(&self) -> bool {
        WORKS_FOR.get() == self.id
    }

    /// The life of one thread.
    pub(super) fn work(self: Arc<Core>) {
        WORKS_FOR.set(self.id);
        let running = Arc::new(Running::default());
        let mut state = lock(&self.state);
        state.running.push(Arc::clone(&running));
        state = self.help_to_start(state);
        state.arriving -= 1;
        loop {
            let (back, has_work) = self.find_work(state);
            state = back;
            if !has_work {
                break;
            }
            while let Some(work) = state.pop() {
                // Before the lock is let go, so that a shutdown finds the call here or there.
                *lock(&running.0) = Some(Arc::clone(&work));
                if state.queue.len() > 0 {
                    self.wake_one(state);
                } else {
                    drop(state);
                }
                panic::quietly(|| work.run());
                let before = lock(&running.0).take();
                panic::quietly(|| drop(before));
                state = lock(&self.state);
                state.give_back();
                if state.threads > state.most {
                    break;
                }
            }
        }
        state.running.retain(|other| !Arc::ptr_eq(other, &running));
        state.threads -= 1;
        tell_if_drained(state);
    }

    /// Waits until there is work. False if this thread is to end.
    fn find_work<'a>(&'a self, mut state: MutexGuard<'a, State>) -> (MutexGuard<'a, State>, bool) {
        if state.queue.len() > 0 && state.threads <= state.most {
            return (state, true);
        }
        let until = Instant::now().checked_add(self.settings.keep_alive);
        let mut is_over = false;
        state.idle += 1;
        loop {
            if state.woken > 0 {
                // Whoever gave the wake-up has taken this thread off `idle`.
                state.woken -= 1;
                return (state, true);
            }
            if is_over || state.closed || state.threads > state.most {
                state.idle -= 1;
                return (state, false);
            }
            let pause = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            let (back, timeout) = self
                .wake
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner);
            state = back;
            is_over = timeout.timed_out();
        }
    }
}
