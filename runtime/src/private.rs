//! What generated code calls. Nothing in here is for people; it may change with any release.

use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pub use linkme;

pub use crate::error::Outcome;
#[cfg(target_os = "linux")]
pub use crate::process::{Entry, ProcessTask, START_HOOKS, StartHook, StartOutcome, TASKS};
pub use crate::task::TaskInfo;
pub use crate::wire::{CodecError, Decoder, Encoder, Wire, WireError};

use crate::call::Call;
use crate::error::Error;
#[cfg(target_os = "linux")]
use crate::process::{self, ProcessPool, Target, Typed};
use crate::thread::{self, Job, ThreadPool};

/// A call on threads of a function that returns no `Result`, or whose `Result` is kept apart.
pub fn thread_call<R: Send + 'static>(
    info: &'static TaskInfo,
    pool: &ThreadPool,
    job: Job<R>,
) -> Call<Result<R, Error>> {
    thread_call_flat(info, pool, Box::new(move || Ok(job())))
}

/// A call on threads of a function that returns a `Result`.
pub fn thread_call_flat<R: Outcome>(
    info: &'static TaskInfo,
    pool: &ThreadPool,
    job: Job<R>,
) -> Call<R> {
    Call::on_threads(thread::Run::new(info.name(), pool.core(), job))
}

/// A call in processes of a function that returns no `Result`, or whose `Result` is kept apart.
#[cfg(target_os = "linux")]
pub fn process_call<T: ProcessTask>(
    pool: &ProcessPool,
    args: T::Args,
) -> Call<Result<T::Output, Error>> {
    let typed = const { &Typed::wrapped::<T>() };
    Call::on_processes(process::Run::new(
        typed,
        Target::Processes(pool.core()),
        Box::new(args),
    ))
}

/// A call in processes of a function that returns a `Result`.
#[cfg(target_os = "linux")]
pub fn process_call_flat<T: ProcessTask>(pool: &ProcessPool, args: T::Args) -> Call<T::Output>
where
    T::Output: Outcome,
{
    let typed = const { &Typed::flat::<T>() };
    Call::on_processes(process::Run::new(
        typed,
        Target::Processes(pool.core()),
        Box::new(args),
    ))
}

/// A builder: collects arguments, then is the call.
#[derive(Debug)]
pub enum Pending<A, R: 'static> {
    /// Still collecting.
    Args(A),
    /// The call that was made of them.
    Running(Call<R>),
    /// In between.
    Taken,
}

impl<A, R: Outcome> Pending<A, R> {
    /// Sets an argument.
    #[must_use]
    pub fn map_args(self, set: impl FnOnce(A) -> A) -> Self {
        match self {
            Pending::Args(args) => Pending::Args(set(args)),
            other => other,
        }
    }

    /// Makes the call.
    pub fn into_call(self, make: impl FnOnce(A) -> Call<R>) -> Call<R> {
        match self {
            Pending::Args(args) => make(args),
            Pending::Running(call) => call,
            Pending::Taken => unreachable!("a builder is empty only inside of its poll"),
        }
    }

    /// Makes the call if that has not been done, and polls it.
    pub fn poll(&mut self, cx: &mut Context<'_>, make: impl FnOnce(A) -> Call<R>) -> Poll<R> {
        if let Pending::Args(_) = self {
            let call = mem::replace(self, Pending::Taken).into_call(make);
            *self = Pending::Running(call);
        }
        match self {
            Pending::Running(call) => Pin::new(call).poll(cx),
            // Only if a default panicked in an earlier poll, which the caller has caught.
            _ => panic!("a call was polled after its arguments had failed"),
        }
    }
}

/// The argument can go to another thread.
pub const fn assert_arg<T: Send + 'static>() {}

/// The result can come from another thread.
pub const fn assert_output<T: Send + 'static>() {}

/// The value can go to another process.
pub const fn assert_wire<T: Wire>() {}

/// Both sides of a result can come from another process.
pub const fn assert_fallible<T: Wire, E: WireError<K>, K>(_: PhantomData<fn() -> Result<T, E>>) {}

/// The result can tell that the call has failed.
pub const fn assert_outcome<R: Outcome>() {}
