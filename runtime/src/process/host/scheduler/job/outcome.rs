//! What a call comes to: the worker has answered or died, or the pool has given it up.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Answer, Job, Stage, State, large};
use crate::error::{CannotStart, Error, Panicked, Phase, Poisoned, Started, WorkerDied};
use crate::pool::completion::{TakenCall, wake_caller};
use crate::process::host::codec::{self, CodecFault};
use crate::process::host::message::Request;
use crate::process::host::post_mortem::Death;
use crate::process::host::scheduler::retry::{self, Facts, Verdict};
use crate::process::host::worker::Report;
use crate::process::protocol::reply::Reply;
use crate::process::transport::Body;

impl Job {
    /// Hands in what the worker said.
    pub(crate) fn finish_with_reply(self: Arc<Job>, reply: Reply<Body>, pid: u32) {
        let mut state = self.completion.lock();
        if !matches!(state.course.stage, Stage::Running(_)) {
            return;
        }
        if self.is_repeated() {
            self.scheduler
                .poison()
                .survived(|| state.course.request.key());
        }
        let found = match reply {
            // It is not worth decoding.
            Reply::Value { .. } if state.is_detached() => Answer::Bytes(Vec::new(), Vec::new()),
            Reply::Value {
                body: Body::Lent(lent),
                descriptors,
            } => {
                state.course.stage = Stage::Decoding;
                state.timer.clear();
                drop(state);
                return large::decode_for(&self, lent, descriptors);
            }
            Reply::Value {
                body: Body::Copied(bytes),
                descriptors,
            } => Answer::Bytes(bytes, descriptors),
            Reply::Panicked(report) => Answer::Failed(Error::Panicked(Box::new(Panicked {
                task: self.task().to_owned(),
                pool: self.scheduler.name().to_owned(),
                message: report.message,
                location: report.location,
                backtrace: report.backtrace,
                pid: Some(pid),
            }))),
            Reply::Codec(report) => {
                let started = if report.encoding {
                    Started::Yes
                } else {
                    Started::No
                };
                Answer::Failed(self.codec_error(report.encoding, report.reason, started))
            }
        };
        self.hand_over(state, found);
    }

    /// The worker says how far the call is. The caller is told if that is new.
    pub(crate) fn progressed(&self, (number, progress): Report) {
        let mut state = self.completion.lock();
        let report = (self.attempt.load(Ordering::Relaxed), number);
        if matches!(state.course.stage, Stage::Running(_)) && state.course.told != report {
            state.course.told = report;
            state.set_progress(progress);
            wake_caller(state);
        }
    }

    /// The worker that had the call is dead.
    pub(crate) fn worker_died(self: Arc<Job>, death: &Death, phase: Phase) {
        let mut state = self.completion.lock();
        if !matches!(state.course.stage, Stage::Running(_)) {
            return;
        }
        state.timer.clear();
        let has_begun = phase != Phase::Idle;
        state.course.deaths += u32::from(has_begun);
        let killed = if has_begun && self.is_repeated() {
            self.scheduler.poison().killed(state.course.request.key())
        } else {
            0
        };
        let verdict = retry::decide(&Facts {
            phase,
            moves_left: state.course.moves,
            retries_left: state.course.retries,
            killed,
            poison_after: self.scheduler.config().poison_after,
        });
        match verdict {
            Verdict::Reassign => {
                state.course.moves -= 1;
                return self.queue_again(state);
            }
            Verdict::Repeat => {
                state.course.retries -= 1;
                self.attempt.fetch_add(1, Ordering::Relaxed);
                return self.queue_again(state);
            }
            Verdict::Fail => {}
        }
        let died = WorkerDied {
            task: self.task().to_owned(),
            pool: self.scheduler.name().to_owned(),
            pid: death.pid,
            exit: death.exit,
            phase,
            ran_for: death.ran_for,
            fault: death.fault(),
            out_of_memory: death.out_of_memory.clone(),
            stderr: death.stderr.clone(),
            deaths: state.course.deaths,
        };
        self.hand_over(state, Answer::Failed(Error::WorkerDied(Box::new(died))));
    }

    /// Its worker has died, or has too many calls, before it took this one up: another one runs it.
    pub(crate) fn move_on(self: Arc<Job>) {
        if let Some(job) = self.unassign() {
            let scheduler = Arc::clone(&job.scheduler);
            scheduler.requeue(job);
        }
    }

    /// Takes the call from its worker, for the queue. `None` if the call is over.
    pub(crate) fn unassign(self: Arc<Job>) -> Option<Arc<Job>> {
        let mut state = self.completion.lock();
        if !matches!(state.course.stage, Stage::Running(_)) {
            return None;
        }
        state.course.stage = Stage::Queued;
        state.timer.clear();
        self.scheduler.counters().returned();
        drop(state);
        Some(self)
    }

    fn queue_again(self: &Arc<Job>, mut state: State<'_>) {
        state.course.stage = Stage::Queued;
        self.scheduler.counters().returned();
        // Whoever is encoding the arguments queues it again when that is done.
        let is_being_encoded = matches!(state.course.request, Request::Taken);
        state.course.waits_for_encoding = is_being_encoded;
        drop(state);
        if !is_being_encoded {
            self.scheduler.requeue(Arc::clone(self));
        }
    }

    /// Whether the call may be made more than once.
    pub(crate) fn is_repeated(&self) -> bool {
        self.options.retries > 0
    }

    /// How many workers the arguments have killed before, if that is too many for a call that
    /// may be repeated.
    pub(crate) fn is_poison(&self) -> Option<u32> {
        if !self.is_repeated() {
            return None;
        }
        let key = || self.completion.lock().course.request.key();
        let deaths = self.scheduler.poison().deaths(key);
        (deaths >= self.scheduler.config().poison_after).then_some(deaths)
    }

    pub(crate) fn fail_as_poison(&self, deaths: u32) {
        self.fail(Error::Poisoned(Box::new(Poisoned {
            task: self.task().to_owned(),
            pool: self.scheduler.name().to_owned(),
            deaths,
        })));
    }

    /// The pool is shut down and waits no longer.
    pub(crate) fn abort(&self, started: Started) {
        let state = self.completion.lock();
        if state.is_open() {
            let is_decoding = matches!(state.course.stage, Stage::Decoding);
            self.close(state, if is_decoding { Started::Yes } else { started });
        }
    }

    /// No worker will ever run it.
    pub(crate) fn fail_to_start(&self, reason: &str) {
        self.fail(self.cannot_start(reason));
    }

    pub(super) fn cannot_start(&self, reason: &str) -> Error {
        let (task, pool) = (self.task(), self.scheduler.name());
        let refused = CannotStart::new(task, pool, reason.to_owned());
        Error::CannotStart(Box::new(refused))
    }

    /// Hands in what the call has come to, unless it is over already.
    pub(crate) fn finish(&self, found: Answer) {
        let state = self.completion.lock();
        if state.is_open() {
            self.hand_over(state, found);
        }
    }

    /// The result that came cannot be read after all.
    pub(crate) fn unreadable(&self, fault: &CodecFault) -> Error {
        self.scheduler.counters().failed_after_all();
        self.codec_error(false, fault.to_string(), Started::Yes)
    }

    pub(crate) fn codec_error(&self, encoding: bool, reason: String, started: Started) -> Error {
        codec::codec_error(
            encoding,
            self.task(),
            self.scheduler.name(),
            reason,
            started,
        )
    }
}
