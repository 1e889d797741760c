//! A task that calls tasks: in the pool that it runs in this happens in place, so that no pool can
//! wait for itself and no worker starts workers.

use offloop::{ProcessPool, ThreadPool, blocking_io, cpu_bound};
use offloop_tests::children_of;

static THREAD: ThreadPool = ThreadPool::new("thread").threads(1);
static PROCESS: ProcessPool = ProcessPool::new("process").workers(1);
static SECOND: ProcessPool = ProcessPool::new("second").workers(1);

fn here() -> (u32, String) {
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    (std::process::id(), name)
}

#[blocking_io(pool = THREAD)]
fn thread_inner() -> (u32, String) {
    here()
}

#[blocking_io(pool = THREAD)]
fn thread_outer() -> ((u32, String), (u32, String)) {
    (here(), thread_inner().wait().unwrap())
}

#[cpu_bound(pool = PROCESS)]
fn inner(fail: bool) -> u32 {
    assert!(!fail, "it was to fail");
    std::process::id()
}

#[cpu_bound(pool = SECOND)]
fn in_second() -> u32 {
    std::process::id()
}

#[cpu_bound(pool = PROCESS)]
fn outer() -> (u32, u32, u32, usize) {
    let (same, other) = (inner(false).wait().unwrap(), in_second().wait().unwrap());
    (
        std::process::id(),
        same,
        other,
        children_of(std::process::id()).len(),
    )
}

#[cpu_bound(pool = PROCESS)]
fn outer_of_a_panic() -> String {
    inner(true).wait().unwrap_err().to_string()
}

#[cpu_bound(pool = PROCESS)]
fn threads_in_a_worker() -> (u32, (u32, String)) {
    (std::process::id(), thread_inner().wait().unwrap())
}

#[tokio::test]
async fn a_call_from_a_thread_of_the_pool_runs_in_place() {
    let (outer, inner) = thread_outer().await.unwrap();
    assert_eq!(outer, inner);
}

#[tokio::test]
async fn a_call_from_a_worker_runs_in_place() {
    let (pid, same, other, children) = outer().await.unwrap();
    assert_ne!(pid, std::process::id());
    assert_eq!((same, other, children), (pid, pid, 0));
    let text = outer_of_a_panic().await.unwrap();
    assert!(
        text.contains("nested::inner` panicked in pool `process`: it was to fail"),
        "{text}"
    );
}

#[tokio::test]
async fn a_worker_has_thread_pools_of_its_own() {
    let (pid, (thread_pid, name)) = threads_in_a_worker().await.unwrap();
    assert_eq!(thread_pid, pid);
    assert_eq!(name, "thread-1");
}
