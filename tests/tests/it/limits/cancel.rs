//! What becomes of a call that runs when its future is dropped, or its time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use offloop::{Error, ProcessPool, Started, ThreadPool, blocking_io, context};
use offloop_tests::{LIMIT, Marks, eventually, is_alive, poll_once, tasks, wait};

fn are_gone(processes: &[u32]) {
    eventually("the worker is gone, and what it has started", || {
        !processes.iter().any(|pid| is_alive(*pid))
    });
}

#[test]
fn a_running_process_call_that_is_dropped_kills_its_worker_with_what_it_has_started() {
    let marks = Marks::new();
    let pool = ProcessPool::new("cancel").workers(1);
    let call = tasks::spin_with_a_child(&marks.file("pids"))
        .on(&pool)
        .start();
    let processes = marks.wait_for_pids("pids");
    assert!(processes.iter().all(|pid| is_alive(*pid)));
    drop(call);
    are_gone(&processes);
    let next = wait(tasks::pid().on(&pool)).unwrap();
    assert_ne!(next, processes[0], "another takes its place");
}

#[test]
fn a_timeout_kills_the_worker_with_what_it_has_started() {
    let pool = ProcessPool::new("timeout").workers(1);
    let mut limit = Duration::from_millis(100);
    loop {
        let marks = Marks::new();
        let call = tasks::spin_with_a_child(&marks.file("pids"));
        let error = wait(call.on(&pool).timeout(limit)).unwrap_err();
        let Error::TimedOut(late) = &error else {
            panic!("{error}");
        };
        assert_eq!(late.limit, limit);
        assert_eq!(error.started(), Started::Yes);
        // On a busy machine it may take a while until there is a child.
        if let Some(processes) = marks.pids("pids") {
            assert_eq!(late.pid, Some(processes[0]));
            are_gone(&processes);
            let next = wait(tasks::pid().on(&pool)).unwrap();
            assert_ne!(next, processes[0]);
            return;
        }
        limit *= 2;
        assert!(limit < LIMIT, "it never gets to start a child");
    }
}

/// Says whether it has stopped because it was asked to.
#[blocking_io]
fn until_cancelled(runs: Arc<AtomicBool>, stopped: Arc<AtomicBool>) {
    runs.store(true, Ordering::SeqCst);
    eventually("it is asked to stop", context::cancelled);
    stopped.store(true, Ordering::SeqCst);
}

#[test]
fn a_running_thread_call_is_asked_to_stop_when_it_is_dropped() {
    let (runs, stopped) = (Arc::default(), Arc::default());
    let call = until_cancelled(Arc::clone(&runs), Arc::clone(&stopped)).start();
    eventually("it runs", || runs.load(Ordering::SeqCst));
    drop(call);
    eventually("it has stopped", || stopped.load(Ordering::SeqCst));
    assert!(!context::cancelled(), "outside of a call nothing is");
}

#[test]
fn a_running_thread_call_is_asked_to_stop_when_its_time_is_up() {
    let (runs, stopped) = (Arc::default(), Arc::default());
    let call = until_cancelled(Arc::clone(&runs), Arc::clone(&stopped));
    let error = wait(call.timeout(Duration::from_millis(20))).unwrap_err();
    assert!(
        matches!(&error, Error::TimedOut(late) if late.pid.is_none()),
        "{error}"
    );
    eventually("it has stopped", || stopped.load(Ordering::SeqCst));
}

#[test]
fn a_dropped_thread_call_holds_its_slot_until_its_function_ends() {
    let pool = ThreadPool::new("slot").threads(1);
    let (release, held) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let running = pool
        .run(move || {
            started.send(()).unwrap();
            held.recv()
        })
        .start();
    has_started.recv().unwrap();
    drop(running);
    let next = pool.run(|| 5).start();
    assert_eq!(pool.stats().queued, 1);
    drop(release);
    assert_eq!(wait(next).unwrap(), 5);
}

#[test]
fn a_worker_that_is_killed_for_one_call_is_never_killed_for_the_next() {
    let pool = ProcessPool::new("generations").workers(2);
    for round in 0_u32..300 {
        let mut call = tasks::pid().on(&pool);
        let _ = poll_once(&mut call);
        if round % 3 == 0 {
            std::thread::yield_now();
        }
        drop(call);
        wait(tasks::pid().on(&pool)).unwrap();
    }
}
