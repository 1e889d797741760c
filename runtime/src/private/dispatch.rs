//! The functions by which generated code makes a call.

use crate::call::{Call, Pool, TaskCall};
use crate::error::{Error, Outcome};
use crate::tasks::erased::{ProcessTask, Typed};
use crate::thread::{ThreadCall, ThreadPool};

/// Returns a call that runs `run` on a thread of `pool`. Its output is what `run` returns, in a
/// `Result` with [`Error`].
///
/// `run` is a function pointer, so that this is compiled once for each list of types, and not for
/// each task.
pub fn thread_call<L: Send + 'static, R: Send + 'static>(
    name: &'static str,
    pool: &ThreadPool,
    list: L,
    run: fn(L) -> R,
) -> Call<Result<R, Error>> {
    let function = Box::new(move || Ok(run(list)));
    Call::on_threads(ThreadCall::new(name, pool.core(), function))
}

/// Returns a call that runs `run` on a thread of `pool`. Its output is the `Result` that `run`
/// returns, whose error type can hold an [`Error`].
pub fn thread_call_flat<L: Send + 'static, R: Outcome>(
    name: &'static str,
    pool: &ThreadPool,
    list: L,
    run: fn(L) -> R,
) -> Call<R> {
    let function = Box::new(move || run(list));
    Call::on_threads(ThreadCall::new(name, pool.core(), function))
}

/// Returns a call of the process task `T`, on any kind of pool. Its output is what the function
/// returns, in a `Result` with [`Error`].
pub fn process_call<T: ProcessTask>(
    pool: &impl Pool,
    args: T::List,
) -> Call<Result<T::Output, Error>> {
    let typed = const { &Typed::wrapped::<T>() };
    pool.make_call(TaskCall::new(typed, Box::new(args)))
}

/// Returns a call of the process task `T`, on any kind of pool. Its output is the `Result` that the
/// function returns, whose error type can hold an [`Error`].
pub fn process_call_flat<T: ProcessTask>(pool: &impl Pool, args: T::List) -> Call<T::Output>
where
    T::Output: Outcome,
{
    let typed = const { &Typed::flat::<T>() };
    pool.make_call(TaskCall::new(typed, Box::new(args)))
}
