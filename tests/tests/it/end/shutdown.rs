//! The end of a pool that does not wait for ever.

use std::sync::mpsc;
use std::time::Duration;

use offloop::{Error, ProcessPool, Started, ThreadPool, context, cpu_bound};
use offloop_tests::{LIMIT, children_of, eventually, is_alive};

const SOON: Duration = Duration::from_millis(50);

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

/// Writes its pid, and a child's, and never ends.
#[cpu_bound]
#[allow(clippy::zombie_processes, reason = "both are to be killed")]
fn stuck(file: &str) {
    let child = std::process::Command::new("sleep").arg("1000").spawn();
    let line = format!("{} {}\n", std::process::id(), child.unwrap().id());
    std::fs::write(file, line).unwrap();
    loop {
        std::hint::spin_loop();
    }
}

fn pids(file: &str) -> Option<Vec<u32>> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.strip_suffix('\n')?;
    line.split(' ').map(|pid| pid.parse().ok()).collect()
}

fn closed(outcome: Result<impl std::fmt::Debug, Error>, started: Started) {
    match outcome {
        Err(Error::Closed(refused)) => assert_eq!(refused.started, started),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_process_pool_that_is_shut_down_kills_what_is_not_through() {
    let pool = ProcessPool::new("down").workers(1);
    let file = std::env::temp_dir().join(format!("offloop-down-{}", std::process::id()));
    let file = file.to_str().unwrap();
    let running = stuck(file).on(&pool).start();
    let queued = pid().on(&pool).start();
    eventually("it runs", || pids(file).is_some());
    let alive = pids(file).unwrap();

    pool.shutdown(SOON).wait();
    closed(running.wait(), Started::Yes);
    closed(queued.wait(), Started::No);
    closed(pid().on(&pool).wait(), Started::No);
    assert!(!alive.iter().any(|pid| is_alive(*pid)), "its child too");
    let stats = pool.stats();
    assert_eq!((stats.workers, stats.submitted, stats.failed), (0, 2, 2));
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_pool_that_is_through_in_time_loses_nothing() {
    let pool = ProcessPool::new("in-time").workers(1);
    let calls: Vec<_> = (0..20).map(|_| pid().on(&pool).start()).collect();
    pool.shutdown(LIMIT * 10).wait();
    for call in calls {
        call.wait().unwrap();
    }
    assert!(children_of(std::process::id()).is_empty() || pool.stats().workers == 0);

    let pool = ThreadPool::new("in-time");
    let calls: Vec<_> = (0..20).map(|n| pool.run(move || n).start()).collect();
    pool.shutdown(LIMIT * 10).wait();
    for (n, call) in calls.into_iter().enumerate() {
        assert_eq!(call.wait().unwrap(), n);
    }
}

#[test]
fn a_shutdown_may_be_hurried() {
    let pool = ProcessPool::new("hurried").workers(1);
    let file = std::env::temp_dir().join(format!("offloop-hurried-{}", std::process::id()));
    let running = stuck(file.to_str().unwrap()).on(&pool).start();
    let patient = pool.shutdown(LIMIT * 10);
    pool.shutdown(Duration::ZERO).wait();
    patient.wait();
    assert!(matches!(running.wait(), Err(Error::Closed(_))));
    let _ = std::fs::remove_file(file);
}

#[test]
fn a_thread_pool_that_is_shut_down_leaves_a_stuck_thread_to_itself() {
    let pool = ThreadPool::new("down-threads").threads(2);
    let (release, wait) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let stuck = pool.run(move || wait.recv()).start();
    let polite = pool
        .run(move || {
            eventually("it is cancelled", context::cancelled);
            tell.send(()).unwrap();
        })
        .start();
    let queued = pool.run(|| ()).start();
    eventually("both run", || pool.stats().running == 2);

    pool.shutdown(SOON).wait();
    closed(stuck.wait(), Started::Yes);
    closed(polite.wait(), Started::Yes);
    closed(queued.wait(), Started::No);
    told.recv_timeout(LIMIT).unwrap();
    assert_eq!(pool.stats().workers_started, 2);
    drop(release);
    eventually("the threads end when they can", || {
        pool.stats().workers == 0
    });
    let stats = pool.stats();
    assert_eq!((stats.submitted, stats.failed), (3, 3));
}

#[test]
fn workers_that_are_only_starting_are_no_reason_to_wait() {
    for _ in 0..20 {
        let pool = ProcessPool::new("too-late").workers(2);
        let calls = [pid().on(&pool).start(), pid().on(&pool).start()];
        pool.shutdown(Duration::ZERO).wait();
        for call in calls {
            let outcome = call.wait();
            assert!(
                matches!(outcome, Ok(_) | Err(Error::Closed(_))),
                "{outcome:?}"
            );
        }
        assert_eq!(pool.stats().workers, 0);
    }
}
