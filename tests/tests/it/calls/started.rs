//! Calls that are submitted before they are awaited, and calls that are never awaited.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use offloop::{Call, Error, ProcessPool, ThreadPool, cpu_bound};
use offloop_tests::{Marks, eventually, tasks, wait};

#[cpu_bound]
fn write(file: &Path) -> Vec<u8> {
    std::fs::write(file, "here").unwrap();
    vec![0; 1 << 20]
}

#[test]
fn a_call_does_nothing_before_it_is_polled() {
    let marks = Marks::new();
    let (process, threads) = (ProcessPool::new("polled"), ThreadPool::new("polled"));
    let in_process = || write(&marks.file("process")).on(&process);
    let on_thread = || threads.run(|| ());
    drop((in_process(), on_thread()));
    let (in_process, on_thread) = (in_process(), on_thread());
    let submitted = || (process.stats().submitted, threads.stats().submitted);
    assert_eq!(submitted(), (0, 0));
    // This polls them once.
    let (in_process, on_thread) = (in_process.start(), on_thread.start());
    assert_eq!(submitted(), (1, 1));
    assert_eq!(wait(in_process).unwrap().len(), 1 << 20);
    wait(on_thread).unwrap();
    assert!(marks.has("process"));
}

#[test]
fn a_started_call_runs_before_it_is_awaited() {
    let marks = Marks::new();
    let call = write(&marks.file("started")).start();
    marks.wait_for("started");
    assert_eq!(wait(call).unwrap().len(), 1 << 20);

    let (sender, receiver) = mpsc::channel();
    let call = ThreadPool::global().run(move || sender.send(1)).start();
    assert_eq!(receiver.recv(), Ok(1));
    wait(call).unwrap().unwrap();
}

#[test]
fn a_started_call_that_fails_at_once_tells_it_when_it_is_awaited() {
    let pool = ThreadPool::new("closed");
    pool.close().wait();
    let call: Call<Result<u8, Error>> = pool.run(|| 1).start();
    assert!(matches!(wait(call), Err(Error::Closed(_))));
}

#[test]
fn a_detached_call_runs_to_its_end_in_the_queue_too() {
    let marks = Marks::new();
    let pool = ProcessPool::new("detached").workers(1);
    tasks::hold(marks.path(), "first").on(&pool).detach();
    write(&marks.file("second")).on(&pool).detach();
    marks.wait_for("first");
    assert!(!marks.has("second"));
    marks.release("first");
    marks.wait_for("second");
    eventually("both are through", || pool.stats().finished == 2);

    let (sender, receiver) = mpsc::channel();
    ThreadPool::global().run(move || sender.send(2)).detach();
    assert_eq!(receiver.recv(), Ok(2));
}

#[test]
fn a_detached_call_that_is_out_of_time_is_killed() {
    let pool = ProcessPool::new("detached-late").workers(1);
    let limit = Duration::from_millis(20);
    tasks::spin().on(&pool).timeout(limit).detach();
    // Its worker serves the next call, if it can.
    wait(tasks::pid().on(&pool)).unwrap();
    assert_eq!(pool.stats().failed, 1);
}
