//! The future of a call on a process pool, with the types that the pool itself does without.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::host::codec::{codec_error, decode_with, encode_small};
use super::host::scheduler::Scheduler;
use super::host::scheduler::job::{Answer, Job};
use super::mode;
use crate::call::InProcesses;
use crate::call::options::{Given, Options};
use crate::error::{InvalidPool, Outcome, Started};
use crate::tasks::erased::{Boxed, Typed};
use crate::thread::{self, ThreadPool};

/// A call on a process pool. Nothing happens before the first poll.
pub(crate) struct ProcessCall<A: 'static> {
    typed: &'static Typed<A>,
    target: Target,
    options: Given,
    stage: Stage<A>,
}

/// The pool that the call is made on.
pub(crate) enum Target {
    Processes(Result<Arc<Scheduler>, Box<InvalidPool>>),
    /// Threads of this program, where nothing is encoded.
    Threads(Result<Arc<thread::Core>, Box<InvalidPool>>),
}

enum Stage<A> {
    New(Boxed),
    OnThread(Box<thread::ThreadCall<A>>),
    Submitted(Arc<Job>),
    Finished,
}

impl<A: Outcome> InProcesses<A> for ProcessCall<A> {
    fn options(&mut self) -> &mut Options {
        self.options.get_mut()
    }

    fn on(&mut self, target: Target) {
        self.target = target;
    }

    fn detach(mut self: Box<Self>) {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::Submitted(job) => job.detach(),
            Stage::OnThread(run) => run.detach(),
            Stage::New(_) | Stage::Finished => {}
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<A> {
        let mut stage = mem::replace(&mut self.stage, Stage::Finished);
        if let Stage::New(args) = stage {
            stage = match self.start(args) {
                Ok(stage) => stage,
                Err(outcome) => return Poll::Ready(outcome),
            };
        }
        let outcome = match &mut stage {
            Stage::OnThread(run) => run.poll(cx),
            Stage::Submitted(job) => job.poll(cx).map(|answer| self.read(job, answer)),
            Stage::New(_) | Stage::Finished => panic!("a call was polled after it had finished"),
        };
        if outcome.is_pending() {
            self.stage = stage;
        }
        outcome
    }
}

impl<A: Outcome> ProcessCall<A> {
    pub(crate) fn new(typed: &'static Typed<A>, target: Target, args: Boxed) -> ProcessCall<A> {
        ProcessCall {
            typed,
            target,
            options: Given::default(),
            stage: Stage::New(args),
        }
    }

    /// Submits the call, or gives its outcome where that is known at once.
    fn start(&self, args: Boxed) -> Result<Stage<A>, A> {
        let task = self.task();
        let scheduler = match &self.target {
            Target::Threads(core) => return Ok(self.start_on_threads(core.clone(), args, None)),
            Target::Processes(_) if mode::is_worker() => {
                // A worker starts no workers: it does the work itself.
                let pool = mode::pool_of_this_worker();
                let result = thread::run_here(task, pool, || self.typed.run(args));
                return Err(result.unwrap_or_else(A::from_error));
            }
            Target::Processes(scheduler) if mode::in_place() => {
                let of_pool = scheduler
                    .as_ref()
                    .ok()
                    .and_then(|scheduler| scheduler.settings().timeout);
                return Ok(self.start_on_threads(ThreadPool::cpu().core(), args, of_pool));
            }
            Target::Processes(Ok(scheduler)) => scheduler,
            Target::Processes(Err(invalid)) => {
                return Err(A::from_error(invalid.clone().for_task(task)));
            }
        };
        let request = encode_small(&self.typed.erased.entry, args).map_err(|reason| {
            scheduler.counters().refused();
            A::from_error(codec_error(true, task, scheduler, reason, Started::No))
        })?;
        let job = Job::new(
            &self.typed.erased,
            Arc::clone(scheduler),
            self.options.get(),
            request,
        );
        scheduler.submit(Arc::clone(&job)).map_err(|rejected| {
            job.reject();
            A::from_error(rejected.into_error(task, scheduler.name()))
        })?;
        job.start_queue_clock();
        Ok(Stage::Submitted(job))
    }

    fn start_on_threads(
        &self,
        core: Result<Arc<thread::Core>, Box<InvalidPool>>,
        args: Boxed,
        timeout: Option<Duration>,
    ) -> Stage<A> {
        let typed = self.typed;
        let job = Box::new(move || typed.run(args));
        let mut on_threads = thread::ThreadCall::new(self.task(), core, job);
        let options = on_threads.options();
        *options = self.options.get();
        options.timeout = options.timeout.or(timeout);
        Stage::OnThread(Box::new(on_threads))
    }

    /// Turns the pool's answer into what the caller awaits.
    fn read(&self, job: &Job, answer: Answer) -> A {
        match answer {
            Answer::Bytes(body, descriptors) => {
                match decode_with(self.typed.erased.decode, &body, descriptors) {
                    Ok(value) => (self.typed.outcome)(value),
                    Err(reason) => A::from_error(job.unreadable(reason)),
                }
            }
            Answer::Value(value) => (self.typed.outcome)(value),
            Answer::Failed(error) => A::from_error(error),
        }
    }

    fn task(&self) -> &'static str {
        self.typed.erased.entry.info().name()
    }
}

impl<A> Drop for ProcessCall<A> {
    fn drop(&mut self) {
        if let Stage::Submitted(job) = &self.stage {
            job.abandon();
        }
    }
}
