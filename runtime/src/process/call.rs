//! [`ProcessCall`]: the backend of a call on a process pool. It has the types of the task; the rest
//! of the pool is compiled without them.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::host::codec::{codec_error, decode_with, encode_small};
use super::host::scheduler::Scheduler;
use super::host::scheduler::job::{Answer, Job};
use super::mode;
use crate::call::{Backend, TaskCall};
use crate::error::{InvalidPool, Outcome, Started};
use crate::pool::completion::TakenCall;
use crate::pool::options::CallOptions;
use crate::tasks::erased::{Boxed, Typed};
use crate::thread::{ThreadCall, ThreadPool, run_here};

/// A call on a process pool. Nothing happens before the first poll.
pub(crate) struct ProcessCall<R: 'static> {
    typed: &'static Typed<R>,
    pool: Result<Arc<Scheduler>, Box<InvalidPool>>,
    options: CallOptions,
    stage: Stage<R>,
}

enum Stage<R> {
    New(Boxed),
    /// The call runs on a thread of this program, because [`mode::in_place`] says so.
    InPlace(Box<ThreadCall<R>>),
    Submitted(Arc<Job>),
    Finished,
}

impl<R: Outcome> Backend<R> for ProcessCall<R> {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }

    fn into_task(mut self: Box<Self>) -> Result<TaskCall<R>, Box<dyn Backend<R>>> {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::New(args) => Ok(TaskCall {
                typed: self.typed,
                args,
                options: mem::take(&mut self.options),
            }),
            stage => {
                self.stage = stage;
                Err(self)
            }
        }
    }

    fn detach(mut self: Box<Self>) {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::Submitted(job) => job.detach(),
            Stage::InPlace(call) => call.detach(),
            Stage::New(_) | Stage::Finished => {}
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R> {
        let mut stage = mem::replace(&mut self.stage, Stage::Finished);
        if let Stage::New(args) = stage {
            stage = match self.start(args) {
                Ok(stage) => stage,
                Err(outcome) => return Poll::Ready(outcome),
            };
        }
        let outcome = match &mut stage {
            Stage::InPlace(call) => call.poll(cx),
            Stage::Submitted(job) => {
                let answer = job.completion().poll(cx, self.options.on_progress());
                answer.map(|answer| self.read(job, answer))
            }
            Stage::New(_) | Stage::Finished => panic!("a call was polled after it had finished"),
        };
        if outcome.is_pending() {
            self.stage = stage;
        }
        outcome
    }
}

impl<R: Outcome> ProcessCall<R> {
    pub(crate) fn new(
        task: TaskCall<R>,
        pool: Result<Arc<Scheduler>, Box<InvalidPool>>,
    ) -> ProcessCall<R> {
        ProcessCall {
            typed: task.typed,
            pool,
            options: task.options,
            stage: Stage::New(task.args),
        }
    }

    /// Submits the call.
    ///
    /// # Errors
    /// The outcome is known at once: this process is a worker and has run the function itself, or
    /// the pool did not take the call.
    fn start(&mut self, args: Boxed) -> Result<Stage<R>, R> {
        let task = self.typed.name();
        if mode::is_worker() {
            // A worker starts no workers. It runs the function itself.
            let result = run_here(task, mode::pool_of_this_worker(), || self.typed.run(args));
            return Err(result.unwrap_or_else(R::from_error));
        }
        if mode::in_place() {
            return Ok(self.start_in_place(args));
        }
        let scheduler = match &self.pool {
            Ok(scheduler) => scheduler,
            Err(invalid) => return Err(R::from_error(invalid.clone().for_task(task))),
        };
        let request = encode_small(&self.typed.erased.entry, args).map_err(|fault| {
            scheduler.counters().refused();
            R::from_error(codec_error(
                true,
                task,
                scheduler.name(),
                fault.to_string(),
                Started::No,
            ))
        })?;
        let job = Job::new(
            &self.typed.erased,
            Arc::clone(scheduler),
            self.options.values(),
            request,
        );
        scheduler.submit(Arc::clone(&job)).map_err(|rejected| {
            job.reject();
            R::from_error(rejected.into_error(task, scheduler.name()))
        })?;
        job.start_queue_clock();
        Ok(Stage::Submitted(job))
    }

    fn start_in_place(&mut self, args: Boxed) -> Stage<R> {
        let timeout = self
            .pool
            .as_ref()
            .ok()
            .and_then(|pool| pool.config().timeout);
        let task = TaskCall {
            typed: self.typed,
            args,
            options: mem::take(&mut self.options),
        };
        let mut call = task.on_threads(ThreadPool::cpu().core());
        let options = call.options().values_mut();
        options.timeout = options.timeout.or(timeout);
        Stage::InPlace(Box::new(call))
    }

    /// Returns the outcome for the caller, from the answer of the pool.
    fn read(&self, job: &Job, answer: Answer) -> R {
        match answer {
            Answer::Bytes(body, descriptors) => {
                match decode_with(self.typed.erased.decode, &body, descriptors) {
                    Ok(value) => (self.typed.outcome)(value),
                    Err(fault) => R::from_error(job.unreadable(&fault)),
                }
            }
            Answer::Value(value) => (self.typed.outcome)(value),
            Answer::Failed(error) => R::from_error(error),
        }
    }
}

impl<R> Drop for ProcessCall<R> {
    fn drop(&mut self) {
        if let Stage::Submitted(job) = &self.stage {
            job.abandon();
        }
    }
}
