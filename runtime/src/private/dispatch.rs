//! How generated code makes a call.

use crate::call::{Call, Pool, TaskCall};
use crate::error::{Error, Outcome};
use crate::tasks::erased::{ProcessTask, Typed};
use crate::thread::{ThreadCall, ThreadPool};

/// A call on threads of a function that returns no `Result`, or whose `Result` is kept apart.
///
/// Of a function pointer and what it is called with, so that all this is compiled once for each list of
/// types, and not for each task.
pub fn thread_call<L: Send + 'static, R: Send + 'static>(
    name: &'static str,
    pool: &ThreadPool,
    list: L,
    run: fn(L) -> R,
) -> Call<Result<R, Error>> {
    let function = Box::new(move || Ok(run(list)));
    Call::on_threads(ThreadCall::new(name, pool.core(), function))
}

/// A call on threads of a function that returns a `Result`.
pub fn thread_call_flat<L: Send + 'static, R: Outcome>(
    name: &'static str,
    pool: &ThreadPool,
    list: L,
    run: fn(L) -> R,
) -> Call<R> {
    let function = Box::new(move || run(list));
    Call::on_threads(ThreadCall::new(name, pool.core(), function))
}

/// A call of a process task, on any kind of pool, of a function that returns no `Result`, or whose `Result` is
/// kept apart.
pub fn process_call<T: ProcessTask>(
    pool: &impl Pool,
    args: T::List,
) -> Call<Result<T::Output, Error>> {
    let typed = const { &Typed::wrapped::<T>() };
    pool.make_call(TaskCall::new(typed, Box::new(args)))
}

/// A call of a process task, on any kind of pool, of a function that returns a `Result`.
pub fn process_call_flat<T: ProcessTask>(pool: &impl Pool, args: T::List) -> Call<T::Output>
where
    T::Output: Outcome,
{
    let typed = const { &Typed::flat::<T>() };
    pool.make_call(TaskCall::new(typed, Box::new(args)))
}
