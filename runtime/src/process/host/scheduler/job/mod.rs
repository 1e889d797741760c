//! One call as its pool sees it: the part that the caller's future shares with the pool.

mod clock;
pub(crate) mod large;
mod outcome;

use std::mem;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use super::{Scheduler, WorkerHandle};
use crate::call::header::CallHeader;
use crate::error::Error;
use crate::error::fault::StopReason;
use crate::pool::completion::{Completion, Course, Deadline, Locked, TakenCall};
use crate::pool::options::Options;
use crate::pool::queue::Waiting;
use crate::process::host::listener::Runtime;
use crate::process::host::message::{Message, Request};
use crate::process::host::offload;
use crate::process::host::worker::{Stop, Taken};
use crate::process::transport::shm::region::Region;
use crate::stats::{Counters, Place};
use crate::tasks::erased::{Boxed, Erased};

/// How often a call moves on to another worker because the one it was given died before it took
/// the call up. More than that is no accident.
const MOVES: u32 = 3;

/// A call with a time limit shorter than this is not prefetched: behind other calls it would have
/// to be looked at each time that its limit is over.
const SHORT: Duration = Duration::from_millis(100);

pub(crate) struct Job {
    id: u64,
    erased: &'static Erased,
    scheduler: Arc<Scheduler>,
    /// The limits are those of the pool where the call has none of its own.
    options: Options,
    /// The async runtime on which the call was first polled, if that hears of its calls by itself.
    runtime: Option<Arc<Runtime>>,
    /// Which attempt of the call is made now, from 1 on.
    attempt: AtomicU32,
    completion: Completion<JobCourse, Answer>,
}

/// Where the call is, and what it still needs.
pub(crate) struct JobCourse {
    stage: Stage,
    request: Request,
    /// How many times the call may still be made again after its worker died.
    retries: u32,
    moves: u32,
    /// It is in no queue, although it has no worker: the thread that encodes its arguments queues
    /// it.
    waits_for_encoding: bool,
    /// How many workers died of it.
    deaths: u32,
    /// What the caller was told last of how far the function is: in which attempt, and its number.
    told: (u32, u32),
    /// The worker that still runs the call after the caller has dropped it, until its grace is
    /// over.
    stopping: Option<(Arc<WorkerHandle>, StopReason)>,
}

/// The state of a call, locked.
type State<'a> = Locked<'a, JobCourse, Answer>;

/// Which side has the call.
pub(crate) enum Stage {
    Queued,
    Running(Arc<WorkerHandle>),
    /// The worker has answered, and a large result is being decoded.
    Decoding,
    /// The call has ended.
    Over,
}

impl Course for JobCourse {
    type Left = (Stage, Request);

    fn place(&self) -> Place {
        match self.stage {
            Stage::Queued => Place::Queue,
            Stage::Running(_) | Stage::Decoding | Stage::Over => Place::Worker,
        }
    }

    fn leave(&mut self) -> (Stage, Request) {
        (
            mem::replace(&mut self.stage, Stage::Over),
            mem::replace(&mut self.request, Request::Taken),
        )
    }
}

/// What the caller's future makes its outcome of.
pub(crate) enum Answer {
    /// A small result, as it came.
    Bytes(Vec<u8>, Vec<OwnedFd>),
    /// A result that was decoded elsewhere.
    Value(Boxed),
    Failed(Error),
}

impl Job {
    pub(crate) fn new(
        erased: &'static Erased,
        scheduler: Arc<Scheduler>,
        options: Options,
        request: Request,
    ) -> Arc<Job> {
        // 0 is the call that a worker has begun before its first.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let config = scheduler.config();
        let options = Options {
            timeout: options.timeout.or(config.timeout),
            grace: Some(options.grace.unwrap_or(config.grace)),
            ..options
        };
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Arc::new(Job {
            id,
            erased,
            scheduler,
            options,
            runtime: Runtime::current(),
            attempt: AtomicU32::new(1),
            completion: Completion::new(
                JobCourse {
                    stage: Stage::Queued,
                    request,
                    retries: options.retries,
                    moves: MOVES,
                    waits_for_encoding: false,
                    deaths: 0,
                    told: (0, 0),
                    stopping: None,
                },
                None,
            ),
        })
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn runtime(&self) -> Option<&Arc<Runtime>> {
        self.runtime.as_ref()
    }

    /// What travels with the call beside its arguments.
    pub(crate) fn header(&self) -> CallHeader {
        CallHeader {
            task: self.erased.entry.info().id(),
            attempt: self.attempt.load(Ordering::Relaxed),
            wants_progress: self.wants_progress(),
        }
    }

    /// Whether the caller wants to know how far the function is.
    pub(crate) fn wants_progress(&self) -> bool {
        self.options.wants_progress
    }

    pub(crate) fn bounded(&self) -> bool {
        self.options.bounded
    }

    /// No pool has taken it.
    pub(crate) fn reject(&self) {
        let (_, request) = self.completion.lock().course.leave();
        request.discard();
    }

    /// Ends the call in its worker, which is free or dead afterwards: at once, or when its grace is
    /// over.
    pub(crate) fn stop_in(self: &Arc<Job>, worker: &Arc<WorkerHandle>, reason: StopReason) {
        let grace = self.grace();
        let stopped = worker.stop_call(self.id, !grace.is_zero(), reason);
        if stopped == Stop::Asked {
            let mut state = self.completion.lock();
            if state.timer.set(grace, self, Deadline::Grace).is_ok() {
                state.course.stopping = Some((Arc::clone(worker), reason));
                return;
            }
            drop(state);
            // There is no thread to wait, and there is to be an end.
            return self.stop_now_in(worker, reason);
        }
        self.after_stop(worker, stopped);
    }

    /// Ends the call in its worker, at once.
    fn stop_now_in(&self, worker: &Arc<WorkerHandle>, reason: StopReason) {
        self.after_stop(worker, worker.stop_call(self.id, false, reason));
    }

    fn after_stop(&self, worker: &Arc<WorkerHandle>, stopped: Stop) {
        if stopped == Stop::Free {
            self.scheduler.worker_free(worker);
        }
    }

    fn grace(&self) -> Duration {
        self.options.grace.unwrap_or(self.scheduler.config().grace)
    }

    /// The encoded arguments, if there are any already.
    pub(crate) fn message(&self) -> Option<Arc<Message>> {
        match &self.completion.lock().course.request {
            Request::Encoded(message) => Some(Arc::clone(message)),
            Request::Large(_) | Request::Taken => None,
        }
    }

    /// Returns the encoded arguments, if the call may be prefetched behind another. A call with a
    /// limit for its wait waits in the queue.
    pub(crate) fn message_to_prefetch(&self) -> Option<Arc<Message>> {
        let has_short_limit = self.options.timeout.is_some_and(|limit| limit < SHORT);
        if self.options.queue_timeout.is_some() || has_short_limit {
            return None;
        }
        match &self.completion.lock().course.request {
            Request::Encoded(message) if message.is_inline() => Some(Arc::clone(message)),
            _ => None,
        }
    }

    /// Notes that `worker` has the call now, and starts its clock if it runs at once. False if
    /// nobody wants the call.
    ///
    /// # Errors
    /// There is no clock: the call is the worker's, and has to [`fail`](Job::fail) with this.
    pub(crate) fn assign(
        self: &Arc<Job>,
        worker: &Arc<WorkerHandle>,
        runs: bool,
    ) -> Result<bool, Error> {
        let mut state = self.completion.lock();
        if !matches!(state.course.stage, Stage::Queued) {
            return Ok(false);
        }
        state.course.stage = Stage::Running(Arc::clone(worker));
        state.timer.clear();
        self.scheduler.counters().begun();
        if runs {
            self.start_clock(&mut state, worker)?;
        }
        Ok(true)
    }

    pub(crate) fn is_decoding(&self) -> bool {
        matches!(self.completion.lock().course.stage, Stage::Decoding)
    }

    /// Takes the arguments out, for the thread that encodes them.
    pub(crate) fn take_arguments(&self) -> Option<Boxed> {
        let request = &mut self.completion.lock().course.request;
        match mem::replace(request, Request::Taken) {
            Request::Large(args) => Some(args),
            other => {
                *request = other;
                None
            }
        }
    }

    /// The arguments have been encoded.
    pub(crate) fn encoded(self: &Arc<Job>, message: Arc<Message>) {
        let mut state = self.completion.lock();
        let waits = mem::take(&mut state.course.waits_for_encoding);
        let is_queued = matches!(state.course.stage, Stage::Queued);
        if !state.is_open() {
            return;
        }
        state.course.request = Request::Encoded(message);
        drop(state);
        if waits && is_queued {
            self.scheduler.requeue(Arc::clone(self));
        } else {
            self.send_encoded();
        }
    }

    /// Sends the arguments, if they are encoded, to the worker that has the call now and waits for
    /// them. That may be another than the one for which they were encoded.
    pub(crate) fn send_encoded(self: &Arc<Job>) {
        let poison = self.is_poison();
        let mut state = self.completion.lock();
        let (Stage::Running(worker), Request::Encoded(message)) =
            (&state.course.stage, &state.course.request)
        else {
            return;
        };
        let (worker, message) = (Arc::clone(worker), Arc::clone(message));
        if let Some(deaths) = poison {
            drop(state);
            self.fail_as_poison(deaths);
            return self.stop_in(&worker, StopReason::Failed);
        }
        let started = self.start_clock(&mut state, &worker);
        drop(state);
        if let Err(error) = started {
            self.fail(error);
            return self.stop_in(&worker, StopReason::Failed);
        }
        if let Taken::Failed(error) = worker.send(self, &message) {
            self.fail(error);
            self.scheduler.worker_free(&worker);
        }
    }

    /// The memory of the worker that waits for the arguments.
    pub(crate) fn region(&self) -> Option<Region> {
        let worker = match &self.completion.lock().course.stage {
            Stage::Running(worker) => Arc::clone(worker),
            _ => return None,
        };
        worker.take_region()
    }

    /// The arguments cannot be encoded.
    pub(crate) fn cannot_encode(self: &Arc<Job>, error: Error) {
        let worker = match &self.completion.lock().course.stage {
            Stage::Running(worker) => Some(Arc::clone(worker)),
            _ => None,
        };
        self.fail(error);
        if let Some(worker) = worker {
            self.stop_in(&worker, StopReason::Failed);
        }
    }
}

impl Waiting for Job {
    fn is_over(&self) -> bool {
        !matches!(self.completion.lock().course.stage, Stage::Queued)
    }
}

impl TakenCall for Job {
    type Course = JobCourse;
    type Outcome = Answer;

    fn completion(&self) -> &Completion<JobCourse, Answer> {
        &self.completion
    }

    fn task(&self) -> &'static str {
        self.erased.entry.info().name()
    }

    fn pool(&self) -> &str {
        self.scheduler.name()
    }

    fn options(&self) -> &Options {
        &self.options
    }

    fn counters(&self) -> &Counters {
        self.scheduler.counters()
    }

    fn failure(error: Error) -> Answer {
        Answer::Failed(error)
    }

    fn is_value(outcome: &Answer) -> bool {
        !matches!(outcome, Answer::Failed(_))
    }

    fn discard(&self, (_, request): (Stage, Request), outcome: Option<Answer>) {
        request.discard();
        if let Some(Answer::Value(value)) = outcome {
            offload::discard(value);
        }
    }

    fn left_queue(&self) {
        self.scheduler.job_abandoned();
    }

    fn stop(self: &Arc<Job>, (stage, request): (Stage, Request)) {
        request.discard();
        match stage {
            Stage::Queued => self.left_queue(),
            Stage::Running(worker) => self.stop_in(&worker, StopReason::Dropped),
            Stage::Decoding | Stage::Over => {}
        }
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("id", &self.id)
            .field("task", &self.task())
            .finish_non_exhaustive()
    }
}
