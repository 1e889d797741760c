//! The caller's end of a call that a pool has taken: who waits for the outcome, and how it gets there.
//!
//! It is the same for threads and processes. A pool has its own part in the state, the [`Course`]: where
//! the call is now. Both are under one lock, because each step of a call is one for both: a call that gets
//! its outcome leaves its worker, and one that is given up gets no outcome.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::options::{OnProgress, Options};
use super::rejected::Rejected;
use crate::context::Progress;
use crate::error::{Error, Refused, Started, TimedOut};
use crate::stats::{Counters, Ending, Place};
use crate::util::sync::{lock, wake};
use crate::util::timer::{Expire, Timer, Token};

/// What the caller and the pool share of one call.
pub(crate) struct Completion<C, T> {
    state: Mutex<State<C, T>>,
}

pub(crate) struct State<C, T> {
    /// Where the call is, as its pool knows it.
    pub(crate) course: C,
    /// The deadline that counts now.
    pub(crate) timer: Timer,
    end: End<T>,
    waker: Option<Waker>,
    /// How far the function is, if the caller wants to know and has not been told.
    progress: Option<Progress>,
}

/// The state of a call, locked.
pub(crate) type Locked<'a, C, T> = MutexGuard<'a, State<C, T>>;

/// How far the call is from the caller's point of view.
enum End<T> {
    /// The caller waits.
    Open,
    /// The call goes on, and nobody takes its outcome.
    Detached,
    /// The outcome waits for the caller.
    Ready(T),
    /// The caller has taken the outcome, or has dropped the call.
    Over,
}

/// Where a call is, as its pool knows it.
pub(crate) trait Course {
    /// What is left of a call that ends.
    type Left;

    /// Where the call is now. Only asked while it has no outcome.
    fn place(&self) -> Place;

    /// The call ends. Returns what the pool has to drop or to stop once the lock is released.
    fn leave(&mut self) -> Self::Left;
}

/// What a deadline of a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// How long the call may wait in the queue.
    InQueue,
    /// How long the function may run in the worker of this number, from 1 on.
    Running(u64),
    /// How long the function may still take to stop by itself.
    Grace,
    /// It is time to look how far the function is.
    Progress,
}

/// A caller who wants to know how far the function is is told no more often than this.
pub(crate) const PROGRESS_PAUSE: Duration = Duration::from_millis(33);

/// The numbers of workers are between the others.
impl Token for Deadline {
    fn to_number(self) -> u64 {
        match self {
            Deadline::InQueue => 0,
            Deadline::Running(worker) => worker,
            Deadline::Grace => u64::MAX,
            Deadline::Progress => u64::MAX - 1,
        }
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::InQueue,
            u64::MAX => Deadline::Grace,
            number if number == u64::MAX - 1 => Deadline::Progress,
            worker => Deadline::Running(worker),
        }
    }
}

impl<C, T> State<C, T> {
    /// Whether the call has no outcome yet and its caller has not dropped it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.end, End::Open | End::Detached)
    }

    /// Whether nobody will take the outcome.
    pub(crate) fn is_detached(&self) -> bool {
        matches!(self.end, End::Detached)
    }

    /// Notes how far the function is. The caller is told at its next poll, before it gets the outcome.
    pub(crate) fn set_progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }
}

/// Wakes the caller, who has something to look at.
pub(crate) fn wake_caller<C, T>(mut state: Locked<'_, C, T>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        wake(waker);
    }
}

impl<C: Course, T> Completion<C, T> {
    /// Of a call that begins its way here. `waker` is the caller's, if it is known already.
    pub(crate) fn new(course: C, waker: Option<Waker>) -> Completion<C, T> {
        Completion {
            state: Mutex::new(State {
                course,
                timer: Timer::default(),
                end: End::Open,
                waker,
                progress: None,
            }),
        }
    }

    pub(crate) fn lock(&self) -> Locked<'_, C, T> {
        lock(&self.state)
    }

    /// The outcome, if it is there; otherwise the caller is woken when it is. Before that, `on_progress` is
    /// told how far the function is, if that is new.
    pub(crate) fn poll(
        &self,
        cx: &mut Context<'_>,
        mut on_progress: Option<&mut OnProgress>,
    ) -> Poll<T> {
        let mut clone = None;
        loop {
            let mut state = self.lock();
            if let Some(progress) = state.progress.take() {
                drop(state);
                if let Some(on_progress) = &mut on_progress {
                    on_progress(progress);
                }
                continue;
            }
            if let End::Ready(_) = state.end {
                if let End::Ready(outcome) = mem::replace(&mut state.end, End::Over) {
                    return Poll::Ready(outcome);
                }
            }
            let is_known = |known: &Waker| known.will_wake(cx.waker());
            if state.waker.as_ref().is_some_and(is_known) {
                return Poll::Pending;
            }
            if let Some(clone) = clone.take() {
                let before = state.waker.replace(clone);
                drop(state);
                drop(before);
                return Poll::Pending;
            }
            // A waker is foreign code, also when it is cloned or dropped.
            drop(state);
            clone = Some(cx.waker().clone());
        }
    }
}

/// A call that a pool has taken: what the pool adds to its [`Completion`], and what follows from both.
pub(crate) trait TakenCall: Expire<Deadline = Deadline> + Sized {
    type Course: Course;
    /// What the caller makes its own outcome of.
    type Outcome;

    fn completion(&self) -> &Completion<Self::Course, Self::Outcome>;
    fn task(&self) -> &'static str;
    fn pool(&self) -> &str;
    fn options(&self) -> &Options;
    fn counters(&self) -> &Counters;

    /// The outcome of a call that failed.
    fn failure(error: Error) -> Self::Outcome;
    /// Whether the outcome is what the function returned.
    fn is_value(outcome: &Self::Outcome) -> bool;

    /// Drops what was left of a call that ended, and an outcome that nobody takes, where that may block.
    fn discard(&self, left: <Self::Course as Course>::Left, outcome: Option<Self::Outcome>);
    /// A call in the queue has ended there: the queue may want to be swept.
    fn left_queue(&self);
    /// The caller has dropped the call: the worker that has it is to stop.
    fn stop(self: &Arc<Self>, left: <Self::Course as Course>::Left);

    /// Hands the outcome over and wakes the caller. The call must be [open](State::is_open).
    fn hand_over(
        &self,
        mut state: Locked<'_, Self::Course, Self::Outcome>,
        outcome: Self::Outcome,
    ) {
        let ending = if Self::is_value(&outcome) {
            Ending::Finished
        } else {
            Ending::Failed
        };
        self.counters().ended(ending, state.course.place());
        let left = state.course.leave();
        let before = mem::replace(&mut state.end, End::Over);
        let unwanted = match before {
            End::Open => {
                state.end = End::Ready(outcome);
                None
            }
            End::Detached | End::Ready(_) | End::Over => Some(outcome),
        };
        let timer = state.timer.take();
        let waker = state.waker.take();
        drop(state);
        drop(timer);
        self.discard(left, unwanted);
        if let Some(waker) = waker {
            wake(waker);
        }
    }

    /// Hands an error over, unless the call is over already.
    fn fail(&self, error: Error) {
        let state = self.completion().lock();
        if state.is_open() {
            self.hand_over(state, Self::failure(error));
        }
    }

    /// From now on the time counts in which the call may wait, if it has to wait.
    fn start_queue_clock(self: &Arc<Self>) {
        let Some(limit) = self.options().queue_timeout else {
            return;
        };
        let mut state = self.completion().lock();
        if !state.is_open() || state.course.place() != Place::Queue {
            return;
        }
        if let Err(error) = state.timer.set(limit, self, Deadline::InQueue) {
            let error = Rejected::NoThread(error).into_error(self.task(), self.pool());
            self.hand_over(state, Self::failure(error));
            self.left_queue();
        }
    }

    /// The call has had its time. `pid` is the worker process that ran it, if one did.
    fn time_out(
        &self,
        state: Locked<'_, Self::Course, Self::Outcome>,
        limit: Duration,
        pid: Option<u32>,
        grace: Duration,
    ) {
        let started = match state.course.place() {
            Place::Queue => Started::No,
            Place::Worker => Started::Yes,
        };
        let timed_out = TimedOut {
            task: self.task().to_owned(),
            pool: self.pool().to_owned(),
            limit,
            started,
            pid,
            grace,
        };
        self.hand_over(state, Self::failure(Error::TimedOut(Box::new(timed_out))));
    }

    /// The pool was shut down and waits no longer. The call must be [open](State::is_open).
    fn close(&self, state: Locked<'_, Self::Course, Self::Outcome>, started: Started) {
        let refused = Refused::new(self.task(), self.pool(), started);
        self.hand_over(state, Self::failure(Error::Closed(Box::new(refused))));
    }

    /// The caller lets the call go on alone.
    fn detach(&self) {
        let mut state = self.completion().lock();
        let end = mem::replace(&mut state.end, End::Over);
        let outcome = match end {
            End::Open | End::Detached => {
                state.end = End::Detached;
                None
            }
            End::Ready(outcome) => Some(outcome),
            End::Over => None,
        };
        let left = outcome.is_some().then(|| state.course.leave());
        let waker = state.waker.take();
        drop(state);
        drop(waker);
        if let Some(left) = left {
            self.discard(left, outcome);
        }
    }

    /// The caller has dropped the call: one that waits never runs, and one that runs is stopped.
    fn abandon(self: &Arc<Self>) {
        let mut state = self.completion().lock();
        let end = mem::replace(&mut state.end, End::Over);
        let place = matches!(end, End::Open).then(|| state.course.place());
        if let Some(place) = place {
            self.counters().ended(Ending::Cancelled, place);
        }
        let left = state.course.leave();
        let timer = state.timer.take();
        let waker = state.waker.take();
        drop(state);
        drop(timer);
        drop(waker);
        match place {
            Some(_) => self.stop(left),
            None => self.discard(
                left,
                match end {
                    End::Ready(outcome) => Some(outcome),
                    End::Open | End::Detached | End::Over => None,
                },
            ),
        }
    }
}
