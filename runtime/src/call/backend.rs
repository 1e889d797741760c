//! What a call of a task is to the pool that makes it. A pool of another crate has a [`Backend`] of its own.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::{InvalidPool, Outcome};
use crate::pool::options::CallOptions;
use crate::tasks::erased::{Boxed, Typed};
use crate::thread::{Inner, ThreadCall};

/// A call of a task that can run in worker processes, made by one kind of pool.
///
/// It is behind a pointer in a [`Call`](super::Call), so that a program without such calls has none of
/// their code.
pub trait Backend<R>: Send {
    /// Submits the call at the first poll. Returns the outcome once it is there.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R>;

    /// What the call may still be told beside its arguments.
    fn options(&mut self) -> &mut CallOptions;

    /// Returns the call as it was before a pool made it, so that another pool can make it.
    ///
    /// # Errors
    /// The call was submitted, and stays where it is.
    fn into_task(self: Box<Self>) -> Result<TaskCall<R>, Box<dyn Backend<R>>>;

    /// Lets a call that was submitted go on, with nobody waiting for it.
    fn detach(self: Box<Self>);
}

/// A task with its arguments, which no pool has taken yet.
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

    /// The name of the task.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.typed.name()
    }

    /// What the call was told beside its arguments.
    pub fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }

    /// Runs the function here, on the current thread. Nothing is encoded, and a panic goes through.
    pub fn run(self) -> R {
        self.typed.run(self.args)
    }

    /// The same call as one of a thread's, where nothing is encoded.
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

/// A call of such a task on a thread pool.
pub(super) struct OnThreads<R: 'static> {
    pool: Result<Arc<Inner>, Box<InvalidPool>>,
    stage: Stage<R>,
}

enum Stage<R: 'static> {
    New(TaskCall<R>),
    Submitted(ThreadCall<R>),
    /// Only while one of the other two is made of the other.
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
