//! Workers that are there and of no use: stopped, dead and not yet buried, or without their
//! descriptors. They cost no call that they did not begin, and no time to speak of.

use std::time::{Duration, Instant};

use offloop::{Error, ProcessPool, Shared, Started, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, Marks, eventually, is_alive, kill, stop, tasks, wait};
use serde::{Deserialize, Serialize, Serializer};

#[cpu_bound]
fn length(bytes: Shared<[u8]>, more: Vec<u8>) -> usize {
    bytes.len() + more.len()
}

/// Stops its own process; this thread goes on until the signal gets to it.
#[cpu_bound]
fn stop_yourself() -> u32 {
    // SAFETY: a signal, which stops this process or one of its threads first.
    unsafe { libc::raise(libc::SIGSTOP) };
    std::process::id()
}

#[cpu_bound]
fn close_all() -> u32 {
    for descriptor in 3..256 {
        // SAFETY: none; it does what a careless library does that makes a daemon of a process.
        unsafe { libc::close(descriptor) };
    }
    std::process::id()
}

#[test]
fn an_idle_worker_that_was_stopped_costs_no_call() {
    let pool = ProcessPool::new("stopped").workers(2);
    let workers = [wait(pid().on(&pool)), wait(pid().on(&pool))].map(Result::unwrap);
    stop(workers[1]);
    for _ in 0..5 {
        assert!(is_alive(wait(pid().on(&pool)).unwrap()));
    }
    eventually("it was killed", || !is_alive(workers[1]));
}

#[tokio::test]
async fn a_worker_that_was_stopped_is_killed_though_its_callers_lose_patience() {
    static POOL: ProcessPool = ProcessPool::new("impatient").workers(1);
    let worker = pid().on(&POOL).await.unwrap();
    stop(worker);
    let start = Instant::now();
    while tokio::time::timeout(Duration::from_millis(100), pid().on(&POOL))
        .await
        .is_err()
    {
        assert!(start.elapsed() < LIMIT, "it is never replaced");
    }
    assert!(!is_alive(worker));
}

#[test]
fn a_function_that_stops_its_own_process_is_not_the_end_of_the_pool() {
    let pool = ProcessPool::new("self").workers(2);
    for _ in 0..4 {
        // It was begun, so that it may run for ever, and has to have a limit.
        let outcome = wait(stop_yourself().on(&pool).timeout(Duration::from_secs(2)));
        assert!(matches!(outcome, Ok(_) | Err(Error::TimedOut(_))));
        wait(pid().on(&pool)).unwrap();
    }
}

#[test]
fn a_call_for_a_worker_that_has_just_died_goes_to_another() {
    let pool = ProcessPool::new("dead").workers(1);
    let shared = Shared::<[u8]>::copy_from(&[1; 5000]).unwrap();
    for round in 0_u32..200 {
        kill(wait(pid().on(&pool)).unwrap());
        // So that each moment of its death comes.
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(u64::from(round) * 3) {}
        let more = if round % 2 == 0 { 0 } else { 300_000 };
        let call = length(shared.clone(), vec![0; more]).on(&pool);
        assert_eq!(wait(call).unwrap(), 5000 + more, "round {round}");
    }
}

#[test]
fn a_worker_without_descriptors_still_answers_and_is_replaced_at_once() {
    let pool = ProcessPool::new("closed").workers(1);
    let start = Instant::now();
    for _ in 0..20 {
        let worker = wait(close_all().on(&pool)).unwrap();
        // On a busy machine it may answer once more before the pool knows.
        eventually("another takes its place", || {
            wait(pid().on(&pool)).unwrap() != worker
        });
    }
    // Waiting for it to end by itself would take five seconds each time.
    assert!(start.elapsed() < Duration::from_secs(90));
}

/// Cannot be encoded, or dropped, without a panic.
#[derive(Deserialize)]
struct Bomb {
    fails: bool,
    bytes: Vec<u8>,
}

impl Serialize for Bomb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(!self.fails, "it fails to be encoded");
        self.bytes.serialize(serializer)
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("it goes off");
    }
}

#[cpu_bound]
fn take(bomb: Bomb) {
    std::mem::forget(bomb);
}

#[test]
fn arguments_that_panic_when_they_are_dropped_are_no_panic_of_the_caller() {
    for size in [10, 300_000] {
        let bomb = |fails| Bomb {
            fails,
            bytes: vec![1; size],
        };
        let pool = ProcessPool::new("bombs").workers(1).queue(0);
        let error = wait(take(bomb(true)).on(&pool)).unwrap_err();
        assert!(matches!(error, Error::Encode(_)), "{error}");

        let marks = Marks::new();
        let busy = tasks::hold(marks.path(), "busy").on(&pool).start();
        marks.wait_for("busy");
        let error = wait(take(bomb(false)).on(&pool).try_now()).unwrap_err();
        assert!(matches!(error, Error::QueueFull(_)), "{error}");
        drop(take(bomb(false)).on(&pool).start());
        let queued = take(bomb(false)).on(&pool).start();
        pool.shutdown(Duration::ZERO).wait();
        assert_eq!(wait(queued).unwrap_err().started(), Started::No);
        wait(busy).unwrap_err();
        let error = wait(take(bomb(false)).on(&pool)).unwrap_err();
        assert!(matches!(error, Error::Closed(_)), "{error}");
        let stats = pool.stats();
        let ended = stats.finished + stats.failed + stats.cancelled;
        assert_eq!(stats.submitted, ended, "{stats:?}");
    }
}
