//! What generated code calls. Nothing in here is for people; it may change with any release.

use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

pub use linkme;

pub use crate::error::Outcome;
pub use crate::task::TaskInfo;
#[cfg(target_os = "linux")]
pub use crate::tasks::arguments::{Argument, ArgumentList, Borrowed, BorrowedOption, More};
#[cfg(target_os = "linux")]
pub use crate::tasks::erased::{Entry, LentList, ProcessTask, ResultCodec};
#[cfg(target_os = "linux")]
pub use crate::tasks::hooks::{START_HOOKS, StartHook, StartOutcome};
#[cfg(target_os = "linux")]
pub use crate::tasks::registry::TASKS;
pub use crate::wire::{CodecError, Decoder, Encoder, Lend, Wire, WireError};

use crate::call::Call;
use crate::error::Error;
#[cfg(target_os = "linux")]
use crate::process::{self, ProcessPool, Target};
#[cfg(target_os = "linux")]
use crate::tasks::erased::Typed;
use crate::thread::{self, ThreadPool};

/// A call on threads of a function that returns no `Result`, or whose `Result` is kept apart.
///
/// Of a function pointer and what it is given, so that all this is compiled once for each list of
/// types, and not for each task.
pub fn thread_call<L: Send + 'static, R: Send + 'static>(
    name: &'static str,
    pool: &ThreadPool,
    list: L,
    run: fn(L) -> R,
) -> Call<Result<R, Error>> {
    Call::on_threads(thread::ThreadCall::new(
        name,
        pool.core(),
        Box::new(move || Ok(run(list))),
    ))
}

/// A call on threads of a function that returns a `Result`.
pub fn thread_call_flat<L: Send + 'static, R: Outcome>(
    name: &'static str,
    pool: &ThreadPool,
    list: L,
    run: fn(L) -> R,
) -> Call<R> {
    Call::on_threads(thread::ThreadCall::new(
        name,
        pool.core(),
        Box::new(move || run(list)),
    ))
}

/// A call in processes of a function that returns no `Result`, or whose `Result` is kept apart.
#[cfg(target_os = "linux")]
pub fn process_call<T: ProcessTask>(
    pool: &ProcessPool,
    args: T::List,
) -> Call<Result<T::Output, Error>> {
    let typed = const { &Typed::wrapped::<T>() };
    Call::on_processes(process::ProcessCall::new(
        typed,
        Target::Processes(pool.scheduler()),
        Box::new(args),
    ))
}

/// A call in processes of a function that returns a `Result`.
#[cfg(target_os = "linux")]
pub fn process_call_flat<T: ProcessTask>(pool: &ProcessPool, args: T::List) -> Call<T::Output>
where
    T::Output: Outcome,
{
    let typed = const { &Typed::flat::<T>() };
    Call::on_processes(process::ProcessCall::new(
        typed,
        Target::Processes(pool.scheduler()),
        Box::new(args),
    ))
}

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

/// What a reference leads to, if `COPIES` is a constant and not an error.
///
/// The length of an array is evaluated with its type, and with a length that has errors the type is
/// an error itself, about which the compiler says nothing more. So a reference that cannot be copied
/// is reported once, and not for each use that generated code makes of its type.
pub type Referred<T, const COPIES: usize> =
    <<[&'static T; COPIES] as IntoIterator>::Item as Deref>::Target;

/// What a `&T` leads to, if it can be copied for a call.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be copied for the call",
    label = "the call outlives this reference, and `{Self}` is not `Clone`",
    note = "take `{Self}` by value, or as `Arc<{Self}>` or `&'static {Self}`",
    note = "or derive `Clone` for it: each call then takes a copy"
)]
pub trait Copied {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + ToOwned> Copied for T {}

/// The reference can be copied.
pub const fn assert_copied<T: ?Sized + Copied>() {}

/// What a method is called on, if it can be copied for a call.
#[diagnostic::on_unimplemented(
    message = "`&self` cannot be copied for the call",
    label = "the call outlives this reference, and `{Self}` is not `Clone`",
    note = "take `self: Arc<Self>` or `self`",
    note = "or derive `Clone` for `{Self}`: each call then takes a copy"
)]
pub trait CopiedSelf: Sized {
    #[doc(hidden)]
    fn copied(this: &Self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> CopiedSelf for T {
    fn copied(this: &T) -> T {
        this.clone()
    }
}

/// A clone of what a method is called on.
pub fn copy_self<T: CopiedSelf>(this: &T) -> T {
    T::copied(this)
}

/// What a task that needs worker processes comes to where there are none.
#[doc(hidden)]
#[macro_export]
macro_rules! __no_processes {
    () => {
        ::core::compile_error!(
            "`#[cpu_bound]` runs in worker processes, which exist on Linux only for now; \
             write `#[cpu_bound(threads)]`, or put `#[cfg(target_os = \"linux\")]` on the function"
        );
    };
}
pub use crate::__no_processes as no_processes;

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
