//! The caller's end of a call that a pool has taken: its outcome, its waker and its deadlines.
//!
//! Thread pools and process pools share this code. Each kind of pool adds its own part to the state
//! of a call, the [`Course`]: where the call is now. Both parts are under one lock, because one
//! step changes both: a call that gets its outcome leaves its worker, and a call that the caller
//! drops gets no outcome.

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

/// The state of one call that its caller and its pool share.
pub(crate) struct Completion<C, T> {
    state: Mutex<State<C, T>>,
}

pub(crate) struct State<C, T> {
    /// Where the call is in its pool.
    pub(crate) course: C,
    /// The deadline that runs now.
    pub(crate) timer: Timer,
    end: End<T>,
    waker: Option<Waker>,
    /// How far the function is, if the caller wants to know and was not told yet.
    progress: Option<Progress>,
}

/// The state of a call, locked.
pub(crate) type Locked<'a, C, T> = MutexGuard<'a, State<C, T>>;

/// How far a call is, from the caller's point of view.
enum End<T> {
    /// The caller waits for the outcome.
    Open,
    /// The caller detached the call. The outcome will be dropped.
    Detached,
    /// The outcome is there, and the caller has not taken it yet.
    Ready(T),
    /// The caller has taken the outcome, or dropped the call.
    Over,
}

/// Where a call is in its pool. Each kind of pool has its own type for this.
pub(crate) trait Course {
    /// What a call leaves behind when it ends, such as its arguments or its worker.
    type Left;

    /// Returns where the call is now. It is only called while the call has no outcome.
    fn place(&self) -> Place;

    /// Ends the call. Returns what the pool has to drop or to stop after the lock is released.
    fn leave(&mut self) -> Self::Left;
}

/// Which deadline of a call has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// The call was in the queue for its whole `queue_timeout`.
    InQueue,
    /// The function ran for its whole `timeout` in the worker of this number, from 1 on.
    Running(u64),
    /// The function did not stop within the `grace`.
    Grace,
    /// It is time to show the caller how far the function is.
    Progress,
}

/// The caller of [`on_progress`](crate::Call::on_progress) is told no more often than this.
pub(crate) const PROGRESS_PAUSE: Duration = Duration::from_millis(33);

/// The number of a worker is none of the numbers that stand for the other deadlines.
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
    /// Returns whether the call has no outcome yet and the caller has not dropped it. A detached
    /// call without an outcome is open.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.end, End::Open | End::Detached)
    }

    /// Returns whether the caller detached the call, so that its outcome will be dropped.
    pub(crate) fn is_detached(&self) -> bool {
        matches!(self.end, End::Detached)
    }

    /// Notes how far the function is. The caller is told in its next poll, before the outcome.
    pub(crate) fn set_progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }
}

/// Wakes the caller, so that it polls and sees the new progress.
pub(crate) fn wake_caller<C, T>(mut state: Locked<'_, C, T>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        wake(waker);
    }
}

impl<C: Course, T> Completion<C, T> {
    /// Returns the state of a call that a pool takes now. `waker` is the caller's, if it is known.
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

    /// Returns the outcome if there is one. If not, keeps the waker of `cx`, to wake the caller
    /// when there is one. Before that, calls `on_progress` if the function has made progress since
    /// the last poll.
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
            // A waker is foreign code, also its `clone` and its `drop`: release the lock first.
            drop(state);
            clone = Some(cx.waker().clone());
        }
    }
}

/// A call that a pool has taken. A pool implements the methods without a body; the other methods
/// are the steps that all kinds of pool have in common.
pub(crate) trait TakenCall: Expire<Deadline = Deadline> + Sized {
    type Course: Course;
    /// What the pool hands to the caller. The caller turns it into the output of its future.
    type Outcome;

    fn completion(&self) -> &Completion<Self::Course, Self::Outcome>;
    fn task(&self) -> &'static str;
    fn pool(&self) -> &str;
    fn options(&self) -> &Options;
    fn counters(&self) -> &Counters;

    /// Returns the outcome of a call that failed with `error`.
    fn failure(error: Error) -> Self::Outcome;
    /// Returns whether the function returned, so that the call counts as finished.
    fn is_value(outcome: &Self::Outcome) -> bool;

    /// Drops what an ended call left behind, and an outcome that no caller takes. Does so on a
    /// thread that may block, because dropping a user's value may block.
    fn discard(&self, left: <Self::Course as Course>::Left, outcome: Option<Self::Outcome>);
    /// Tells the queue that a call in it has ended, so that the queue can be swept.
    fn left_queue(&self);
    /// Stops the function of a call that the caller dropped.
    fn stop(self: &Arc<Self>, left: <Self::Course as Course>::Left);

    /// Hands the outcome to the caller and wakes it. The call must be [open](State::is_open). If it
    /// is detached, drops the outcome.
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

    /// Ends the call with this error, unless it has ended already.
    fn fail(&self, error: Error) {
        let state = self.completion().lock();
        if state.is_open() {
            self.hand_over(state, Self::failure(error));
        }
    }

    /// Starts the clock of the `queue_timeout`, if the call has one and is still in the queue.
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

    /// Ends the call with [`Error::TimedOut`]. `limit` is the limit that has passed, and `pid` the
    /// worker process that ran the call, if there was one. The call must be [open](State::is_open).
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

    /// Ends the call with [`Error::Closed`], because the deadline of a shutdown has passed. The
    /// call must be [open](State::is_open).
    fn close(&self, state: Locked<'_, Self::Course, Self::Outcome>, started: Started) {
        let refused = Refused::new(self.task(), self.pool(), started);
        self.hand_over(state, Self::failure(Error::Closed(Box::new(refused))));
    }

    /// The caller detaches the call: it runs to its end, and its outcome is dropped.
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

    /// The caller drops the call: a call in the queue never runs, and a running function is
    /// stopped.
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
