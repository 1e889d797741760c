//! What generated code calls. Nothing in here is for people; it may change with any release.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
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
    name: &'static str,
    pool: &ThreadPool,
    job: Job<R>,
) -> Call<Result<R, Error>> {
    thread_call_flat(name, pool, Box::new(move || Ok(job())))
}

/// A call on threads of a function that returns a `Result`.
pub fn thread_call_flat<R: Outcome>(name: &'static str, pool: &ThreadPool, job: Job<R>) -> Call<R> {
    Call::on_threads(thread::Run::new(name, pool.core(), job))
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
pub struct Pending<A, R: 'static> {
    /// What was given so far: an `Option` for each argument.
    pub args: A,
    call: Option<Call<R>>,
    /// The arguments have been taken out.
    taken: bool,
}

impl<A, R> Pending<A, R> {
    /// Nothing has been given.
    pub const fn new(args: A) -> Self {
        Pending {
            args,
            call: None,
            taken: false,
        }
    }
}

// Here, so that builders have it without an impl of their own.
impl<A, R> Unpin for Pending<A, R> {}

impl<A, R: Outcome> Pending<A, R> {
    /// The call: made of the arguments if that has not been done.
    pub fn into_call(mut self, make: fn(&mut A) -> Call<R>) -> Call<R> {
        match self.call.take() {
            Some(call) => call,
            None => self.make(make),
        }
    }

    /// Makes the call if that has not been done, and polls it.
    pub fn poll(&mut self, cx: &mut Context<'_>, make: fn(&mut A) -> Call<R>) -> Poll<R> {
        if self.call.is_none() {
            self.call = Some(self.make(make));
        }
        match &mut self.call {
            Some(call) => Pin::new(call).poll(cx),
            None => unreachable!("the call was made above"),
        }
    }

    // Function pointers, because a type for each task would be a function here for each task.
    fn make(&mut self, make: fn(&mut A) -> Call<R>) -> Call<R> {
        // Only if a default panicked in an earlier poll, which the caller has caught.
        assert!(
            !self.taken,
            "a call was polled after its arguments had failed"
        );
        self.taken = true;
        make(&mut self.args)
    }
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
