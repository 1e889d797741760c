//! Calls that a worker has ahead of time, behind the one that runs: they have not begun, so nothing
//! that happens to that one happens to them.

use std::path::Path;
use std::time::Duration;

use offloop::{Call, Error, ProcessPool, Started, cpu_bound};
use offloop_tests::{Marks, Random, died, eventually, is_alive, kill, tasks, wait};

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

/// A pool whose workers each run [`tasks::hold`], the first `a`, the second `b`.
struct Held {
    pool: ProcessPool,
    marks: Marks,
    calls: Vec<Call<Result<u32, Error>>>,
}

impl Held {
    fn new(pool: ProcessPool, workers: usize) -> Held {
        let marks = Marks::new();
        let mut calls = Vec::new();
        for name in ["a", "b"].into_iter().take(workers) {
            calls.push(tasks::hold(marks.path(), name).on(&pool).start());
            marks.wait_for(name);
        }
        Held { pool, marks, calls }
    }

    /// So many calls behind those that run.
    fn behind(&self, count: usize) -> Vec<Call<Result<u32, Error>>> {
        (0..count)
            .map(|_| tasks::pid().on(&self.pool).start())
            .collect()
    }

    /// Lets the last one that runs end.
    fn release(&mut self) -> u32 {
        self.marks.release(["a", "b"][self.calls.len() - 1]);
        wait(self.calls.pop().unwrap()).unwrap()
    }
}

#[test]
fn a_free_worker_takes_the_calls_that_wait_in_another() {
    let mut held = Held::new(ProcessPool::new("level").workers(2), 2);
    let calls = held.behind(50);
    let stats = held.pool.stats();
    assert_eq!((stats.running, stats.queued), (2, 50));
    let b = held.release();
    // The other one is held all the while.
    for call in calls {
        assert_eq!(wait(call).unwrap(), b);
    }
    assert_ne!(held.release(), b);
}

#[test]
fn calls_that_wait_in_a_worker_survive_its_death() {
    let mut held = Held::new(ProcessPool::new("moves").workers(1), 1);
    let calls = held.behind(50);
    let worker = held.marks.wait_for_pids("a")[0];
    kill(worker);
    let death = died(wait(held.calls.pop().unwrap()));
    assert_eq!(death.pid, worker);
    for call in calls {
        assert_ne!(wait(call).unwrap(), worker);
    }
    let stats = held.pool.stats();
    assert_eq!((stats.finished, stats.failed), (50, 1));
    assert_eq!((stats.running, stats.queued), (0, 0));
}

#[test]
fn calls_that_kill_their_worker_cost_the_calls_behind_them_nothing() {
    for workers in [1, 2] {
        let pool = ProcessPool::new("killers").workers(workers);
        let calls: Vec<_> = (0..100)
            .map(|number| {
                let crashes = number % 10 == 3;
                (crashes, abort_if(crashes).on(&pool).start())
            })
            .collect();
        for (crashes, call) in calls {
            let outcome = wait(call);
            if crashes {
                let error = Error::WorkerDied(Box::new(died(outcome)));
                assert_eq!(error.started(), Started::Yes);
            } else {
                outcome.unwrap();
            }
        }
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.failed), (90, 10));
        assert_eq!(stats.workers_died, 10);
    }
}

#[test]
fn calls_that_are_dropped_while_they_wait_in_a_worker_never_run_and_do_it_no_harm() {
    let mut held = Held::new(ProcessPool::new("dropped").workers(1), 1);
    let file = |number: usize| held.marks.file(&format!("ran {number}"));
    let calls: Vec<_> = (0..40)
        .map(|number| mark(&file(number)).on(&held.pool).start())
        .collect();
    let is_kept = |number: usize| number.is_multiple_of(4);
    let kept: Vec<_> = (0..)
        .zip(calls)
        .filter(|(number, _)| is_kept(*number))
        .collect();
    let files: Vec<_> = (0..40).map(file).collect();
    let worker = held.release();
    for (_, call) in kept {
        assert_eq!(wait(call).unwrap(), worker);
    }
    for (number, file) in files.iter().enumerate() {
        assert_eq!(file.exists(), is_kept(number), "call {number}");
    }
    assert!(is_alive(worker));
    assert_eq!(held.pool.stats().cancelled, 30);
}

#[test]
fn calls_that_wait_in_a_worker_run_when_their_pool_closes() {
    let mut held = Held::new(ProcessPool::new("closing").workers(1), 1);
    let calls = held.behind(40);
    let closing = held.pool.close();
    let worker = held.release();
    for call in calls {
        assert_eq!(wait(call).unwrap(), worker);
    }
    closing.wait();
}

#[test]
fn calls_that_wait_in_a_worker_are_told_when_their_pool_is_shut_down() {
    let mut held = Held::new(ProcessPool::new("cut").workers(1), 1);
    let calls = held.behind(40);
    held.pool.shutdown(Duration::ZERO).wait();
    let error = wait(held.calls.pop().unwrap()).unwrap_err();
    assert_eq!(error.started(), Started::Yes);
    for call in calls {
        let error = wait(call).unwrap_err();
        assert!(matches!(error, Error::Closed(_)), "{error}");
        assert_eq!(error.started(), Started::No);
    }
}

/// Every call has one outcome, however callers come and go while calls are given ahead, taken back
/// and taken from one worker by another. A wake-up that is lost is a call that does not end.
#[test]
fn no_call_is_lost_while_callers_come_and_go() {
    let pool = ProcessPool::new("rounds").workers(3);
    let mut random = Random::new(11);
    let mut submitted = 0;
    for _ in 0..1_000 {
        let count = 1 + random.below(40);
        let calls: Vec<_> = (0..count).map(|_| tasks::pid().on(&pool).start()).collect();
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
