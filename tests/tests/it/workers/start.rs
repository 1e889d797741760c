//! How workers start, what they find around them, and what becomes of calls where none can start.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use offloop::{Error, ProcessPool, Started, ThreadPool, cpu_bound};
use offloop_tests::{Marks, tasks, wait};

use super::hooks;

/// A pool whose workers cannot be started at all.
fn nowhere() -> ProcessPool {
    ProcessPool::new("nowhere").current_dir("/no/such/folder")
}

#[test]
fn a_worker_that_cannot_start_is_an_error_with_its_reason() {
    // What the kernel says of the folder, what is seen of a worker that has no memory, and what one
    // says itself that has too little.
    for (pool, words) in [
        (nowhere().workers(1), "No such file"),
        (
            ProcessPool::new("starved").workers(1).memory_limit(4096),
            "ended before it was ready",
        ),
        (
            ProcessPool::new("hungry").workers(1).memory_limit(2 << 20),
            "because it stopped: a worker cannot start its thread; is the pool's `memory_limit` too",
        ),
    ] {
        let error = wait(tasks::pid().on(&pool)).unwrap_err();
        assert!(matches!(error, Error::CannotStart(_)), "{error}");
        assert_eq!(error.started(), Started::No);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn workers_that_do_not_start_are_tried_again_after_a_pause_that_grows() {
    let pool = nowhere().workers(4);
    let start = Instant::now();
    let calls: Vec<_> = (0..100).map(|_| tasks::pid().on(&pool).start()).collect();
    for call in calls {
        assert!(matches!(wait(call), Err(Error::CannotStart(_))));
    }
    // 100 and 200 milliseconds lie between the three rounds that the first call waits for, of at
    // most 4 starts each. On a busy machine the last call may come after these.
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(300), "{took:?}");
    let stats = pool.stats();
    let rounds = 1 + took.as_millis() / 100;
    assert!(u128::from(stats.workers_started) <= 4 * rounds, "{stats:?}");
    assert_eq!((stats.failed, stats.queued, stats.workers), (100, 0, 0));
}

#[test]
fn a_start_that_failed_beside_one_that_succeeds_is_made_good() {
    let marks = Marks::new();
    let pool = ProcessPool::new("made-good")
        .workers(2)
        .envs(hooks::first_fails(&marks.file("failed")));
    // Each waits for the other.
    let folder = Marks::new();
    let calls = [(); 2].map(|()| tasks::meet(folder.path(), 2).on(&pool).start());
    for call in calls {
        wait(call).unwrap();
    }
    assert!(marks.has("failed"));
}

#[test]
fn a_thread_pool_that_cannot_start_a_thread_is_an_error_and_no_panic() {
    let pool = ThreadPool::new("huge").stack_size(1 << 46);
    for _ in 0..3 {
        let error = wait(pool.run(|| ())).unwrap_err();
        assert!(matches!(error, Error::CannotStart(_)), "{error}");
    }
    assert_eq!((pool.stats().refused, pool.stats().submitted), (3, 0));
}

/// A field of `/proc/self/stat`.
fn niceness() -> i32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let nice = stat.rsplit_once(") ").unwrap().1.split(' ').nth(16);
    nice.unwrap().parse().unwrap()
}

#[test]
fn a_worker_finds_what_its_pool_was_given() {
    #[cpu_bound]
    fn surroundings() -> (Option<String>, Option<String>, PathBuf, i32) {
        (
            std::env::var("OFFLOOP_TEST_GIVEN").ok(),
            std::env::var("PATH").ok(),
            std::env::current_dir().unwrap(),
            niceness(),
        )
    }
    static POOL: ProcessPool = ProcessPool::new("elsewhere")
        .envs(&[("OFFLOOP_TEST_GIVEN", "a=b c")])
        .current_dir("/")
        .nice(7);
    let (given, path, folder, nice) = wait(surroundings().on(&POOL)).unwrap();
    assert_eq!(given.as_deref(), Some("a=b c"));
    assert_eq!(path, std::env::var("PATH").ok());
    assert_eq!(folder, Path::new("/"));
    // This program may have been made nice itself, and there is a nicest.
    assert_eq!(nice, (niceness() + 7).min(19));
}

#[test]
fn a_worker_is_told_from_others_by_its_name() {
    #[cpu_bound]
    fn names() -> (String, String) {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/self/{file}")).unwrap();
        let command = read("cmdline");
        (
            command.split('\0').next().unwrap().to_owned(),
            read("comm").trim().to_owned(),
        )
    }
    let pool = ProcessPool::new("a long name of a pool").workers(1);
    let (command, label) = wait(names().on(&pool)).unwrap();
    assert_eq!(command, "offloop-worker a long name of a pool #1");
    assert_eq!(label, "a long name o#1");
}
