//! One call on a thread pool: the future that the caller holds, and the part that it shares with
//! the thread.

use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::inner::{Core, Rejected, Runnable};
use crate::call::options::{Given, Options};
use crate::context::{self, OnThread};
use crate::error::{
    CannotStart, Error, InvalidPool, Outcome, Panicked, Refused, Started, TimedOut,
};
use crate::pool::queue::Waiting;
use crate::stats::{Ending, Place};
use crate::util::panic;
use crate::util::sync::{lock, wake};
use crate::util::timer::{Expire, Timer, Token};

/// What a thread runs.
pub(crate) type Job<R> = Box<dyn FnOnce() -> R + Send>;

/// A call on a thread pool. Nothing happens before the first poll.
pub(crate) struct ThreadCall<R> {
    task: &'static str,
    core: Result<Arc<Core>, Box<InvalidPool>>,
    options: Given,
    stage: Stage<R>,
}

enum Stage<R> {
    New(Job<R>),
    Submitted {
        shared: Arc<Shared<R>>,
        /// What to do when the future is dropped; a `Drop` cannot ask for what it needs of `R`.
        abandon: fn(&Shared<R>),
    },
    Finished,
}

/// What the caller and the thread both see.
struct Shared<R> {
    task: &'static str,
    core: Arc<Core>,
    timeout: Option<Duration>,
    queue_timeout: Option<Duration>,
    /// Read by `context::cancelled()` inside the function.
    asked: Arc<OnThread>,
    state: Mutex<State<R>>,
}

struct State<R> {
    /// Taken by the thread that runs it, and left to that thread when the caller has gone, since
    /// dropping the arguments may block.
    job: Option<Job<R>>,
    /// An error is made the caller's own in the caller's poll, since that is user code.
    result: Option<Result<R, Error>>,
    /// The caller has its answer, or wants none.
    over: bool,
    waker: Option<Waker>,
    timer: Timer,
}

impl<R: Outcome> ThreadCall<R> {
    pub(crate) fn new(
        task: &'static str,
        core: Result<Arc<Core>, Box<InvalidPool>>,
        job: Job<R>,
    ) -> ThreadCall<R> {
        ThreadCall {
            task,
            core,
            options: Given::default(),
            stage: Stage::New(job),
        }
    }

    /// The same call on another pool.
    pub(crate) fn on(&mut self, core: Result<Arc<Core>, Box<InvalidPool>>) {
        self.core = core;
    }

    /// What the call gives on a process pool, where a closure cannot go.
    pub(crate) fn refuse(&self, process_pool: &str) -> R {
        let reason = "its workers are processes, and this task runs on threads; \
                      mark it `#[cpu_bound]`, or name a `ThreadPool`";
        R::from_error(InvalidPool::new(process_pool, reason).for_task(self.task))
    }

    /// What the call may still be told.
    pub(crate) fn options(&mut self) -> &mut Options {
        self.options.get_mut()
    }

    /// Lets a call that has started go on with nobody waiting for it.
    pub(crate) fn detach(mut self) {
        self.stage = Stage::Finished;
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R> {
        match std::mem::replace(&mut self.stage, Stage::Finished) {
            Stage::New(job) => self.submit(job, cx),
            Stage::Submitted { shared, abandon } => {
                if let Some(result) = shared.poll(cx) {
                    return Poll::Ready(result.unwrap_or_else(R::from_error));
                }
                self.stage = Stage::Submitted { shared, abandon };
                Poll::Pending
            }
            Stage::Finished => panic!("a call was polled after it had finished"),
        }
    }

    fn submit(&mut self, job: Job<R>, cx: &mut Context<'_>) -> Poll<R> {
        let core = match &self.core {
            Ok(core) => core,
            Err(invalid) => {
                return Poll::Ready(R::from_error(invalid.clone().for_task(self.task)));
            }
        };
        if core.is_current() {
            let result = run_here(self.task, core.name(), job);
            return Poll::Ready(result.unwrap_or_else(R::from_error));
        }
        let options = self.options.get();
        let shared = Arc::new(Shared {
            task: self.task,
            core: Arc::clone(core),
            timeout: options.timeout.or(core.settings().timeout),
            queue_timeout: options.queue_timeout,
            asked: Arc::default(),
            state: Mutex::new(State {
                job: Some(job),
                result: None,
                over: false,
                waker: Some(cx.waker().clone()),
                timer: Timer::default(),
            }),
        });
        core.counters().submitted();
        let work = Arc::clone(&shared) as Arc<dyn Runnable>;
        match core.submit(work, options.bounded) {
            Ok(()) => {
                shared.start_queue_clock();
                self.stage = Stage::Submitted {
                    shared,
                    abandon: Shared::abandon,
                };
                Poll::Pending
            }
            Err(rejected) => {
                core.counters().withdrawn();
                Poll::Ready(R::from_error(rejected.into_error(self.task, core.name())))
            }
        }
    }
}

/// Runs a job on the current thread, as a pool would.
pub(crate) fn run_here<R>(task: &str, pool: &str, job: impl FnOnce() -> R) -> Result<R, Error> {
    panic::catch(job).map_err(|report| {
        Error::Panicked(Box::new(Panicked {
            task: task.to_owned(),
            pool: pool.to_owned(),
            message: report.message,
            location: report.location,
            backtrace: report.backtrace,
            pid: None,
        }))
    })
}

impl Rejected {
    pub(crate) fn into_error(self, task: &str, pool: &str) -> Error {
        match self {
            Rejected::Closed => Error::Closed(Box::new(Refused::new(task, pool, Started::No))),
            Rejected::Full => Error::QueueFull(Box::new(Refused::new(task, pool, Started::No))),
            Rejected::NoThread(error) => {
                Error::CannotStart(Box::new(CannotStart::new(task, pool, error.to_string())))
            }
        }
    }
}

impl<R: Outcome> Waiting for Shared<R> {
    fn is_over(&self) -> bool {
        lock(&self.state).over
    }
}

impl<R: Outcome> Runnable for Shared<R> {
    fn run(self: Arc<Self>) {
        let mut state = lock(&self.state);
        let Some(job) = state.job.take() else { return };
        if state.over {
            drop(state);
            drop(job);
            return;
        }
        self.core.counters().begun();
        let is_timed = match self.timeout {
            Some(limit) => state.timer.set(limit, &self, Deadline::Running),
            None => {
                state.timer.clear();
                Ok(())
            }
        };
        if let Err(error) = is_timed {
            let error = Rejected::NoThread(error).into_error(self.task, self.core.name());
            self.finish(state, Err(error));
            return;
        }
        drop(state);
        let result = context::within(&self.asked, || run_here(self.task, self.core.name(), job));
        let state = lock(&self.state);
        if state.over {
            // Nobody waits any more: the result is dropped here, on the pool.
            drop(state);
            drop(result);
        } else {
            self.finish(state, result);
        }
    }

    fn abort(self: Arc<Self>) {
        let mut state = lock(&self.state);
        if state.over || state.result.is_some() {
            return;
        }
        state.over = true;
        let started = if state.job.is_some() {
            Started::No
        } else {
            Started::Yes
        };
        let refused = Box::new(Refused::new(self.task, self.core.name(), started));
        self.asked.cancel();
        self.finish(state, Err(Error::Closed(refused)));
    }
}

/// What a deadline of a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deadline {
    InQueue,
    Running,
}

impl Token for Deadline {
    fn to_number(self) -> u64 {
        self as u64
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::InQueue,
            _ => Deadline::Running,
        }
    }
}

impl<R: Outcome> Expire for Shared<R> {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        let mut state = lock(&self.state);
        let is_queued = state.job.is_some();
        if state.over || state.result.is_some() || is_queued != (deadline == Deadline::InQueue) {
            return;
        }
        // From here on the call does not run, or its result, coming late, is dropped by the thread.
        state.over = true;
        let (limit, started) = if is_queued {
            (self.queue_timeout, Started::No)
        } else {
            (self.timeout, Started::Yes)
        };
        let timed_out = TimedOut {
            task: self.task.to_owned(),
            pool: self.core.name().to_owned(),
            limit: limit.unwrap_or_default(),
            started,
            pid: None,
            grace: Duration::ZERO,
        };
        self.asked.cancel();
        self.finish(state, Err(Error::TimedOut(Box::new(timed_out))));
        if is_queued {
            self.core.work_abandoned();
        }
    }
}

impl<R: Outcome> Shared<R> {
    /// Hands the result over and wakes the caller.
    fn finish(&self, mut state: MutexGuard<'_, State<R>>, result: Result<R, Error>) {
        let ending = if result.is_ok() {
            Ending::Finished
        } else {
            Ending::Failed
        };
        self.count(&state, ending);
        state.result = Some(result);
        let timer = state.timer.take();
        let waker = state.waker.take();
        drop(state);
        drop(timer);
        if let Some(waker) = waker {
            wake(waker);
        }
    }

    fn count(&self, state: &State<R>, ending: Ending) {
        let place = if state.job.is_some() {
            Place::Queue
        } else {
            Place::Worker
        };
        self.core.counters().ended(ending, place);
    }

    /// From now on the call has its time limit to wait, if it has to wait.
    fn start_queue_clock(self: &Arc<Self>) {
        let Some(limit) = self.queue_timeout else {
            return;
        };
        let mut state = lock(&self.state);
        if state.job.is_none() || state.over {
            return;
        }
        if let Err(error) = state.timer.set(limit, self, Deadline::InQueue) {
            state.over = true;
            let error = Rejected::NoThread(error).into_error(self.task, self.core.name());
            self.finish(state, Err(error));
            self.core.work_abandoned();
        }
    }

    /// The result, if it is there; otherwise `cx` is woken when it is.
    fn poll(&self, cx: &Context<'_>) -> Option<Result<R, Error>> {
        let mut clone = None;
        loop {
            let mut state = lock(&self.state);
            if let Some(result) = state.result.take() {
                state.over = true;
                return Some(result);
            }
            let is_known = |known: &Waker| known.will_wake(cx.waker());
            if state.waker.as_ref().is_some_and(is_known) {
                return None;
            }
            if let Some(clone) = clone.take() {
                let before = state.waker.replace(clone);
                drop(state);
                drop(before);
                return None;
            }
            // A waker is foreign code, also when it is cloned or dropped.
            drop(state);
            clone = Some(cx.waker().clone());
        }
    }

    /// The caller has gone.
    fn abandon(&self) {
        let mut state = lock(&self.state);
        if !state.over && state.result.is_none() {
            self.count(&state, Ending::Cancelled);
        }
        state.over = true;
        let waker = state.waker.take();
        let is_queued = state.job.is_some();
        let result = state.result.take();
        drop(state);
        drop(waker);
        self.asked.cancel();
        if is_queued {
            self.core.work_abandoned();
        }
        if let Some(result) = result {
            self.core.discard(result);
        }
    }
}

impl<R> Drop for ThreadCall<R> {
    fn drop(&mut self) {
        if let Stage::Submitted { shared, abandon } = &self.stage {
            abandon(shared);
        }
    }
}
