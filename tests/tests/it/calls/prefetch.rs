//! Calls that lie ready in a worker behind the one that runs: they have not begun, so nothing that
//! happens to that one happens to them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use offloop::{Call, Error, ProcessPool, Started, cpu_bound};
use offloop_tests::{LIMIT, Random, eventually, is_alive, kill, stop};

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

/// Says that it runs, and ends when it is told.
#[cpu_bound]
fn hold(folder: &Path, name: &str) -> u32 {
    std::fs::write(folder.join(name), "").unwrap();
    eventually("it may end", || folder.join(format!("end {name}")).exists());
    std::process::id()
}

#[cpu_bound]
fn mark(file: &Path) -> u32 {
    std::fs::write(file, "").unwrap();
    std::process::id()
}

#[cpu_bound]
fn abort_if(crash: bool) -> u32 {
    if crash {
        std::process::abort();
    }
    std::process::id()
}

/// A pool whose workers each run [`hold`], the first `a`, the second `b` and so on.
struct Held {
    pool: ProcessPool,
    folder: tempfile::TempDir,
    calls: Vec<Call<Result<u32, Error>>>,
}

impl Held {
    fn new(pool: ProcessPool, workers: usize) -> Held {
        let folder = tempfile::tempdir().unwrap();
        let mut calls = Vec::new();
        for name in ["a", "b", "c"].into_iter().take(workers) {
            calls.push(hold(folder.path(), name).on(&pool).start());
            eventually("it runs", || folder.path().join(name).exists());
        }
        Held {
            pool,
            folder,
            calls,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn release(&self, name: &str) {
        std::fs::write(self.file(&format!("end {name}")), "").unwrap();
    }
}

fn wait<R: offloop::Outcome>(call: Call<R>) -> R {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(call.wait()));
    receiver.recv_timeout(LIMIT).expect("the call ends")
}

#[test]
fn a_worker_that_is_free_takes_what_lies_ready_in_another() {
    let mut held = Held::new(ProcessPool::new("level").workers(2), 2);
    let calls: Vec<_> = (0..50).map(|_| pid().on(&held.pool).start()).collect();
    let stats = held.pool.stats();
    assert_eq!((stats.running, stats.queued), (2, 50));
    held.release("b");
    let b = wait(held.calls.pop().unwrap()).unwrap();
    // The other one is held all the while.
    for call in calls {
        assert_eq!(wait(call).unwrap(), b);
    }
    held.release("a");
    assert_ne!(wait(held.calls.pop().unwrap()).unwrap(), b);
}

#[test]
fn what_lies_ready_survives_its_worker_and_nobody_notices() {
    let mut held = Held::new(ProcessPool::new("moves").workers(1), 1);
    let calls: Vec<_> = (0..50).map(|_| pid().on(&held.pool).start()).collect();
    eventually("it has a process", || held.pool.stats().running == 1);
    let worker = {
        let worker = std::process::id();
        let workers = offloop_tests::children_of(worker);
        let mine = workers.iter().find(|pid| {
            std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| line.starts_with("offloop-worker moves "))
        });
        *mine.unwrap()
    };
    kill(worker);
    let error = wait(held.calls.pop().unwrap()).unwrap_err();
    assert!(matches!(error, Error::WorkerDied(_)), "{error}");
    assert_eq!(error.started(), Started::Yes);
    for call in calls {
        assert_ne!(wait(call).unwrap(), worker);
    }
    let stats = held.pool.stats();
    assert_eq!((stats.finished, stats.failed), (50, 1));
    assert_eq!((stats.running, stats.queued), (0, 0));
}

#[test]
fn calls_that_kill_their_worker_cost_those_behind_them_nothing() {
    let pool = ProcessPool::new("killers").workers(2);
    let calls: Vec<_> = (0..200)
        .map(|number| {
            (
                number % 10 == 3,
                abort_if(number % 10 == 3).on(&pool).start(),
            )
        })
        .collect();
    for (crashes, call) in calls {
        match wait(call) {
            Ok(_) => assert!(!crashes),
            Err(Error::WorkerDied(_)) => assert!(crashes),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(pool.stats().workers_died, 20);
}

#[test]
fn what_lies_ready_and_is_dropped_never_runs_and_harms_no_worker() {
    let mut held = Held::new(ProcessPool::new("dropped").workers(1), 1);
    let calls: Vec<_> = (0..40)
        .map(|number| {
            mark(&held.file(&format!("ran {number}")))
                .on(&held.pool)
                .start()
        })
        .collect();
    let mut kept = Vec::new();
    for (number, call) in calls.into_iter().enumerate() {
        if number % 4 == 0 {
            kept.push((number, call));
        }
    }
    held.release("a");
    let worker = wait(held.calls.pop().unwrap()).unwrap();
    let mut expected = HashSet::new();
    for (number, call) in kept {
        assert_eq!(wait(call).unwrap(), worker);
        expected.insert(number);
    }
    for number in 0..40 {
        let ran = held.file(&format!("ran {number}")).exists();
        assert_eq!(ran, expected.contains(&number), "call {number}");
    }
    assert!(is_alive(worker));
    assert_eq!(held.pool.stats().cancelled, 30);
}

#[test]
fn they_count_as_waiting_when_the_queue_is_full() {
    let mut held = Held::new(ProcessPool::new("bounded").workers(1).queue(3), 1);
    let waiting: Vec<_> = (0..2).map(|_| pid().on(&held.pool).start()).collect();
    let third = pid().on(&held.pool).try_now().start();
    let fourth = wait(pid().on(&held.pool).try_now()).unwrap_err();
    assert!(matches!(fourth, Error::QueueFull(_)), "{fourth}");
    held.release("a");
    wait(held.calls.pop().unwrap()).unwrap();
    for call in waiting {
        wait(call).unwrap();
    }
    wait(third).unwrap();
    wait(pid().on(&held.pool).try_now()).unwrap();
}

#[test]
fn one_with_a_time_limit_begins_its_time_when_it_runs() {
    let mut held = Held::new(ProcessPool::new("clock").workers(1), 1);
    let plain = pid().on(&held.pool).start();
    let limited = pid()
        .on(&held.pool)
        .timeout(Duration::from_secs(30))
        .start();
    let impatient = pid()
        .on(&held.pool)
        .queue_timeout(Duration::from_millis(20))
        .start();
    let behind = pid().on(&held.pool).start();
    let error = wait(impatient).unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)), "{error}");
    assert_eq!(error.started(), Started::No);
    held.release("a");
    wait(held.calls.pop().unwrap()).unwrap();
    wait(plain).unwrap();
    wait(limited).unwrap();
    wait(behind).unwrap();
}

#[test]
fn the_time_of_one_that_lies_ready_ends_what_it_has_begun_and_nothing_else() {
    let mut held = Held::new(ProcessPool::new("limits").workers(1), 1);
    let limit = Duration::from_millis(150);
    // It waits longer than it may run.
    let patient = pid().on(&held.pool).timeout(limit).start();
    let endless = hold(held.folder.path(), "endless")
        .on(&held.pool)
        .timeout(limit)
        .start();
    let behind = pid().on(&held.pool).timeout(limit).start();
    std::thread::sleep(4 * limit);
    assert_eq!(held.pool.stats().failed, 0, "no time has begun");
    held.release("a");
    let first = wait(held.calls.pop().unwrap()).unwrap();
    assert_eq!(wait(patient).unwrap(), first);
    eventually("it has begun", || held.file("endless").exists());
    let begun = Instant::now();
    let error = wait(endless).unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)), "{error}");
    assert_eq!(error.started(), Started::Yes);
    assert!(begun.elapsed() < LIMIT / 2);
    assert_ne!(wait(behind).unwrap(), first, "that worker was killed");
}

#[test]
fn a_worker_that_takes_up_no_calls_costs_them_none_of_their_time() {
    let pool = ProcessPool::new("stuck").workers(1);
    let worker = wait(pid().on(&pool)).unwrap();
    stop(worker);
    let limit = Duration::from_millis(200);
    let calls = [0; 2].map(|_| pid().on(&pool).timeout(limit).start());
    for call in calls {
        assert_ne!(wait(call).unwrap(), worker);
    }
}

#[test]
fn a_pool_that_closes_runs_them_and_one_that_is_shut_down_tells_them() {
    let mut held = Held::new(ProcessPool::new("closing").workers(1), 1);
    let calls: Vec<_> = (0..40).map(|_| pid().on(&held.pool).start()).collect();
    let closing = held.pool.close();
    held.release("a");
    let worker = wait(held.calls.pop().unwrap()).unwrap();
    for call in calls {
        assert_eq!(wait(call).unwrap(), worker);
    }
    closing.wait();

    let mut held = Held::new(ProcessPool::new("cut").workers(1), 1);
    let calls: Vec<_> = (0..40).map(|_| pid().on(&held.pool).start()).collect();
    held.pool.shutdown(Duration::ZERO).wait();
    let error = wait(held.calls.pop().unwrap()).unwrap_err();
    assert_eq!(error.started(), Started::Yes);
    for call in calls {
        let error = wait(call).unwrap_err();
        assert!(matches!(error, Error::Closed(_)), "{error}");
        assert_eq!(error.started(), Started::No);
    }
}

#[test]
fn a_worker_that_is_recycled_takes_no_more_than_its_share() {
    let pool = ProcessPool::new("share").workers(1).recycle_after(10);
    let calls: Vec<_> = (0..100).map(|_| pid().on(&pool).start()).collect();
    let mut pids: Vec<_> = calls.into_iter().map(|call| wait(call).unwrap()).collect();
    for chunk in pids.chunks(10) {
        assert!(chunk.iter().all(|pid| *pid == chunk[0]), "{pids:?}");
    }
    pids.dedup();
    assert_eq!(pids.len(), 10);
}

/// Every call has one outcome, however callers come and go while calls are given ahead, taken back and
/// taken from one worker by another. A wake-up that is lost is a call that does not end.
#[test]
fn a_thousand_rounds_of_coming_and_going_lose_nothing() {
    let pool = ProcessPool::new("rounds").workers(3);
    let mut random = Random::new(11);
    let mut submitted = 0;
    for _ in 0..1_000 {
        let count = 1 + random.below(40);
        let calls: Vec<_> = (0..count).map(|_| pid().on(&pool).start()).collect();
        submitted += count as u64;
        for call in calls {
            match random.below(16) {
                0..4 => drop(call),
                4..7 => call.detach(),
                _ => drop(call.wait().unwrap()),
            }
        }
        if random.below(8) == 0 {
            eventually("all workers rest", || {
                let stats = pool.stats();
                stats.idle == stats.workers
            });
        }
    }
    eventually("nothing is left", || {
        let stats = pool.stats();
        stats.running == 0 && stats.queued == 0
    });
    let stats = pool.stats();
    assert_eq!(stats.submitted, submitted);
    assert_eq!(stats.finished + stats.cancelled, submitted);
    assert_eq!(stats.failed, 0);
}
