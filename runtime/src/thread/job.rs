//! One call on a thread pool: [`ThreadCall`], the future that the caller holds, and `Job`, the
//! state that the caller and the thread share.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::inner::Inner;
use crate::context::{self, OnThread};
use crate::error::{Error, InvalidPool, Outcome, Panicked, Started};
use crate::pool::completion::{
    Completion, Course, Deadline, Locked, PROGRESS_PAUSE, TakenCall, wake_caller,
};
use crate::pool::options::{CallOptions, Options};
use crate::pool::queue::{Runnable, Waiting};
use crate::pool::rejected::Rejected;
use crate::stats::{Counters, Place};
use crate::util::panic;
use crate::util::timer::{Expire, Timer};

/// A user's function with its arguments.
pub(crate) type Function<R> = Box<dyn FnOnce() -> R + Send>;

/// A call on a thread pool. Nothing happens before the first poll.
pub(crate) struct ThreadCall<R> {
    task: &'static str,
    pool: Result<Arc<Inner>, Box<InvalidPool>>,
    options: CallOptions,
    stage: Stage<R>,
}

enum Stage<R> {
    New(Function<R>),
    Submitted {
        job: Arc<Job<R>>,
        /// `Job::abandon`. It is a pointer, because it needs `R: Outcome`, and the `Drop` of
        /// `ThreadCall` cannot have that bound.
        abandon: fn(&Arc<Job<R>>),
    },
    Finished,
}

/// The state of a call that the caller and the thread share.
struct Job<R> {
    task: &'static str,
    pool: Arc<Inner>,
    options: Options,
    /// What `context` tells the function about its call.
    asked: Arc<OnThread>,
    /// The outcome. The caller's poll turns the `Error` into an `R`, because that is user code.
    completion: Completion<ThreadCourse<R>, Result<R, Error>>,
}

/// Where a call is in a thread pool.
struct ThreadCourse<R> {
    /// The function, until a thread takes it. If the caller drops the call in the queue, the
    /// function stays here and a thread drops it later, because dropping its arguments may block.
    function: Option<Function<R>>,
    /// How the caller gets to know how far the function is, if it wants to know.
    look: Option<Box<Look>>,
}

/// How the caller gets to know how far the function is.
#[derive(Default)]
struct Look {
    /// The deadline of the next look.
    timer: Timer,
    /// The version of the newest progress that the caller was shown. See
    /// [`Latest`](crate::util::latest::Latest).
    seen: u32,
}

impl<R> Course for ThreadCourse<R> {
    type Left = Place;

    fn place(&self) -> Place {
        if self.function.is_some() {
            Place::Queue
        } else {
            Place::Worker
        }
    }

    fn leave(&mut self) -> Place {
        self.place()
    }
}

impl<R: Outcome> ThreadCall<R> {
    pub(crate) fn new(
        task: &'static str,
        pool: Result<Arc<Inner>, Box<InvalidPool>>,
        function: Function<R>,
    ) -> ThreadCall<R> {
        ThreadCall {
            task,
            pool,
            options: CallOptions::default(),
            stage: Stage::New(function),
        }
    }

    /// Returns the call with its options replaced by these.
    pub(crate) fn with_options(mut self, options: CallOptions) -> ThreadCall<R> {
        self.options = options;
        self
    }

    /// Sets the pool of the call. It has no effect on a call that was submitted already.
    pub(crate) fn on(&mut self, pool: Result<Arc<Inner>, Box<InvalidPool>>) {
        self.pool = pool;
    }

    pub(crate) fn task(&self) -> &'static str {
        self.task
    }

    /// Returns the options of the call. Changes have an effect until the call is submitted.
    pub(crate) fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }

    /// Lets a call that was submitted run to its end. Its outcome is dropped.
    pub(crate) fn detach(mut self) {
        if let Stage::Submitted { job, .. } = std::mem::replace(&mut self.stage, Stage::Finished) {
            job.detach();
        }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R> {
        match std::mem::replace(&mut self.stage, Stage::Finished) {
            Stage::New(function) => self.submit(function, cx),
            Stage::Submitted { job, abandon } => {
                if let Poll::Ready(result) = job.completion.poll(cx, self.options.on_progress()) {
                    return Poll::Ready(result.unwrap_or_else(R::from_error));
                }
                self.stage = Stage::Submitted { job, abandon };
                Poll::Pending
            }
            Stage::Finished => panic!("a call was polled after it had finished"),
        }
    }

    fn submit(&mut self, function: Function<R>, cx: &mut Context<'_>) -> Poll<R> {
        let pool = match &self.pool {
            Ok(pool) => pool,
            Err(invalid) => {
                return Poll::Ready(R::from_error(invalid.clone().for_task(self.task)));
            }
        };
        if pool.is_current() {
            let result = run_here(self.task, pool.name(), function);
            return Poll::Ready(result.unwrap_or_else(R::from_error));
        }
        let mut options = self.options.values();
        options.timeout = options.timeout.or(pool.settings().timeout);
        let job = Arc::new(Job {
            task: self.task,
            pool: Arc::clone(pool),
            options,
            asked: Arc::default(),
            completion: Completion::new(
                ThreadCourse {
                    function: Some(function),
                    look: options.wants_progress.then(Box::default),
                },
                Some(cx.waker().clone()),
            ),
        });
        pool.counters().submitted();
        let queued = Arc::clone(&job) as Arc<dyn Runnable>;
        match pool.submit(queued, options.bounded) {
            Ok(()) => {
                job.start_queue_clock();
                self.stage = Stage::Submitted {
                    job,
                    abandon: Job::abandon,
                };
                Poll::Pending
            }
            Err(rejected) => {
                pool.counters().withdrawn();
                Poll::Ready(R::from_error(rejected.into_error(self.task, pool.name())))
            }
        }
    }
}

/// Runs a function on the current thread. A panic becomes an [`Error::Panicked`], as it does on a
/// thread of a pool.
pub(crate) fn run_here<R>(
    task: &str,
    pool: &str,
    function: impl FnOnce() -> R,
) -> Result<R, Error> {
    panic::catch(function).map_err(|report| {
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

impl<R: Outcome> Waiting for Job<R> {
    fn is_over(&self) -> bool {
        !self.completion.lock().is_open()
    }
}

impl<R: Outcome> Runnable for Job<R> {
    fn run(self: Arc<Self>) {
        let mut state = self.completion.lock();
        let Some(function) = state.course.function.take() else {
            return;
        };
        if !state.is_open() {
            drop(state);
            drop(function);
            return;
        }
        self.pool.counters().begun();
        state.timer.clear();
        if let Some(limit) = self.options.timeout {
            // There is one attempt on one thread, so every call has the number 1 here.
            if let Err(error) = state.timer.set(limit, &self, Deadline::Running(1)) {
                let error = Rejected::NoThread(error).into_error(self.task, self.pool.name());
                return self.hand_over(state, Err(error));
            }
        }
        self.look_again(&mut state);
        drop(state);
        let result = context::within(&self.asked, || {
            run_here(self.task, self.pool.name(), function)
        });
        let mut state = self.completion.lock();
        if state.is_open() {
            // Note the last state, which the caller's poll shows before it returns the outcome.
            self.look(&mut state);
            self.hand_over(state, result);
        } else {
            // The caller dropped the call or timed out. Drop the result here, on the pool.
            drop(state);
            drop(result);
        }
    }

    fn abort(self: Arc<Self>) {
        let state = self.completion.lock();
        if state.is_open() {
            let started = match state.course.place() {
                Place::Queue => Started::No,
                Place::Worker => Started::Yes,
            };
            self.asked.cancel();
            self.close(state, started);
        }
    }
}

impl<R: Outcome> Job<R> {
    /// Notes for the caller how far the function is. Returns whether that is new.
    fn look(&self, state: &mut Locked<'_, ThreadCourse<R>, Result<R, Error>>) -> bool {
        let (Some(look), Some((version, progress))) =
            (&mut state.course.look, self.asked.progress())
        else {
            return false;
        };
        let is_new = look.seen != version;
        look.seen = version;
        if is_new {
            state.set_progress(progress);
        }
        is_new
    }

    /// Sets the deadline of the next look, if the caller wants to know how far the function is.
    fn look_again(self: &Arc<Self>, state: &mut Locked<'_, ThreadCourse<R>, Result<R, Error>>) {
        if let Some(look) = &mut state.course.look {
            // If there is no timer thread, the caller is only shown the last state.
            let _ = look.timer.set(PROGRESS_PAUSE, self, Deadline::Progress);
        }
    }
}

impl<R: Outcome> Expire for Job<R> {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        let mut state = self.completion.lock();
        if deadline == Deadline::Progress {
            if state.is_open() {
                let is_new = self.look(&mut state);
                self.look_again(&mut state);
                if is_new {
                    wake_caller(state);
                }
            }
            return;
        }
        let is_queued = state.course.place() == Place::Queue;
        if !state.is_open() || is_queued != (deadline == Deadline::InQueue) {
            return;
        }
        let limit = if is_queued {
            self.options.queue_timeout
        } else {
            self.options.timeout
        };
        self.asked.cancel();
        // After this the function does not start, or the thread drops its late result.
        self.time_out(state, limit.unwrap_or_default(), None, Duration::ZERO);
        if is_queued {
            self.left_queue();
        }
    }
}

impl<R: Outcome> TakenCall for Job<R> {
    type Course = ThreadCourse<R>;
    type Outcome = Result<R, Error>;

    fn completion(&self) -> &Completion<ThreadCourse<R>, Result<R, Error>> {
        &self.completion
    }

    fn task(&self) -> &'static str {
        self.task
    }

    fn pool(&self) -> &str {
        self.pool.name()
    }

    fn options(&self) -> &Options {
        &self.options
    }

    fn counters(&self) -> &Counters {
        self.pool.counters()
    }

    fn failure(error: Error) -> Result<R, Error> {
        Err(error)
    }

    fn is_value(outcome: &Result<R, Error>) -> bool {
        outcome.is_ok()
    }

    fn discard(&self, _: Place, outcome: Option<Result<R, Error>>) {
        match outcome {
            // This is a thread of the pool: it can drop the outcome itself.
            Some(outcome) if self.pool.is_current() => drop(outcome),
            Some(outcome) => self.pool.discard(outcome),
            None => {}
        }
    }

    fn left_queue(&self) {
        self.pool.work_abandoned();
    }

    fn stop(self: &Arc<Self>, left: Place) {
        self.asked.cancel();
        if left == Place::Queue {
            self.left_queue();
        }
    }
}

impl<R> Drop for ThreadCall<R> {
    fn drop(&mut self) {
        if let Stage::Submitted { job, abandon } = &self.stage {
            abandon(job);
        }
    }
}
