//! How many workers a pool has, and when they go.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use offloop::{ProcessPool, ThreadPool, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, Marks, eventually, is_alive, kill, tasks, wait};

/// Makes so many calls that run at the same time.
fn together(pool: &ProcessPool, calls: usize) {
    let marks = Marks::new();
    let calls: Vec<_> = (0..calls)
        .map(|_| tasks::meet(marks.path(), calls).on(pool).start())
        .collect();
    for call in calls {
        wait(call).unwrap();
    }
}

#[test]
fn idle_workers_end_but_for_those_that_are_kept() {
    let limit = Duration::from_millis(100);
    let pool = ProcessPool::new("idle")
        .workers(4)
        .min_workers(1)
        .idle_timeout(limit);
    together(&pool, 4);
    eventually("three are gone", || {
        let stats = pool.stats();
        (stats.workers, stats.idle) == (1, 1)
    });
    let stats = pool.stats();
    assert_eq!((stats.workers_started, stats.workers_died), (4, 0));
    let kept = wait(pid().on(&pool)).unwrap();

    // It is still there when one that has been idle for a shorter time is gone.
    let none_kept = ProcessPool::new("idle-all").idle_timeout(limit);
    let worker = wait(pid().on(&none_kept)).unwrap();
    eventually("the last one is gone", || none_kept.stats().workers == 0);
    assert!(!is_alive(worker));
    assert_ne!(wait(pid().on(&none_kept)).unwrap(), worker);
    assert_eq!(wait(pid().on(&pool)).unwrap(), kept);
}

#[test]
fn workers_that_are_kept_start_with_the_first_call_and_are_replaced() {
    let pool = ProcessPool::new("kept").workers(3).min_workers(3);
    assert_eq!(pool.stats().workers, 0, "not before");
    let worker = wait(pid().on(&pool)).unwrap();
    eventually("all three are there", || pool.stats().idle == 3);
    kill(worker);
    eventually("another took its place", || {
        let stats = pool.stats();
        (stats.workers_started, stats.idle) == (4, 3)
    });
}

#[test]
fn a_worker_that_has_grown_goes_when_another_is_ready() {
    #[cpu_bound]
    fn leak(bytes: usize) -> u32 {
        std::mem::forget(std::hint::black_box(vec![1_u8; bytes]));
        std::process::id()
    }
    let pool = ProcessPool::new("grown")
        .workers(1)
        .recycle_above(200 << 20);
    let first = wait(leak(1 << 20).on(&pool)).unwrap();
    assert_eq!(wait(leak(300 << 20).on(&pool)).unwrap(), first);
    // No call waits for the other to start, so the first may still answer some.
    eventually("another has taken over", || {
        wait(pid().on(&pool)).unwrap() != first
    });
    eventually("the first is gone", || pool.stats().workers == 1);
    assert!(!is_alive(first));
    let stats = pool.stats();
    assert_eq!((stats.workers_started, stats.workers_died), (2, 0));
}

#[test]
fn a_worker_is_recycled_after_its_calls() {
    let pool = ProcessPool::new("share").workers(1).recycle_after(10);
    let calls: Vec<_> = (0..100).map(|_| pid().on(&pool).start()).collect();
    let mut pids: Vec<_> = calls.into_iter().map(|call| wait(call).unwrap()).collect();
    for chunk in pids.chunks(10) {
        assert!(chunk.iter().all(|pid| *pid == chunk[0]), "{pids:?}");
    }
    pids.dedup();
    assert_eq!(pids.len(), 10);
    eventually("all but the last are gone", || {
        !pids[..9].iter().any(|pid| is_alive(*pid))
    });
    assert_eq!(pool.stats().workers_died, 0);
}

#[test]
fn a_worker_that_is_replaced_may_leave_for_another_reason() {
    let pools: [fn() -> ProcessPool; 3] = [
        || ProcessPool::new("both").recycle_after(2),
        || ProcessPool::new("idle").idle_timeout(Duration::from_millis(1)),
        || ProcessPool::new("sizes"),
    ];
    for make in pools {
        for _ in 0..3 {
            let pool = make().workers(2).recycle_above(1);
            for round in 0..20 {
                let calls = [pid().on(&pool).start(), pid().on(&pool).start()];
                for call in calls {
                    wait(call).unwrap();
                }
                if pool.stats().workers_started % 3 == 0 {
                    pool.resize(1 + round % 2).unwrap();
                }
            }
            pool.close().wait();
            let stats = pool.stats();
            assert_eq!((stats.workers, stats.workers_died), (0, 0));
        }
    }
}

#[test]
fn a_process_pool_is_resized_while_it_works() {
    let pool = ProcessPool::new("resized").workers(1);
    wait(pid().on(&pool)).unwrap();
    pool.resize(3).unwrap();
    together(&pool, 3);
    assert_eq!(pool.stats().workers, 3);
    pool.resize(1).unwrap();
    eventually("two are gone", || pool.stats().workers == 1);
    assert_eq!(pool.stats().workers_died, 0);
    wait(pid().on(&pool)).unwrap();

    let error = pool.resize(0).unwrap_err();
    assert!(error.to_string().contains("close it instead"), "{error}");
}

#[test]
fn a_busy_worker_beyond_the_new_size_leaves_after_its_call() {
    let marks = Marks::new();
    let pool = ProcessPool::new("shrunk").workers(2);
    let calls = ["a", "b"].map(|name| {
        let call = tasks::hold(marks.path(), name).on(&pool).start();
        marks.wait_for(name);
        call
    });
    pool.resize(1).unwrap();
    assert_eq!(pool.stats().running, 2);
    marks.release("a");
    marks.release("b");
    for call in calls {
        wait(call).unwrap();
    }
    eventually("one is gone", || pool.stats().workers == 1);
}

#[test]
fn a_thread_pool_is_resized_while_it_works() {
    let pool = ThreadPool::new("resized-threads").threads(1);
    let meeting = Arc::new(Barrier::new(3));
    let calls = [(); 3].map(|()| {
        let meeting = meeting.clone();
        pool.run(move || meeting.wait()).start()
    });
    assert_eq!(pool.stats().workers, 1);
    pool.resize(3).unwrap();
    for call in calls {
        wait(call).unwrap();
    }
    assert_eq!(pool.stats().workers, 3);
    pool.resize(1).unwrap();
    eventually("two are gone", || pool.stats().workers == 1);
    assert_eq!(wait(pool.run(|| 7)).unwrap(), 7);
    assert!(pool.resize(0).is_err());
}

#[test]
fn idle_threads_end() {
    /// Those of the pool `brief`.
    fn threads() -> usize {
        let own = std::fs::read_dir("/proc/self/task").unwrap();
        let names =
            own.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.starts_with("brief-")).count()
    }

    let pool = ThreadPool::new("brief").keep_alive(Duration::from_millis(20));
    let meeting = Arc::new(Barrier::new(8));
    let calls = [(); 8].map(|()| {
        let meeting = Arc::clone(&meeting);
        pool.run(move || {
            meeting.wait();
            threads()
        })
        .start()
    });
    for call in calls {
        assert!(wait(call).unwrap() > 0);
    }
    eventually("all idle threads have ended", || {
        threads() == 0 && pool.stats().workers == 0
    });
    assert_eq!(wait(pool.run(|| 1).queue_timeout(LIMIT)).unwrap(), 1);
}
