//! Who looks after workers that have calls.
//!
//! The runtime that should take in an answer may be blocked by other work, or the future may be polled
//! elsewhere by now; and a worker may have been stopped. So as long as workers have calls, the pool looks
//! after them: soon at first, then ever more rarely. An answer that has lain there from one look to the
//! next is taken in: a runtime that listens never notices, and what one misses that does not is late by
//! as much as it took, or by two of [`LONGEST_PAUSE`] at most. A worker that could have begun a call for
//! a second, and has not, is killed, and the call goes to another.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Core, LOOK_AFTER};
use crate::sync::lock;

pub(super) const FIRST_LOOK: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

impl Core {
    /// A worker has a call.
    pub(crate) fn look_after(self: &Arc<Core>) {
        if !self.is_watched.load(Ordering::Relaxed) && !self.is_watched.swap(true, Ordering::AcqRel)
        {
            self.look_in(FIRST_LOOK);
        }
    }

    fn look_in(self: &Arc<Core>, pause: Duration) {
        let timer = self.set_timer(pause, LOOK_AFTER);
        // Without a thread to look, the next call tries again.
        self.is_watched.store(timer.is_some(), Ordering::Release);
        let mut state = lock(&self.state);
        state.watch_pause = pause;
        let before = std::mem::replace(&mut state.watch, timer);
        drop(state);
        drop(before);
    }

    pub(super) fn look_after_workers(self: &Arc<Core>) {
        // Whoever gives a worker a call from here on asks for a look of his own.
        self.is_watched.store(false, Ordering::Release);
        let state = lock(&self.state);
        let workers = state.staff.present();
        let pause = state.watch_pause;
        drop(state);
        let mut any = false;
        let mut has_calls = false;
        for worker in workers.iter().filter(|worker| worker.has_calls()) {
            any |= worker.collect_overdue();
            worker.end_if_stuck();
            has_calls |= worker.has_calls();
        }
        if has_calls && !self.is_watched.swap(true, Ordering::AcqRel) {
            // If anything was overdue, somebody does not listen, and more will be.
            let pause = if any { FIRST_LOOK } else { pause * 2 };
            self.look_in(pause.min(LONGEST_PAUSE));
        }
    }

    /// Takes in whatever workers have answered, for whoever wants to know what they are at.
    pub(super) fn catch_up(&self) {
        let workers = lock(&self.state).staff.present();
        for worker in workers.iter().filter(|worker| worker.has_calls()) {
            worker.collect();
        }
    }
}
