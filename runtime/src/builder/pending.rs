//! [`Pending`]: what a generated builder consists of.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::call::Call;
use crate::error::Outcome;

/// A builder: it collects the arguments, and then makes the call and is its future.
#[derive(Debug)]
pub struct Pending<A, R: 'static> {
    /// The arguments that were set so far: an `Option` for each.
    pub args: A,
    stage: Stage<A, R>,
}

/// How far the call of a builder is.
#[derive(Debug)]
enum Stage<A, R: 'static> {
    /// The call is not made yet. This function makes it.
    ///
    /// It is a function pointer: with a type for each task, the methods below would be compiled for
    /// each task.
    New(fn(&mut A) -> Call<R>),
    /// The call is being made. It stays like this only if a default value panicked.
    Taken,
    /// The call was made.
    Made(Call<R>),
}

impl<A, R> Pending<A, R> {
    /// Returns a builder without arguments. `make` takes the arguments and makes the call.
    pub const fn new(args: A, make: fn(&mut A) -> Call<R>) -> Self {
        Pending {
            args,
            stage: Stage::New(make),
        }
    }

    /// Returns the call. Makes it of the arguments if it was not made yet.
    pub fn into_call(mut self) -> Call<R> {
        match mem::replace(&mut self.stage, Stage::Taken) {
            Stage::New(make) => make(&mut self.args),
            Stage::Made(call) => call,
            Stage::Taken => taken(),
        }
    }

    /// Polls the call. Makes it of the arguments if it was not made yet.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R>
    where
        R: Outcome,
    {
        if let Stage::New(make) = self.stage {
            self.stage = Stage::Taken;
            self.stage = Stage::Made(make(&mut self.args));
        }
        match &mut self.stage {
            Stage::Made(call) => Pin::new(call).poll(cx),
            Stage::New(_) | Stage::Taken => taken(),
        }
    }
}

// Generated builders are `Unpin` because this is, and need no impl of their own.
impl<A, R> Unpin for Pending<A, R> {}

/// Panics, because a default value panicked in an earlier poll and the caller has caught that.
fn taken() -> ! {
    panic!("a call was polled after its arguments had failed")
}
