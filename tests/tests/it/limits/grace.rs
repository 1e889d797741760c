//! What a running function is told, and how long it may go on once nobody waits for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use offloop::{Error, ProcessPool, context, cpu_bound};
use offloop_tests::{LIMIT, eventually, is_alive};

static POOL: ProcessPool = ProcessPool::new("grace").workers(1);
static KIND: ProcessPool = ProcessPool::new("kind").workers(1).grace(LIMIT);

/// A folder of this test in which tasks leave marks.
struct Marks(PathBuf);

impl Marks {
    fn new(test: &str) -> Marks {
        let folder = std::env::temp_dir().join(format!("offloop-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Marks(folder)
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

fn deeper(depth: u32) -> bool {
    if depth == 0 {
        context::cancelled()
    } else {
        deeper(depth - 1)
    }
}

/// Goes on until it is asked to stop, and then puts things in order.
#[cpu_bound]
fn polite(marks: &Path) -> u32 {
    std::fs::write(marks.join("runs"), "").unwrap();
    eventually("the call is cancelled", || deeper(20));
    let elsewhere = std::thread::spawn(context::cancelled).join().unwrap();
    assert!(elsewhere, "other threads of the worker know it too");
    std::fs::write(marks.join("tidy"), "").unwrap();
    std::process::id()
}

/// Sees that it is asked to stop, and goes on.
#[cpu_bound]
fn stubborn(marks: &Path) {
    std::fs::write(marks.join("runs"), "").unwrap();
    loop {
        if context::cancelled() {
            std::fs::write(marks.join("asked"), "").unwrap();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_function_that_stops_in_its_grace_keeps_its_worker() {
    let marks = Marks::new("grace-timeout");
    let worker = pid().on(&POOL).wait().unwrap();
    let call = polite(&marks.0)
        .on(&POOL)
        .timeout(Duration::from_millis(50))
        .grace(LIMIT);
    let error = call.wait().unwrap_err();
    assert!(matches!(&error, Error::TimedOut(e) if e.grace == LIMIT));
    assert!(error.to_string().contains("asked to stop"), "{error}");
    assert_eq!(pid().on(&POOL).wait().unwrap(), worker);
    assert!(marks.has("tidy"), "the call after it waited for the worker");
}

#[test]
fn the_pool_has_a_grace_for_calls_that_set_none() {
    let marks = Marks::new("grace-drop");
    let worker = pid().on(&KIND).wait().unwrap();
    let call = polite(&marks.0).on(&KIND).start();
    eventually("it runs", || marks.has("runs"));
    drop(call);
    assert_eq!(pid().on(&KIND).wait().unwrap(), worker);
    assert!(marks.has("tidy"));
}

#[test]
fn a_function_that_does_not_stop_in_its_grace_is_killed() {
    let marks = Marks::new("grace-stubborn");
    let pool = ProcessPool::new("stubborn").workers(1);
    let worker = pid().on(&pool).wait().unwrap();
    let call = stubborn(&marks.0)
        .on(&pool)
        .grace(Duration::from_millis(200))
        .start();
    eventually("it runs", || marks.has("runs"));
    drop(call);
    eventually("it knows", || marks.has("asked"));
    eventually("it is killed", || !is_alive(worker));
    assert_ne!(pid().on(&pool).wait().unwrap(), worker);
}

#[test]
fn the_kill_at_the_end_of_the_grace_spares_the_next_call() {
    #[cpu_bound]
    fn until_cancelled() {
        eventually("it is cancelled", context::cancelled);
    }
    #[cpu_bound]
    fn not_cancelled() -> (u32, bool) {
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        (std::process::id(), context::cancelled())
    }
    let pool = ProcessPool::new("spared").workers(1);
    let (mut worker, mut kept) = (0, 0);
    for round in 0..50 {
        let call = until_cancelled()
            .on(&pool)
            .timeout(Duration::from_millis(1))
            .grace(Duration::from_millis(10));
        assert!(matches!(call.wait(), Err(Error::TimedOut(_))));
        let (now, cancelled) = not_cancelled().on(&pool).wait().unwrap();
        assert!(!cancelled, "the call before it was, this one was not");
        kept += u32::from(round > 0 && now == worker);
        worker = now;
    }
    assert!(kept > 0, "a function that stops in time keeps its worker");
}

#[test]
fn without_grace_it_is_killed_at_once_and_outside_a_call_nothing_is_cancelled() {
    let marks = Marks::new("grace-none");
    let pool = ProcessPool::new("graceless").workers(1);
    let call = polite(&marks.0).on(&pool).start();
    eventually("it runs", || marks.has("runs"));
    drop(call);
    pid().on(&pool).wait().unwrap();
    assert!(!marks.has("tidy"));
    assert!(!context::cancelled());
    assert_eq!(context::attempt(), 0);
}
