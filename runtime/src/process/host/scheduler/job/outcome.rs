//! What a call comes to: the worker has answered or died, or the pool has given it up.

use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use super::{Answer, Job, Request, Stage, State, place_of};
use crate::error::{CannotStart, Error, Panicked, Phase, Poisoned, Refused, Started, WorkerDied};
use crate::process::host::codec;
use crate::process::host::post_mortem::Death;
use crate::process::host::scheduler::poison::Key;
use crate::process::protocol::reply::Reply;
use crate::process::transport::Body;
use crate::stats::{Ending, Place};
use crate::util::sync::{lock, wake};

impl Job {
    /// Hands in what the worker said.
    pub(crate) fn finish_with_reply(self: Arc<Job>, reply: Reply<Body>, pid: u32) {
        let mut state = lock(&self.state);
        if !matches!(state.stage, Stage::Running(_)) {
            return;
        }
        if self.is_repeated() {
            self.scheduler.poison().survived(|| state.request.key());
        }
        let found = match reply {
            Reply::Value { .. } if state.detached => {
                state.stage = Stage::Over;
                self.scheduler
                    .counters()
                    .ended(Ending::Finished, Place::Worker);
                return;
            }
            Reply::Value {
                body: Body::Lent(lent),
                descriptors,
            } => {
                state.stage = Stage::Decoding;
                state.timer.clear();
                drop(state);
                return codec::decode_for(&self, lent, descriptors);
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
        self.answer(state, found);
    }

    /// The worker that had the call is dead.
    pub(crate) fn worker_died(self: Arc<Job>, death: &Death, phase: Phase) {
        let mut state = lock(&self.state);
        if !matches!(state.stage, Stage::Running(_)) {
            return;
        }
        state.timer.clear();
        let again = if phase == Phase::Idle {
            // It never took the call up, so nobody needs to notice.
            let may_move = state.moves > 0;
            state.moves -= u32::from(may_move);
            may_move
        } else {
            state.deaths += 1;
            let may_repeat = self.is_repeated() && {
                let deaths = self.scheduler.poison().killed(state.request.key());
                state.retries > 0 && deaths < self.scheduler.settings().poison_after
            };
            state.retries -= u32::from(may_repeat);
            self.attempt
                .fetch_add(u32::from(may_repeat), Ordering::Relaxed);
            may_repeat
        };
        if again {
            return self.queue_again(state);
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
            deaths: state.deaths,
        };
        self.answer(state, Answer::Failed(Error::WorkerDied(Box::new(died))));
    }

    /// Its worker has died, or has too many calls, before it took this one up: another one runs it.
    pub(crate) fn move_on(self: Arc<Job>) {
        if let Some(job) = self.unassign() {
            let scheduler = Arc::clone(&job.scheduler);
            scheduler.requeue(job);
        }
    }

    /// The call goes back into the queue, by whoever calls this, if anybody waits for it still.
    pub(crate) fn unassign(self: Arc<Job>) -> Option<Arc<Job>> {
        let mut state = lock(&self.state);
        if !matches!(state.stage, Stage::Running(_)) {
            return None;
        }
        state.stage = Stage::Queued;
        state.timer.clear();
        self.scheduler.counters().returned();
        drop(state);
        Some(self)
    }

    fn queue_again(self: &Arc<Job>, mut state: MutexGuard<'_, State>) {
        state.stage = Stage::Queued;
        self.scheduler.counters().returned();
        // Whoever is encoding the arguments queues it again when that is done.
        let is_being_encoded = matches!(state.request, Request::Taken);
        state.waits_for_encoding = is_being_encoded;
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
        let key = || lock(&self.state).request.key();
        let deaths = self.scheduler.poison().deaths(key);
        (deaths >= self.scheduler.settings().poison_after).then_some(deaths)
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
        let started = if matches!(lock(&self.state).stage, Stage::Decoding) {
            Started::Yes
        } else {
            started
        };
        let refused = Refused::new(self.task(), self.scheduler.name(), started);
        self.fail(Error::Closed(Box::new(refused)));
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

    pub(crate) fn fail(&self, error: Error) {
        self.finish(Answer::Failed(error));
    }

    /// Hands in what the call has come to, unless it is over already.
    pub(crate) fn finish(&self, found: Answer) {
        let state = lock(&self.state);
        if !matches!(state.stage, Stage::Answered(_) | Stage::Over) {
            self.answer(state, found);
        }
    }

    /// Hands the answer over and wakes the caller.
    pub(super) fn answer(&self, mut state: MutexGuard<'_, State>, answer: Answer) {
        let before = mem::replace(&mut state.stage, Stage::Over);
        if let Some(place) = place_of(&before) {
            let ending = match &answer {
                Answer::Failed(_) => Ending::Failed,
                Answer::Bytes(..) | Answer::Value(_) => Ending::Finished,
            };
            self.scheduler.counters().ended(ending, place);
        }
        let unwanted = if state.detached {
            Some(answer)
        } else {
            state.stage = Stage::Answered(answer);
            None
        };
        let timer = state.timer.take();
        let waker = state.waker.take();
        // Nobody makes the call again.
        let request = mem::replace(&mut state.request, Request::Taken);
        drop(state);
        drop(timer);
        request.discard();
        if let Some(Answer::Value(value)) = unwanted {
            codec::discard(value);
        }
        if let Some(waker) = waker {
            wake(waker);
        }
    }

    /// The result that came cannot be read after all.
    pub(crate) fn unreadable(&self, reason: String) -> Error {
        self.scheduler.counters().failed_after_all();
        self.codec_error(false, reason, Started::Yes)
    }

    pub(crate) fn codec_error(&self, encoding: bool, reason: String, started: Started) -> Error {
        codec::codec_error(encoding, self.task(), &self.scheduler, reason, started)
    }
}

impl Request {
    /// Arguments that were not encoded are the user's, and dropping them may block, or panic.
    pub(super) fn discard(self) {
        if let Request::Large(args) = self {
            codec::discard(args);
        }
    }

    /// What stands for the call when it is compared with others.
    fn key(&self) -> Key {
        match self {
            Request::Encoded(message) => message.key(),
            // Not sent yet, so that no worker can have died of it.
            Request::Large(_) | Request::Taken => Key::of(&[]),
        }
    }
}
