//! Calls and builders as futures, with the tools that people use on futures.

use offloop::{Call, Error, Task, blocking_io, cpu_bound};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

#[blocking_io]
fn add(a: u32, #[default = 1] b: u32) -> u32 {
    a + b
}

#[cpu_bound]
fn add_across(a: u32, #[default = 1] b: u32) -> u32 {
    a + b
}

#[blocking_io]
fn generic<T: Clone>(value: &T) -> T {
    value.clone()
}

fn is_call<R>(call: Call<R>) -> Call<R> {
    call
}

fn is_future<F: Future + Send + Unpin + 'static>(future: F) -> F {
    future
}

#[tokio::test]
async fn calls_and_builders_are_awaited() -> Result<(), Error> {
    assert_eq!(add(1, 2).await?, 3);
    assert_eq!(add::builder().a(1).await?, 2);
    assert_eq!(add::builder().b(3).a(1).call().await?, 4);
    assert_eq!(add_across(1, 2).await?, 3);
    assert_eq!(add_across::builder().a(1).await?, 2);
    assert_eq!(generic(&1).await?, 1);
    assert_eq!(generic::builder().value("a").await?, "a");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_and_builders_go_with_the_tools_of_a_runtime()
-> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(tokio::spawn(add(1, 2)).await??, 3);
    assert_eq!(tokio::spawn(add::builder().a(1)).await??, 2);
    let (left, right) = tokio::join!(add(1, 1), add::builder().a(2));
    assert_eq!((left?, right?), (2, 3));
    let (left, right) = tokio::try_join!(add(1, 1), add::builder().a(2))?;
    assert_eq!((left, right), (2, 3));
    tokio::select! {
        sum = add(1, 2) => assert_eq!(sum?, 3),
        sum = add::builder().a(2) => assert_eq!(sum?, 3),
    }
    let mut builder = add::builder().a(4);
    assert_eq!((&mut builder).await?, 5);
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(60), add(1, 2)).await??,
        3
    );
    let mut set = tokio::task::JoinSet::new();
    for n in 0..10 {
        set.spawn(add::builder().a(n));
    }
    let sums: Vec<_> = set.join_all().await.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(sums.iter().sum::<u32>(), 55);
    Ok(())
}

#[test]
fn calls_and_builders_are_send_unpin_and_own_everything() {
    let _call = is_future(is_call(add(1, 2)));
    let _call = is_future(is_call(add::builder().a(1).call()));
    let _builder = is_future(add::builder().a(1));
    let _builder = is_future(generic::builder().value(std::marker::PhantomPinned));
}

static RUNS: AtomicU32 = AtomicU32::new(0);

fn count() -> u32 {
    RUNS.fetch_add(1, Ordering::SeqCst)
}

#[blocking_io]
fn counted(#[default = count()] _before: u32) -> u32 {
    count()
}

#[test]
fn a_call_or_builder_that_is_dropped_before_its_first_poll_runs_nothing() {
    drop(counted(0));
    drop(counted::builder());
    drop(counted::builder()._before(1));
    assert_eq!(RUNS.load(Ordering::SeqCst), 0);
}

fn name<T: Task<Args = (u32, u32), Output = u32>>() -> &'static str {
    T::NAME
}

#[test]
fn a_task_is_a_type() {
    assert_eq!(name::<add>(), concat!(module_path!(), "::add"));
    assert_eq!(
        name::<add_across>(),
        concat!(module_path!(), "::add_across")
    );
}

#[blocking_io(timeout = Duration::from_secs(60))]
fn with_a_timeout(a: u32) -> u32 {
    a
}

const TIMES: u32 = 2;

#[cpu_bound(retry = TIMES, timeout = Duration::from_secs(60))]
fn with_both(a: u32) -> u32 {
    a
}

#[tokio::test]
async fn a_call_may_change_the_options_of_its_attribute() -> Result<(), Error> {
    assert_eq!(with_a_timeout(1).timeout(Duration::from_secs(30)).await?, 1);
    assert_eq!(with_both::builder().a(1).call().retry(1).await?, 1);
    Ok(())
}
