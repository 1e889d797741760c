//! [`Backend`]: how a pool polls, cancels and detaches a call. Each kind of pool has a type that
//! implements it: `OnThreads` here, `ProcessCall` for a `ProcessPool`.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::{InvalidPool, Outcome};
use crate::pool::options::CallOptions;
use crate::tasks::erased::{Boxed, Typed};
use crate::thread::{Inner, ThreadCall};

/// The part of a [`Call`](super::Call) that one kind of pool implements, for tasks that can run in
/// worker processes.
///
/// A call holds it as `Box<dyn Backend<R>>`. A program without such calls then has none of their
/// code. Dropping a backend cancels its call.
pub trait Backend<R>: Send {
    /// Submits the call at the first poll. Returns the outcome of the call when there is one;
    /// before that, the pool wakes the waker of `cx` as soon as there is one.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R>;

    /// Returns the options of the call. Changes have an effect until the call is submitted.
    fn options(&mut self) -> &mut CallOptions;

    /// Returns the task with its arguments and options, so that another pool can make the call.
    ///
    /// # Errors
    /// The call was submitted already. The backend is returned unchanged.
    fn into_task(self: Box<Self>) -> Result<TaskCall<R>, Box<dyn Backend<R>>>;

    /// Lets a call that was submitted run to its end. The pool drops the outcome.
    fn detach(self: Box<Self>);
}

/// A task with its arguments and options, before a pool takes the call.
pub struct TaskCall<R: 'static> {
    pub(crate) typed: &'static Typed<R>,
    pub(crate) args: Boxed,
    pub(crate) options: CallOptions,
}

impl<R: Outcome> TaskCall<R> {
    pub(crate) fn new(typed: &'static Typed<R>, args: Boxed) -> TaskCall<R> {
        TaskCall {
            typed,
            args,
            options: CallOptions::default(),
        }
    }

    /// Returns the name of the task.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.typed.name()
    }

    /// Returns the options of the call.
    pub fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }

    /// Runs the function on the current thread. No value is encoded. A panic of the function goes
    /// on to the caller.
    #[must_use]
    pub fn run(self) -> R {
        self.typed.run(self.args)
    }

    /// Returns the call as one that runs on a thread of `pool`, where no value is encoded.
    pub(crate) fn on_threads(self, pool: Result<Arc<Inner>, Box<InvalidPool>>) -> ThreadCall<R> {
        let (typed, args) = (self.typed, self.args);
        ThreadCall::new(typed.name(), pool, Box::new(move || typed.run(args)))
            .with_options(self.options)
    }
}

impl<R> fmt::Debug for TaskCall<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskCall")
            .field("task", &self.typed.name())
            .finish_non_exhaustive()
    }
}

/// The backend of a [`ThreadPool`](crate::ThreadPool), for a task that can run in worker processes.
pub(super) struct OnThreads<R: 'static> {
    pool: Result<Arc<Inner>, Box<InvalidPool>>,
    stage: Stage<R>,
}

enum Stage<R: 'static> {
    New(TaskCall<R>),
    Submitted(ThreadCall<R>),
    /// Only inside of `submitted`, while `New` becomes `Submitted`.
    Moving,
}

impl<R: Outcome> OnThreads<R> {
    pub(super) fn new(
        task: TaskCall<R>,
        pool: Result<Arc<Inner>, Box<InvalidPool>>,
    ) -> OnThreads<R> {
        OnThreads {
            pool,
            stage: Stage::New(task),
        }
    }

    fn submitted(&mut self) -> &mut ThreadCall<R> {
        if let Stage::New(_) = self.stage {
            if let Stage::New(task) = std::mem::replace(&mut self.stage, Stage::Moving) {
                self.stage = Stage::Submitted(task.on_threads(self.pool.clone()));
            }
        }
        match &mut self.stage {
            Stage::Submitted(call) => call,
            Stage::New(_) | Stage::Moving => unreachable!("it was submitted above"),
        }
    }
}

impl<R: Outcome> Backend<R> for OnThreads<R> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R> {
        self.submitted().poll(cx)
    }

    fn options(&mut self) -> &mut CallOptions {
        match &mut self.stage {
            Stage::New(task) => task.options(),
            Stage::Submitted(call) => call.options(),
            Stage::Moving => unreachable!("it is never left so"),
        }
    }

    fn into_task(self: Box<Self>) -> Result<TaskCall<R>, Box<dyn Backend<R>>> {
        match self.stage {
            Stage::New(task) => Ok(task),
            stage => Err(Box::new(OnThreads {
                pool: self.pool,
                stage,
            })),
        }
    }

    fn detach(self: Box<Self>) {
        if let Stage::Submitted(call) = self.stage {
            call.detach();
        }
    }
}
