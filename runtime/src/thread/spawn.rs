//! Starting threads: who looks whether calls need more of them, and who starts them.
//!
//! A start takes some 40 µs of the thread that asks for it, so no caller is charged with it beyond
//! one for each core. The thread of the timers looks, and starts no more than one thread. That one
//! starts the others before it takes a call, and as many of the new ones as there are cores help.

use std::sync::{Arc, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use super::growth::{Finding, PATIENCE, Window};
use super::inner::{Deadline, Inner};
use super::shutdown::tell_if_drained;
use super::state::State;
use crate::util::sync::lock;

/// When to try again where no thread could be started.
const AFTER_FAILURE: Duration = Duration::from_millis(10);
/// More of them would wait for each other: the kernel adds stacks to a process one at a time.
const MOST_STARTERS: usize = 4;
/// Threads that are not there yet make it too early to look if they are more than one in so many.
const MISSED: usize = 4;

impl Inner {
    /// Sees to it that somebody looks whether the calls that wait need another thread. False if there
    /// is no thread to look.
    pub(super) fn watch(self: &Arc<Inner>, state: &mut State) -> bool {
        if state.window.is_none() {
            state.open_window(Instant::now());
            self.look_in(state, Window::first_look(false));
        }
        state.window.is_some()
    }

    /// Sets the time of the next look. If that cannot be done the next call tries.
    fn look_in(self: &Arc<Inner>, state: &mut State, pause: Duration) {
        if state.look.set(pause, self, Deadline::Growth).is_err() {
            state.window = None;
        }
    }

    /// Starts a thread if the calls that wait need more. That one starts the others, if it is not enough.
    pub(super) fn grow(self: &Arc<Inner>) {
        let mut state = lock(&self.state);
        // It has come; dropping it takes a lock.
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

    /// Before it takes a call, a new thread starts what is planned, beside others that do the same.
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

    /// Finds out whether a further thread is to be started, and counts it. If not, and this is to be
    /// asked again, and nobody is there who will, it sets a time for that.
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
        // Those that start others will take calls too, but not yet.
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
                        // It was left out since calls were short. It wakes the next.
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
        // Where others are starting threads, the last of them comes here.
        if state.starters <= 1 {
            self.look_in(state, pause);
        }
        None
    }

    /// Starts the thread of this number, which has been counted already.
    pub(super) fn start_thread(self: &Arc<Inner>, number: usize) -> std::io::Result<()> {
        let core = Arc::clone(self);
        let mut builder = thread::Builder::new().name(format!("{}-{number}", self.name));
        if let Some(bytes) = self.settings.stack_size {
            builder = builder.stack_size(bytes);
        }
        builder.spawn(move || core.work()).map(drop)
    }
}
