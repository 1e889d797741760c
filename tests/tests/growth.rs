//! When a thread pool grows: for calls that block, and not for those that are merely many.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use offloop::{Error, ThreadPool};
use offloop_tests::eventually;

#[test]
fn calls_that_block_get_as_many_threads_as_they_need() {
    let pool = ThreadPool::new("blocked").threads(200);
    // None of them goes on before all of them run.
    let meeting = Arc::new(Barrier::new(200));
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let meeting = Arc::clone(&meeting);
            pool.run(move || meeting.wait().is_leader()).start()
        })
        .collect();
    let leaders = calls.into_iter().filter_map(|call| call.wait().ok());
    assert_eq!(leaders.filter(|is_leader| *is_leader).count(), 1);
    assert_eq!(pool.stats().workers_started, 200);
}

#[test]
fn calls_that_are_many_and_short_are_left_to_few_threads() {
    let pool = ThreadPool::new("short");
    let calls: Vec<_> = (0..50_000_u64)
        .map(|number| pool.run(move || number).start())
        .collect();
    for (number, call) in (0..).zip(calls) {
        assert_eq!(call.wait().unwrap(), number);
    }
    let started = pool.stats().workers_started;
    assert!(started < 300, "{started} threads were started");
}

#[test]
fn a_call_behind_blocked_ones_is_served_soon() {
    let pool = ThreadPool::new("behind");
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = Arc::new(std::sync::Mutex::new(wait));
    let blocked: Vec<_> = (0..50)
        .map(|_| {
            let wait = Arc::clone(&wait);
            pool.run(move || wait.lock().unwrap().recv().is_ok())
                .start()
        })
        .collect();
    for number in 0..20 {
        assert_eq!(pool.run(move || number).wait().unwrap(), number);
    }
    drop(release);
    for call in blocked {
        call.wait().unwrap();
    }
}

#[test]
fn a_call_that_will_not_wait_finds_room_where_a_thread_can_be_started() {
    let pool = ThreadPool::new("room").threads(3).queue(0);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = Arc::new(std::sync::Mutex::new(wait));
    let call = || {
        let wait = Arc::clone(&wait);
        pool.run(move || wait.lock().unwrap().recv().is_ok())
            .try_now()
            .start()
    };
    let accepted = [call(), call(), call()];
    eventually("all three run", || pool.stats().running == 3);
    assert!(matches!(call().wait(), Err(Error::QueueFull(_))));
    drop(release);
    for call in accepted {
        call.wait().unwrap();
    }
    let idle = || pool.stats().idle == 3;
    eventually("all are idle", idle);
    assert!(call().queue_timeout(Duration::from_secs(60)).wait().is_ok());
}
