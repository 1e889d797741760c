//! `shutdown`: the end of a pool that does not wait for ever.

use std::sync::mpsc;
use std::time::Duration;

use offloop::{Error, ProcessPool, Started, ThreadPool, context};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, Marks, eventually, in_time, is_alive, tasks, wait};

use crate::workers::hooks;

const SOON: Duration = Duration::from_millis(50);

fn closed(outcome: Result<impl std::fmt::Debug, Error>, started: Started) {
    match outcome {
        Err(Error::Closed(refused)) => assert_eq!(refused.started, started),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_process_pool_that_is_shut_down_kills_what_is_not_through() {
    let marks = Marks::new();
    let pool = ProcessPool::new("down").workers(1);
    let running = tasks::spin_with_a_child(&marks.file("pids"))
        .on(&pool)
        .start();
    let queued = pid().on(&pool).start();
    let processes = marks.wait_for_pids("pids");

    in_time("the pool ends", {
        let closing = pool.shutdown(SOON);
        || closing.wait()
    });
    closed(wait(running), Started::Yes);
    closed(wait(queued), Started::No);
    closed(wait(pid().on(&pool)), Started::No);
    assert!(!is_alive(processes[0]));
    eventually("its child is gone too", || !is_alive(processes[1]));
    let stats = pool.stats();
    assert_eq!((stats.workers, stats.submitted, stats.failed), (0, 2, 2));
}

#[test]
fn a_pool_that_is_through_in_time_loses_nothing() {
    let pool = ProcessPool::new("in-time").workers(1);
    let calls: Vec<_> = (0..20).map(|_| pid().on(&pool).start()).collect();
    pool.shutdown(10 * LIMIT).wait();
    for call in calls {
        wait(call).unwrap();
    }
    assert_eq!(pool.stats().workers, 0);

    let pool = ThreadPool::new("in-time");
    let calls: Vec<_> = (0..20).map(|n| pool.run(move || n).start()).collect();
    pool.shutdown(10 * LIMIT).wait();
    for (n, call) in calls.into_iter().enumerate() {
        assert_eq!(wait(call).unwrap(), n);
    }
}

#[test]
fn a_shutdown_may_be_hurried() {
    let marks = Marks::new();
    let pool = ProcessPool::new("hurried").workers(1);
    let running = tasks::spin_with_a_child(&marks.file("pids"))
        .on(&pool)
        .start();
    let patient = pool.shutdown(10 * LIMIT);
    in_time("both end", move || {
        pool.shutdown(Duration::ZERO).wait();
        patient.wait();
    });
    assert!(matches!(wait(running), Err(Error::Closed(_))));
}

#[test]
fn a_shutdown_does_not_wait_for_workers_that_start() {
    for micros in (0..4000).step_by(200) {
        // Those of the first pool are never ready, those of the second soon.
        let never = ProcessPool::new("starting")
            .workers(2)
            .envs(hooks::HANG)
            .start_timeout(10 * LIMIT);
        let soon = ProcessPool::new("too-late").workers(2);
        for pool in [never, soon] {
            let calls = [pid().on(&pool).start(), pid().on(&pool).start()];
            let pool = in_time("the pool ends", move || {
                pool.shutdown(Duration::from_micros(micros)).wait();
                pool
            });
            for call in calls {
                let outcome = wait(call);
                assert!(
                    matches!(outcome, Ok(_) | Err(Error::Closed(_))),
                    "{outcome:?}"
                );
            }
            assert_eq!(pool.stats().workers, 0);
        }
    }
}

#[test]
fn a_thread_pool_that_is_shut_down_leaves_a_stuck_thread_to_itself() {
    let pool = ThreadPool::new("down-threads").threads(2);
    let (release, held) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let stuck = pool.run(move || held.recv()).start();
    let polite = pool
        .run(move || {
            eventually("it is cancelled", context::cancelled);
            tell.send(()).unwrap();
        })
        .start();
    let queued = pool.run(|| ()).start();
    eventually("both run", || pool.stats().running == 2);

    pool.shutdown(SOON).wait();
    closed(wait(stuck), Started::Yes);
    closed(wait(polite), Started::Yes);
    closed(wait(queued), Started::No);
    told.recv_timeout(LIMIT).unwrap();
    assert_eq!(pool.stats().workers_started, 2);
    drop(release);
    eventually("the threads end when they can", || {
        pool.stats().workers == 0
    });
    let stats = pool.stats();
    assert_eq!((stats.submitted, stats.failed), (3, 3));
}
