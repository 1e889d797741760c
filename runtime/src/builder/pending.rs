//! What a generated builder is made of.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::call::Call;
use crate::error::Outcome;

/// A builder: collects arguments, then is the call.
#[derive(Debug)]
pub struct Pending<A, R: 'static> {
    /// What was given so far: an `Option` for each argument.
    pub args: A,
    stage: Stage<A, R>,
}

/// How far a builder's call is.
#[derive(Debug)]
enum Stage<A, R: 'static> {
    /// Will be made by this function.
    ///
    /// A function pointer, because a type for each task would be a function here for each task.
    New(fn(&mut A) -> Call<R>),
    /// Being made; stays so only if a default panicked.
    Taken,
    Made(Call<R>),
}

impl<A, R> Pending<A, R> {
    /// Nothing has been given. `make` takes the arguments out and makes the call of them.
    pub const fn new(args: A, make: fn(&mut A) -> Call<R>) -> Self {
        Pending {
            args,
            stage: Stage::New(make),
        }
    }

    /// The call: made of the arguments if that has not been done.
    pub fn into_call(mut self) -> Call<R> {
        match mem::replace(&mut self.stage, Stage::Taken) {
            Stage::New(make) => make(&mut self.args),
            Stage::Made(call) => call,
            Stage::Taken => taken(),
        }
    }

    /// Makes the call if that has not been done, and polls it.
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

// Here, so that builders have it without an impl of their own.
impl<A, R> Unpin for Pending<A, R> {}

/// Only if a default panicked in an earlier poll, which the caller has caught.
fn taken() -> ! {
    panic!("a call was polled after its arguments had failed")
}
