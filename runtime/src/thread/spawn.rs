//! Starting threads: which thread judges whether the calls need more threads, and which starts
//! them.
//!
//! A start takes the thread that makes it some 40 µs. So a caller starts threads only while the
//! pool has fewer than there are cores. Beyond that, the timer thread judges and starts one thread.
//! That thread starts the others before it takes a call. New threads help it: up to `MOST_STARTERS`
//! start others at the same time, and no more than there are cores.

use std::sync::{Arc, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use super::growth::{Finding, PATIENCE, Window};
use super::inner::{Deadline, Inner};
use super::shutdown::tell_if_drained;
use super::state::State;
use crate::util::sync::lock;

/// How long the pool waits before it tries again to start a thread.
const AFTER_FAILURE: Duration = Duration::from_millis(10);
/// How many threads may start others at the same time. More would wait for each other: the kernel
/// adds stacks to a process one at a time.
const MOST_STARTERS: usize = 4;
/// It is too early to judge while more than one in this many threads has not come to the queue yet.
const MISSED: usize = 4;

impl Inner {
    /// Opens a window, so that the timer thread judges whether the calls in the queue need another
    /// thread. Returns `false` if there is no timer thread.
    pub(super) fn watch(self: &Arc<Inner>, state: &mut State) -> bool {
        if state.window.is_none() {
            state.open_window(Instant::now());
            self.look_in(state, Window::first_look(false));
        }
        state.window.is_some()
    }

    /// Sets the deadline of the next judgement. If that fails, closes the window, and the next call
    /// tries again.
    fn look_in(self: &Arc<Inner>, state: &mut State, pause: Duration) {
        if state.look.set(pause, self, Deadline::Growth).is_err() {
            state.window = None;
        }
    }

    /// Starts a thread if the calls in the queue need more. That thread starts the others, if one
    /// is not enough. The timer thread calls this.
    pub(super) fn grow(self: &Arc<Inner>) {
        let mut state = lock(&self.state);
        // This deadline has passed. Dropping it takes a lock, so that is done after the unlock.
        let look = state.look.take();
        let next = self.next_start(&mut state);
        if next.is_some() && state.planned == 0 {
            self.look_in(&mut state, Window::first_look(false));
        }
        drop(state);
        drop(look);
        let failed = next.is_some_and(|number| self.start_thread(number).is_err());
        if failed {
            let mut state = lock(&self.state);
            state.not_started();
            self.look_in(&mut state, AFTER_FAILURE);
            tell_if_drained(state);
        }
    }

    /// Starts the planned threads, unless enough other threads are doing so. A new thread calls
    /// this before it takes a call.
    pub(super) fn help_to_start<'a>(
        self: &'a Arc<Inner>,
        mut state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        if state.planned == 0 || state.starters >= self.cores.min(MOST_STARTERS) {
            return state;
        }
        state.starters += 1;
        while let Some(number) = self.next_start(&mut state) {
            drop(state);
            let started = self.start_thread(number);
            state = lock(&self.state);
            if started.is_err() {
                state.not_started();
                self.look_in(&mut state, AFTER_FAILURE);
                break;
            }
        }
        state.starters -= 1;
        state
    }

    /// Returns the number of the next thread to start, and counts that thread. Returns `None` if no
    /// thread is to be started now; if the pool has to judge again later, sets the deadline for it.
    fn next_start(self: &Arc<Inner>, state: &mut State) -> Option<usize> {
        if let Some(number) = state.reserve_planned() {
            return Some(number);
        }
        let window = state.window?;
        if state.queue.len() == 0 {
            state.window = None;
            return None;
        }
        let now = Instant::now();
        // Threads that start others are not missing: they will take calls after that.
        let missing = state.arriving - state.starters;
        let pause = if missing * MISSED > state.threads {
            PATIENCE
        } else {
            let finding = window.judge(now, state.flow, state.active());
            if let Finding::TooEarly(rest) = finding {
                rest
            } else {
                state.open_window(now);
                let more = match finding {
                    Finding::More(count) => count,
                    _ => 0,
                };
                state.brisk = finding == Finding::Short;
                if more > 0 {
                    if let Some(worker) = state.call_one() {
                        // It was idle because calls were short. It wakes the next one.
                        worker.wake();
                    } else {
                        state.planned = more.min(state.most.saturating_sub(state.threads));
                    }
                    if let Some(number) = state.reserve_planned() {
                        return Some(number);
                    }
                }
                if state.idle.is_empty() && state.threads >= state.most {
                    state.window = None;
                    return None;
                }
                Window::first_look(window.moves(state.flow))
            }
        };
        // If several threads start others, the last of them sets the deadline.
        if state.starters <= 1 {
            self.look_in(state, pause);
        }
        None
    }

    /// Starts the thread of this number, which was counted already.
    pub(super) fn start_thread(self: &Arc<Inner>, number: usize) -> std::io::Result<()> {
        let core = Arc::clone(self);
        let mut builder = thread::Builder::new().name(format!("{}-{number}", self.name));
        if let Some(bytes) = self.settings.stack_size {
            builder = builder.stack_size(bytes);
        }
        builder.spawn(move || core.work()).map(drop)
    }
}
