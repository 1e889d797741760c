//! The life of workers: how many there are, when they go, and what they find around them.

use std::time::Duration;

use offloop::{Error, ProcessPool, ThreadPool, cpu_bound};
use offloop_tests::{LIMIT, eventually, is_alive, kill};

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

/// Ends when there are as many files in the folder, one for each call of this round.
#[cpu_bound]
fn meet(folder: &str, others: usize) -> u32 {
    let mine = std::path::Path::new(folder).join(std::process::id().to_string());
    std::fs::write(mine, "").unwrap();
    eventually("all are here", || {
        std::fs::read_dir(folder).unwrap().count() >= others
    });
    std::process::id()
}

/// Makes so many calls that run at the same time.
fn together(pool: &ProcessPool, test: &str, calls: usize) {
    let folder = std::env::temp_dir().join(format!("offloop-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = folder.to_str().unwrap();
    let calls: Vec<_> = (0..calls)
        .map(|_| meet(name, calls).on(pool).start())
        .collect();
    for call in calls {
        call.wait().unwrap();
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn workers_that_have_nothing_to_do_are_let_go_down_to_those_that_are_kept() {
    let pool = ProcessPool::new("idle")
        .workers(4)
        .min_workers(1)
        .idle_timeout(Duration::from_millis(100));
    together(&pool, "idle", 4);
    eventually("three are gone", || pool.stats().workers == 1);
    let stats = pool.stats();
    assert_eq!(
        (stats.idle, stats.workers_started, stats.workers_died),
        (1, 4, 0)
    );
    let kept = pid().on(&pool).wait().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(pid().on(&pool).wait().unwrap(), kept);

    let pool = ProcessPool::new("idle-all").idle_timeout(Duration::from_millis(50));
    let worker = pid().on(&pool).wait().unwrap();
    eventually("the last one is gone too", || pool.stats().workers == 0);
    assert!(!is_alive(worker));
    assert_ne!(pid().on(&pool).wait().unwrap(), worker);
}

#[test]
fn those_that_are_kept_start_with_the_first_call_and_are_replaced() {
    let pool = ProcessPool::new("kept").workers(3).min_workers(3);
    assert_eq!(pool.stats().workers, 0, "not before");
    let worker = pid().on(&pool).wait().unwrap();
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
    let first = leak(1 << 20).on(&pool).wait().unwrap();
    assert_eq!(leak(300 << 20).on(&pool).wait().unwrap(), first);
    // No call waits for the other to start, so the first may still answer some.
    let mut served = Vec::new();
    eventually("another has taken over", || {
        served.push(pid().on(&pool).wait().unwrap());
        served.last() != Some(&first)
    });
    eventually("the first is gone", || pool.stats().workers == 1);
    assert!(!is_alive(first));
    let stats = pool.stats();
    assert_eq!((stats.workers_started, stats.workers_died), (2, 0));
}

#[test]
fn workers_find_the_environment_that_the_pool_was_given() {
    #[cpu_bound]
    fn surroundings() -> (Option<String>, Option<String>, std::path::PathBuf, String) {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        let nice = stat.rsplit_once(") ").unwrap().1.split(' ').nth(16);
        (
            std::env::var("OFFLOOP_TEST_GIVEN").ok(),
            std::env::var("PATH").ok(),
            std::env::current_dir().unwrap(),
            nice.unwrap().to_owned(),
        )
    }
    static POOL: ProcessPool = ProcessPool::new("elsewhere")
        .envs(&[("OFFLOOP_TEST_GIVEN", "a=b c")])
        .current_dir("/")
        .nice(7);
    let (given, path, folder, nice) = surroundings().on(&POOL).wait().unwrap();
    assert_eq!(given.as_deref(), Some("a=b c"));
    assert_eq!(path, std::env::var("PATH").ok());
    assert_eq!(folder, std::path::Path::new("/"));
    assert_eq!(nice, "7");

    let nowhere = ProcessPool::new("nowhere").current_dir("/no/such/folder");
    let error = pid().on(&nowhere).wait().unwrap_err();
    assert!(matches!(error, Error::CannotStart(_)), "{error}");
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
    let (command, label) = names().on(&pool).wait().unwrap();
    assert_eq!(command, "offloop-worker a long name of a pool #1");
    assert_eq!(label, "a long name o#1");
}

#[test]
fn a_process_pool_is_resized_while_it_works() {
    let pool = ProcessPool::new("resized").workers(1);
    pid().on(&pool).wait().unwrap();
    pool.resize(3).unwrap();
    together(&pool, "resize", 3);
    assert_eq!(pool.stats().workers, 3);
    pool.resize(1).unwrap();
    eventually("two are gone", || pool.stats().workers == 1);
    assert_eq!(pool.stats().workers_died, 0);
    pid().on(&pool).wait().unwrap();

    let error = pool.resize(0).unwrap_err();
    assert!(error.to_string().contains("close it instead"), "{error}");
}

#[test]
fn a_busy_worker_beyond_the_new_size_leaves_after_its_call() {
    let pool = ProcessPool::new("shrunk").workers(2);
    let folder = std::env::temp_dir().join(format!("offloop-shrunk-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = folder.to_str().unwrap();
    let calls = [(); 2].map(|()| meet(name, 3).on(&pool).start());
    eventually("both run", || {
        std::fs::read_dir(&folder).unwrap().count() == 2
    });
    pool.resize(1).unwrap();
    std::fs::write(folder.join("go"), "").unwrap();
    for call in calls {
        call.wait().unwrap();
    }
    eventually("one is gone", || pool.stats().workers == 1);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_thread_pool_is_resized_while_it_works() {
    let pool = ThreadPool::new("resized-threads").threads(1);
    let meeting = std::sync::Arc::new(std::sync::Barrier::new(3));
    let calls = [(); 3].map(|()| {
        let meeting = meeting.clone();
        pool.run(move || meeting.wait()).start()
    });
    assert_eq!(pool.stats().workers, 1);
    pool.resize(3).unwrap();
    for call in calls {
        call.wait().unwrap();
    }
    assert_eq!(pool.stats().workers, 3);
    pool.resize(1).unwrap();
    eventually("two are gone", || pool.stats().workers == 1);
    assert_eq!(pool.run(|| 7).wait().unwrap(), 7);
    assert!(pool.resize(0).is_err());
}

#[test]
fn idle_threads_end() {
    let pool = ThreadPool::new("short").keep_alive(Duration::from_millis(20));
    for _ in 0..10 {
        pool.run(|| ()).start().wait().unwrap();
    }
    eventually("none is left", || pool.stats().workers == 0);
    assert!(pool.run(|| ()).queue_timeout(LIMIT).wait().is_ok());
}

#[test]
fn a_pool_whose_threads_do_not_start_is_an_error_and_no_panic() {
    let pool = ThreadPool::new("huge").stack_size(1 << 46);
    for _ in 0..3 {
        let error = pool.run(|| ()).wait().unwrap_err();
        assert!(matches!(error, Error::CannotStart(_)), "{error}");
    }
    assert_eq!((pool.stats().refused, pool.stats().submitted), (3, 0));
}

#[test]
fn workers_that_do_not_start_are_tried_again_after_a_pause_that_grows() {
    let pool = ProcessPool::new("storm")
        .workers(4)
        .current_dir("/no/such/folder");
    let start = std::time::Instant::now();
    let calls: Vec<_> = (0..100).map(|_| pid().on(&pool).start()).collect();
    for call in calls {
        assert!(matches!(call.wait(), Err(Error::CannotStart(_))));
    }
    // 100 and 200 milliseconds lie between the three rounds, of at most 4 each.
    assert!(start.elapsed() >= Duration::from_millis(300));
    let stats = pool.stats();
    assert!(stats.workers_started <= 12, "{stats:?}");
    assert_eq!((stats.failed, stats.queued, stats.workers), (100, 0, 0));
}

#[test]
fn settings_that_cannot_work_are_said() {
    let pools = [
        (
            ProcessPool::new("p").workers(1).min_workers(2),
            "keeps 2 workers and may have 1",
        ),
        (ProcessPool::new("p").recycle_above(0), "above 0 bytes"),
        (ProcessPool::new("p").poison_after(0), "poison_after(1)"),
    ];
    for (pool, text) in pools {
        let error = pid().on(&pool).wait().unwrap_err();
        assert!(matches!(error, Error::InvalidPool(_)));
        assert!(error.to_string().contains(text), "{error}");
    }
}
