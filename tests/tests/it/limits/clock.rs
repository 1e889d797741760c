//! When the clocks of a call start.

use std::time::{Duration, Instant};

use offloop::{Call, Error, ProcessPool, Started, cpu_bound};
use offloop_tests::{LIMIT, Marks, eventually, stop, tasks, wait};

/// Asserts that the call has run, and that for too long. Returns its worker.
fn is_out_of_time(call: Call<Result<(), Error>>) -> Option<u32> {
    match wait(call).unwrap_err() {
        error @ Error::TimedOut(_) => {
            assert_eq!(error.started(), Started::Yes, "{error}");
            let Error::TimedOut(late) = error else {
                unreachable!()
            };
            late.pid
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_clock_of_a_timeout_starts_with_the_run() {
    let marks = Marks::new();
    let pool = ProcessPool::new("clock").workers(1);
    let running = tasks::hold(marks.path(), "running").on(&pool).start();
    marks.wait_for("running");
    let limit = Duration::from_millis(100);
    let submitted = Instant::now();
    let endless = tasks::spin().on(&pool).timeout(limit).start();
    let patient = tasks::pid().on(&pool).timeout(LIMIT).start();
    eventually("it has waited longer than it may run", || {
        submitted.elapsed() > 3 * limit
    });
    let stats = pool.stats();
    assert_eq!((stats.queued, stats.failed), (2, 0), "no time has begun");
    marks.release("running");
    let worker = wait(running).unwrap();
    assert_eq!(is_out_of_time(endless), Some(worker));
    assert_ne!(wait(patient).unwrap(), worker, "that worker was killed");
}

#[test]
fn a_worker_that_takes_up_no_calls_costs_them_none_of_their_time() {
    let pool = ProcessPool::new("stuck").workers(1);
    let worker = wait(tasks::pid().on(&pool)).unwrap();
    stop(worker);
    // Less than the pool takes to find it stuck.
    let limit = Duration::from_millis(200);
    let calls = [0; 2].map(|_| tasks::spin().on(&pool).timeout(limit).start());
    for call in calls {
        let another = is_out_of_time(call);
        assert!(another.is_some_and(|pid| pid != worker));
    }
}

#[test]
fn the_timeout_of_an_attribute_holds_and_a_call_may_change_it() {
    const LIMIT_OF_ALL: Duration = Duration::from_millis(50);

    #[cpu_bound(timeout = LIMIT_OF_ALL)]
    fn spin_for(duration: Duration) {
        let start = Instant::now();
        while start.elapsed() < duration {
            std::hint::spin_loop();
        }
    }

    is_out_of_time(spin_for(Duration::MAX));
    wait(spin_for(2 * LIMIT_OF_ALL).timeout(LIMIT)).unwrap();
}
