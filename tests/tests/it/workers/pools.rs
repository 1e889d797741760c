//! Which pool runs a call, and pools whose settings cannot work.

use std::sync::{Arc, Barrier};

use offloop::{Error, ProcessPool, Started, ThreadPool, blocking_io, cpu_bound};
use offloop_tests::{Marks, eventually, is_alive, tasks};

static LEFT: ThreadPool = ThreadPool::new("left").threads(1);
static RIGHT: ThreadPool = ThreadPool::new("right").threads(2);
static OTHER: ProcessPool = ProcessPool::new("other").workers(1);

fn thread_name() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[blocking_io(pool = LEFT)]
fn left() -> String {
    thread_name()
}

#[blocking_io(pool = RIGHT)]
fn right() -> String {
    thread_name()
}

#[blocking_io]
fn global_io() -> String {
    thread_name()
}

#[cpu_bound(threads)]
fn global_cpu() -> String {
    thread_name()
}

#[cpu_bound(pool = OTHER)]
fn other() -> u32 {
    std::process::id()
}

#[tokio::test]
async fn each_call_runs_in_its_own_pool() {
    assert_eq!(left().await.unwrap(), "left-1");
    assert!(right().await.unwrap().starts_with("right-"));
    assert!(global_io().await.unwrap().starts_with("offloop-io-"));
    assert!(global_cpu().await.unwrap().starts_with("offloop-cpu-"));
}

#[tokio::test]
async fn calls_of_one_pool_run_at_the_same_time() {
    let meeting = Arc::new(Barrier::new(2));
    let go = || {
        let meeting = Arc::clone(&meeting);
        RIGHT.run(move || meeting.wait())
    };
    let (one, two) = tokio::join!(go(), go());
    one.unwrap();
    two.unwrap();

    let marks = Marks::new();
    let pool = ProcessPool::new("two").workers(2);
    let meet = || tasks::meet(marks.path(), 2).on(&pool);
    let (one, two) = tokio::join!(meet(), meet());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one, two);
    let third = other().await.unwrap();
    assert!(third != one && third != two);
}

#[tokio::test]
async fn a_closure_runs_on_a_pool() {
    let here = String::from("closure");
    let there = LEFT
        .run(move || here + " on " + &thread_name())
        .await
        .unwrap();
    assert_eq!(there, "closure on left-1");

    let error = LEFT.run(|| panic!("in a closure")).await.unwrap_err();
    assert!(error.to_string().contains("in a closure"), "{error}");
    let task = error.task();
    assert!(task.contains("a_closure_runs_on_a_pool"), "{task}");
}

#[tokio::test]
async fn a_local_pool_serves_and_ends_with_its_value() {
    let pool = ThreadPool::new("local").threads(1);
    let call = pool.run(thread_name);
    assert_eq!(call.await.unwrap(), "local-1");
    let late = pool.run(thread_name);
    drop(pool);
    assert!(matches!(late.await, Err(Error::Closed(_))));

    let pool = ProcessPool::new("local-process").workers(1);
    let pid = other().on(&pool).await.unwrap();
    drop(pool);
    eventually("the worker of a dropped pool is gone", || !is_alive(pid));
}

#[tokio::test]
async fn a_process_task_may_run_on_threads() {
    assert_eq!(other().on(&LEFT).await.unwrap(), std::process::id());
}

#[tokio::test]
async fn a_pool_whose_settings_cannot_work_says_so() {
    fn reason(outcome: Result<impl std::fmt::Debug, Error>) -> String {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::InvalidPool(_)), "{error}");
        assert_eq!(error.started(), Started::No);
        error.to_string()
    }

    let text = reason(ThreadPool::new("none").threads(0).run(|| 1).await);
    assert!(text.contains("pool `none`"), "{text}");
    assert!(text.contains("0 threads"), "{text}");
    let new = || ProcessPool::new("none");
    for (pool, words) in [
        (new().workers(0), "0 workers"),
        (
            new().workers(1).min_workers(2),
            "keeps 2 workers and may have 1",
        ),
        (new().memory_limit(0), "memory limit"),
        (new().recycle_after(0), "after 0 calls"),
        (new().recycle_above(0), "above 0 bytes"),
        (new().poison_after(0), "poison_after(1)"),
    ] {
        let text = reason(other().on(&pool).await);
        assert!(text.contains("pools::other`"), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let text = reason(left().on(&OTHER).await);
    assert!(text.contains("pools::left`"), "{text}");
    assert!(text.contains("processes"), "{text}");
}
