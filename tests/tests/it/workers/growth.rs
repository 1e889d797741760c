//! When a thread pool grows: for calls that block, and not for those that are merely many.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use offloop::{Error, ThreadPool};
use offloop_tests::{LIMIT, eventually, wait};

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
    // On a busy machine threads that get no core look like threads that are blocked, now and then.
    eventually("few threads are enough", || {
        let pool = ThreadPool::new("short");
        let calls: Vec<_> = (0..50_000_u64)
            .map(|number| pool.run(move || number).start())
            .collect();
        for (number, call) in (0..).zip(calls) {
            assert_eq!(call.wait().unwrap(), number);
        }
        pool.stats().workers_started < 300
    });
}

#[test]
fn a_call_behind_blocked_calls_is_served() {
    let pool = ThreadPool::new("behind");
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let blocked: Vec<_> = (0..50)
        .map(|_| {
            let held = Arc::clone(&held);
            pool.run(move || held.lock().unwrap().recv().is_ok())
                .start()
        })
        .collect();
    for number in 0..20 {
        assert_eq!(wait(pool.run(move || number)).unwrap(), number);
    }
    drop(release);
    for call in blocked {
        call.wait().unwrap();
    }
}

#[test]
fn a_call_that_will_not_wait_finds_room_where_a_thread_can_be_started() {
    let pool = ThreadPool::new("room").threads(3).queue(0);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let call = || {
        let held = Arc::clone(&held);
        pool.run(move || held.lock().unwrap().recv().is_ok())
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
    assert!(call().queue_timeout(LIMIT).wait().is_ok());
}

/// Calls of which none goes on before all of them run, on a pool that has been used for anything.
fn meet(pool: &ThreadPool, number: usize) {
    let meeting = Arc::new(Barrier::new(number));
    let calls: Vec<_> = (0..number)
        .map(|_| {
            let meeting = Arc::clone(&meeting);
            pool.run(move || meeting.wait().is_leader()).start()
        })
        .collect();
    let leaders = calls.into_iter().map(|call| call.wait().unwrap());
    assert_eq!(leaders.filter(|is_leader| *is_leader).count(), 1);
}

#[test]
fn threads_that_short_calls_leave_out_are_there_for_calls_that_block() {
    let pool = ThreadPool::new("left-out")
        .threads(50)
        .keep_alive(10 * LIMIT);
    for _ in 0..5 {
        meet(&pool, 50);
        let calls: Vec<_> = (0..20_000).map(|_| pool.run(|| ()).start()).collect();
        for call in calls {
            call.wait().unwrap();
        }
    }
    // All that there may be, and those that were idle have not been replaced.
    assert_eq!(pool.stats().workers_started, 50);
}

#[test]
fn no_wake_up_is_lost_between_work_and_rest() {
    // From several threads at once, in bursts of any size, so that threads go to rest while calls
    // come.
    let pool = ThreadPool::new("to-and-fro").threads(6);
    std::thread::scope(|scope| {
        for caller in 0..3 {
            let pool = &pool;
            scope.spawn(move || {
                for round in 0..1_000 {
                    let burst: usize = (round * 7 + caller) % 5 + 1;
                    let calls: Vec<_> = (0..burst)
                        .map(|number| pool.run(move || number).start())
                        .collect();
                    for (number, call) in calls.into_iter().enumerate() {
                        assert_eq!(call.wait().unwrap(), number);
                    }
                }
            });
        }
    });
    let stats = pool.stats();
    assert_eq!(stats.submitted, stats.finished);
    assert_eq!((stats.queued, stats.running), (0, 0));
}

#[test]
fn no_wake_up_is_lost_where_threads_end_at_once() {
    let pool = ThreadPool::new("restless")
        .threads(4)
        .keep_alive(Duration::ZERO);
    for round in 0..1_000 {
        let pair = [pool.run(move || round).start(), pool.run(|| 0).start()];
        let [one, two] = pair.map(|call| call.wait().unwrap());
        assert_eq!((one, two), (round, 0));
    }
    eventually("all threads have ended", || pool.stats().workers == 0);
}
