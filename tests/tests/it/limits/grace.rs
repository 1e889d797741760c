//! What a running function is told, and how long it may go on once nobody waits for it.

use std::path::Path;
use std::time::{Duration, Instant};

use offloop::{Error, ProcessPool, context, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, Marks, eventually, is_alive, wait};

static POOL: ProcessPool = ProcessPool::new("grace").workers(1);
static KIND: ProcessPool = ProcessPool::new("kind").workers(1).grace(LIMIT);

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
    let marks = Marks::new();
    let worker = wait(pid().on(&POOL)).unwrap();
    let call = polite(marks.path())
        .on(&POOL)
        .timeout(Duration::from_millis(50))
        .grace(LIMIT);
    let error = wait(call).unwrap_err();
    assert!(matches!(&error, Error::TimedOut(late) if late.grace == LIMIT));
    assert!(error.to_string().contains("asked to stop"), "{error}");
    assert_eq!(wait(pid().on(&POOL)).unwrap(), worker);
    assert!(marks.has("tidy"), "the call after it waited for the worker");
}

#[test]
fn a_call_without_a_grace_has_that_of_its_pool() {
    let marks = Marks::new();
    let worker = wait(pid().on(&KIND)).unwrap();
    let call = polite(marks.path()).on(&KIND).start();
    marks.wait_for("runs");
    drop(call);
    assert_eq!(wait(pid().on(&KIND)).unwrap(), worker);
    assert!(marks.has("tidy"));
}

#[test]
fn a_function_that_does_not_stop_in_its_grace_is_killed() {
    let pool = ProcessPool::new("stubborn").workers(1);
    let mut grace = Duration::from_millis(100);
    loop {
        let marks = Marks::new();
        let worker = wait(pid().on(&pool)).unwrap();
        let call = stubborn(marks.path()).on(&pool).grace(grace).start();
        marks.wait_for("runs");
        drop(call);
        eventually("it is killed", || !is_alive(worker));
        assert_ne!(wait(pid().on(&pool)).unwrap(), worker);
        // On a busy machine it may take a while until it knows.
        if marks.has("asked") {
            return;
        }
        grace *= 2;
        assert!(grace < LIMIT, "it is never asked");
    }
}

#[test]
fn a_kill_at_the_end_of_the_grace_spares_the_next_call() {
    #[cpu_bound]
    fn until_cancelled() {
        eventually("it is cancelled", context::cancelled);
    }
    #[cpu_bound]
    fn not_cancelled() -> (u32, bool) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        (std::process::id(), context::cancelled())
    }
    let pool = ProcessPool::new("spared").workers(1);
    let (mut worker, mut kept, mut round) = (0, 0, 0);
    while round < 50 || kept == 0 {
        assert!(
            round < 500,
            "a function that stops in time keeps its worker"
        );
        // On a busy machine it may take a while until it stops.
        let grace = Duration::from_millis(10) * (1 + round / 50);
        let call = until_cancelled()
            .on(&pool)
            .timeout(Duration::from_millis(1))
            .grace(grace);
        assert!(matches!(wait(call), Err(Error::TimedOut(_))));
        let (now, cancelled) = wait(not_cancelled().on(&pool)).unwrap();
        assert!(!cancelled, "the call before it was, this one was not");
        kept += u32::from(round > 0 && now == worker);
        worker = now;
        round += 1;
    }
}

#[test]
fn a_function_without_grace_is_killed_at_once() {
    let marks = Marks::new();
    let pool = ProcessPool::new("graceless").workers(1);
    let call = polite(marks.path()).on(&pool).start();
    marks.wait_for("runs");
    drop(call);
    wait(pid().on(&pool)).unwrap();
    assert!(!marks.has("tidy"));
    assert_eq!(context::attempt(), 0, "outside of a call there is none");
}
