//! The queue of a pool: its order, its limit, and calls that leave it.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use offloop::{Call, Error, ProcessPool, Started, ThreadPool, cpu_bound};
use offloop_tests::{LIMIT, Marks, eventually, tasks, wait};

#[cpu_bound]
fn append(file: &Path, number: u32) {
    use std::io::Write;
    let file = File::options().create(true).append(true).open(file);
    writeln!(file.unwrap(), "{number}").unwrap();
}

#[test]
fn calls_begin_in_the_order_in_which_they_were_first_polled() {
    let pool = ThreadPool::new("order").threads(1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let calls: Vec<_> = (0..100)
        .map(|number| {
            let order = Arc::clone(&order);
            pool.run(move || order.lock().unwrap().push(number)).start()
        })
        .collect();
    // The last one is awaited first.
    calls.into_iter().rev().for_each(|call| wait(call).unwrap());
    assert_eq!(*order.lock().unwrap(), (0..100).collect::<Vec<_>>());

    let marks = Marks::new();
    let file = marks.file("order");
    let pool = ProcessPool::new("order").workers(1);
    let calls: Vec<_> = (0..100)
        .map(|number| append(&file, number).on(&pool).start())
        .collect();
    calls.into_iter().rev().for_each(|call| wait(call).unwrap());
    let order = std::fs::read_to_string(file).unwrap();
    assert!(order.lines().eq((0..100).map(|number| number.to_string())));
}

fn is_full(outcome: Result<impl std::fmt::Debug, Error>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::QueueFull(_)), "{error}");
    assert_eq!(error.started(), Started::No);
}

#[test]
fn a_full_queue_refuses_a_call_that_will_not_wait() {
    let pool = ThreadPool::new("full").threads(1).queue(1);
    let (release, held) = mpsc::channel::<()>();
    let running = pool.run(move || held.recv()).start();
    eventually("it runs", || pool.stats().running == 1);
    let queued = pool.run(|| 2).try_now().start();
    is_full(wait(pool.run(|| 3).try_now()));
    let patient = pool.run(|| 4).start();
    drop(release);
    wait(running).unwrap().unwrap_err();
    assert_eq!(wait(queued).unwrap(), 2);
    assert_eq!(wait(patient).unwrap(), 4);
}

/// Those too that a worker has ahead of time.
#[test]
fn a_full_queue_of_a_process_pool_counts_all_calls_that_have_not_begun() {
    let marks = Marks::new();
    let pool = ProcessPool::new("bounded").workers(1).queue(3);
    let running = tasks::hold(marks.path(), "running").on(&pool).start();
    marks.wait_for("running");
    let mut waiting: Vec<_> = (0..2).map(|_| tasks::pid().on(&pool).start()).collect();
    waiting.push(tasks::pid().on(&pool).try_now().start());
    is_full(wait(tasks::pid().on(&pool).try_now()));
    marks.release("running");
    wait(running).unwrap();
    for call in waiting {
        wait(call).unwrap();
    }
    wait(tasks::pid().on(&pool).try_now()).unwrap();
}

#[test]
fn a_queued_process_call_that_is_dropped_never_runs() {
    let marks = Marks::new();
    let pool = ProcessPool::new("queued").workers(1);
    let running = tasks::hold(marks.path(), "running").on(&pool).start();
    marks.wait_for("running");
    let dropped = append(&marks.file("dropped"), 1).on(&pool).start();
    assert_eq!(pool.stats().queued, 1);
    drop(dropped);
    marks.release("running");
    wait(running).unwrap();
    // It would have run before this one.
    wait(tasks::pid().on(&pool)).unwrap();
    assert!(!marks.has("dropped"));
    assert_eq!(pool.stats().cancelled, 1);
}

/// Notes whether it was dropped on a thread of the pool: 1, or elsewhere: 2.
struct Witness {
    pool: &'static str,
    dropped: Arc<AtomicU32>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default();
        let on_pool = name.starts_with(self.pool);
        self.dropped
            .store(if on_pool { 1 } else { 2 }, Ordering::SeqCst);
    }
}

#[test]
fn a_queued_thread_call_that_is_dropped_never_runs_and_is_dropped_on_the_pool() {
    let pool = ThreadPool::new("abandon").threads(1);
    let (release, held) = mpsc::channel::<()>();
    let running = pool.run(move || held.recv()).start();
    let dropped = Arc::new(AtomicU32::new(0));
    let argument = Witness {
        pool: "abandon",
        dropped: Arc::clone(&dropped),
    };
    let has_run = Arc::new(AtomicBool::new(false));
    let runs = Arc::clone(&has_run);
    let queued = pool.run(move || {
        let _argument = argument;
        runs.store(true, Ordering::SeqCst);
    });
    drop(queued.start());
    drop(release);
    wait(running).unwrap().unwrap_err();
    eventually("the argument is dropped", || {
        dropped.load(Ordering::SeqCst) != 0
    });
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "on the pool");
    assert!(!has_run.load(Ordering::SeqCst));
}

#[test]
fn a_result_that_nobody_takes_is_dropped_on_the_pool() {
    let pool = ThreadPool::new("untaken").threads(1);
    let dropped = Arc::new(AtomicU32::new(0));
    let result = Witness {
        pool: "untaken",
        dropped: Arc::clone(&dropped),
    };
    let call = pool.run(move || result).start();
    // The pool has one thread, so that the first result is there when the second call has run.
    wait(pool.run(|| ())).unwrap();
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(call);
    eventually("the result is dropped", || {
        dropped.load(Ordering::SeqCst) != 0
    });
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "on the pool");
}

#[test]
fn a_call_that_waits_too_long_in_the_queue_never_runs() {
    fn is_late(late: Call<Result<impl Send + 'static, Error>>) {
        let limit = Duration::from_millis(20);
        let error = wait(late.queue_timeout(limit)).err().unwrap();
        assert!(matches!(error, Error::TimedOut(_)), "{error}");
        assert_eq!(error.started(), Started::No);
        let text = error.to_string();
        assert!(text.contains("waited 20ms in the queue"), "{text}");
    }

    let marks = Marks::new();
    let pool = ProcessPool::new("late").workers(1);
    let running = tasks::hold(marks.path(), "running").on(&pool).start();
    is_late(append(&marks.file("late"), 1).on(&pool));
    marks.release("running");
    wait(running).unwrap();
    wait(tasks::pid().on(&pool).queue_timeout(LIMIT)).unwrap();
    assert!(!marks.has("late"));

    let pool = ThreadPool::new("late").threads(1);
    let (release, held) = mpsc::channel::<()>();
    let running = pool.run(move || held.recv()).start();
    is_late(pool.run(|| unreachable!("it must not run")));
    drop(release);
    wait(running).unwrap().unwrap_err();
    assert_eq!(wait(pool.run(|| 3).queue_timeout(LIMIT)).unwrap(), 3);
}

#[test]
fn a_call_that_is_refused_is_not_counted_as_taken() {
    let pool = ProcessPool::new("refusing").workers(1);
    wait(tasks::pid().on(&pool)).unwrap();
    pool.close().wait();
    for _ in 0..20_000 {
        let call = tasks::pid().on(&pool).queue_timeout(Duration::ZERO);
        assert!(matches!(call.wait(), Err(Error::Closed(_))));
    }
    let stats = pool.stats();
    assert_eq!(
        (stats.submitted, stats.failed, stats.refused),
        (1, 0, 20_000)
    );
}
