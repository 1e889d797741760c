//! What becomes of a call whose future is dropped, or whose time is up.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use offloop::{Error, ProcessPool, Started, ThreadPool, blocking_io, context, cpu_bound};
use offloop_tests::{eventually, is_alive};

static POOL: ProcessPool = ProcessPool::new("cancel").workers(1);

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

/// Writes its pid and a child's to `file`, and never ends.
#[cpu_bound]
#[allow(clippy::zombie_processes, reason = "both are to be killed")]
fn spin(file: &str) {
    let child = std::process::Command::new("sleep")
        .arg("1000")
        .spawn()
        .unwrap();
    let line = format!("{} {}\n", std::process::id(), child.id());
    std::fs::write(file, line).unwrap();
    loop {
        std::hint::spin_loop();
    }
}

/// A file of this test, and what `spin` has written to it.
struct Pids(std::path::PathBuf);

impl Pids {
    fn new(test: &str) -> Pids {
        let name = format!("offloop-{test}-{}", std::process::id());
        Pids(std::env::temp_dir().join(name))
    }

    fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn read(&self) -> Option<(u32, u32)> {
        let text = std::fs::read_to_string(&self.0).ok()?;
        let (worker, child) = text.strip_suffix('\n')?.split_once(' ')?;
        Some((worker.parse().ok()?, child.parse().ok()?))
    }
}

impl Drop for Pids {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn poll_once<F: Future + Unpin>(future: &mut F) {
    let poll = std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_pending());
}

#[test]
fn dropping_a_running_process_call_kills_its_worker_with_what_it_has_started() {
    let pids = Pids::new("drop");
    let mut call = spin(pids.name()).on(&POOL);
    poll_once(&mut call);
    eventually("the call runs", || pids.read().is_some());
    let (worker, child) = pids.read().unwrap();
    assert!(is_alive(worker) && is_alive(child));
    drop(call);
    eventually("the worker is gone", || {
        !is_alive(worker) && !is_alive(child)
    });
    assert_ne!(
        pid().on(&POOL).wait().unwrap(),
        worker,
        "another takes its place"
    );
}

#[tokio::test]
async fn a_timeout_kills_the_worker_with_what_it_has_started() {
    let pids = Pids::new("timeout");
    let pool = ProcessPool::new("timeout")
        .workers(1)
        .timeout(Duration::from_secs(1));
    let error = spin(pids.name()).on(&pool).await.unwrap_err();
    let Error::TimedOut(timed_out) = &error else {
        panic!("{error}");
    };
    assert_eq!(timed_out.limit, Duration::from_secs(1));
    assert_eq!(error.started(), Started::Yes);
    let (worker, child) = pids.read().unwrap();
    assert_eq!(timed_out.pid, Some(worker));
    eventually("the worker is gone", || {
        !is_alive(worker) && !is_alive(child)
    });
    assert_ne!(pid().on(&pool).await.unwrap(), worker);
}

#[tokio::test]
async fn the_timeout_of_an_attribute_holds_and_a_call_may_change_it() {
    #[cpu_bound(timeout = Duration::from_millis(50))]
    fn sleep(millis: u64) -> u64 {
        std::thread::sleep(Duration::from_millis(millis));
        millis
    }

    assert!(matches!(sleep(1_000_000).await, Err(Error::TimedOut(_))));
    assert_eq!(
        sleep(100).timeout(Duration::from_secs(60)).await.unwrap(),
        100
    );
}

#[tokio::test]
async fn the_clock_of_a_timeout_starts_with_the_run() {
    #[cpu_bound]
    fn sleep(millis: u64) -> u64 {
        std::thread::sleep(Duration::from_millis(millis));
        millis
    }

    let pool = ProcessPool::new("clock").workers(1);
    let long = tokio::spawn(sleep(600).on(&pool));
    tokio::task::yield_now().await;
    let start = Instant::now();
    let behind = sleep(1).on(&pool).timeout(Duration::from_millis(400)).await;
    assert_eq!(behind.unwrap(), 1);
    assert!(
        start.elapsed() > Duration::from_millis(400),
        "it has waited longer than its limit"
    );
    long.await.unwrap().unwrap();
}

#[test]
fn a_queued_process_call_that_is_dropped_never_runs() {
    let first = Pids::new("queued-first");
    let second = Pids::new("queued-second");
    let pool = ProcessPool::new("queued").workers(1);
    let mut running = spin(first.name()).on(&pool);
    poll_once(&mut running);
    eventually("the first call runs", || first.read().is_some());
    let mut queued = spin(second.name()).on(&pool);
    poll_once(&mut queued);
    drop(queued);
    drop(running);
    pid().on(&pool).wait().unwrap();
    assert_eq!(second.read(), None);
}

#[test]
fn a_queued_thread_call_that_is_dropped_never_runs_and_is_dropped_on_the_pool() {
    struct Argument(Arc<AtomicU32>);
    impl Drop for Argument {
        fn drop(&mut self) {
            let on_pool = std::thread::current()
                .name()
                .is_some_and(|name| name.starts_with("abandon"));
            self.0.store(if on_pool { 1 } else { 2 }, Ordering::SeqCst);
        }
    }

    let pool = ThreadPool::new("abandon").threads(1);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let mut running = pool.run(move || wait.recv());
    poll_once(&mut running);
    let dropped = Arc::new(AtomicU32::new(0));
    let argument = Argument(Arc::clone(&dropped));
    let has_run = Arc::new(AtomicBool::new(false));
    let runs = Arc::clone(&has_run);
    let mut queued = pool.run(move || {
        let _argument = argument;
        runs.store(true, Ordering::SeqCst);
    });
    poll_once(&mut queued);
    drop(queued);
    drop(release);
    running.wait().unwrap().unwrap_err();
    eventually("the argument is dropped", || {
        dropped.load(Ordering::SeqCst) != 0
    });
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "on the pool");
    assert!(!has_run.load(Ordering::SeqCst));
}

#[test]
fn a_result_that_nobody_takes_is_dropped_on_the_pool() {
    struct Result(Arc<AtomicU32>);
    impl Drop for Result {
        fn drop(&mut self) {
            let thread = std::thread::current();
            let on_pool = thread
                .name()
                .is_some_and(|name| name.starts_with("untaken"));
            self.0.store(if on_pool { 1 } else { 2 }, Ordering::SeqCst);
        }
    }

    let pool = ThreadPool::new("untaken").threads(1);
    let dropped = Arc::new(AtomicU32::new(0));
    let result = Result(Arc::clone(&dropped));
    let mut call = pool.run(move || result);
    poll_once(&mut call);
    // The pool has one thread, so that the first result is there when the second call has run.
    pool.run(|| ()).wait().unwrap();
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(call);
    eventually("the result is dropped", || {
        dropped.load(Ordering::SeqCst) != 0
    });
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "on the pool");
}

#[blocking_io]
fn until_cancelled(ended: Arc<AtomicBool>) {
    while !context::cancelled() {
        std::thread::sleep(Duration::from_millis(1));
    }
    ended.store(true, Ordering::SeqCst);
}

#[tokio::test]
async fn a_running_thread_call_is_asked_to_stop_when_it_is_dropped() {
    let ended = Arc::new(AtomicBool::new(false));
    let mut call = until_cancelled(Arc::clone(&ended));
    poll_once(&mut call);
    drop(call);
    eventually("the function has stopped", || {
        ended.load(Ordering::SeqCst) || Arc::strong_count(&ended) == 1
    });
    assert!(!context::cancelled());
}

#[tokio::test]
async fn a_running_thread_call_is_asked_to_stop_when_its_time_is_up() {
    let ended = Arc::new(AtomicBool::new(false));
    let call = until_cancelled(Arc::clone(&ended)).timeout(Duration::from_millis(20));
    let error = call.await.unwrap_err();
    assert!(
        matches!(&error, Error::TimedOut(timed_out) if timed_out.pid.is_none()),
        "{error}"
    );
    eventually("the function has stopped", || ended.load(Ordering::SeqCst));
}

#[test]
fn the_slot_of_a_dropped_thread_call_is_held_until_its_function_ends() {
    let pool = ThreadPool::new("slot").threads(1);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let (started, has_started) = std::sync::mpsc::channel();
    let mut running = pool.run(move || {
        started.send(()).unwrap();
        wait.recv()
    });
    poll_once(&mut running);
    has_started.recv().unwrap();
    drop(running);
    let mut next = pool.run(|| 5);
    poll_once(&mut next);
    drop(release);
    assert_eq!(next.wait().unwrap(), 5);
}

#[test]
fn a_worker_that_is_killed_for_one_call_is_never_killed_for_the_next() {
    let pool = ProcessPool::new("generations").workers(2);
    for round in 0_u32..300 {
        let mut call = pid().on(&pool);
        let _ = std::pin::Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop()));
        if round % 3 == 0 {
            std::thread::yield_now();
        }
        drop(call);
        pid().on(&pool).wait().unwrap();
    }
}
