//! Several pools side by side, closures on a pool, and pools that cannot work.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use offloop::{Error, ProcessPool, Started, ThreadPool, blocking_io, cpu_bound};
use offloop_tests::eventually;

static LEFT: ThreadPool = ThreadPool::new("left").threads(1);
static RIGHT: ThreadPool = ThreadPool::new("right").threads(2);
static TWO: ProcessPool = ProcessPool::new("two").workers(2);
static OTHER: ProcessPool = ProcessPool::new("other").workers(1);

fn thread_name() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[blocking_io(pool = LEFT)]
fn left() -> String {
    thread_name()
}

#[blocking_io(pool = RIGHT)]
fn right() -> String {
    thread_name()
}

#[blocking_io]
fn global_io() -> String {
    thread_name()
}

#[cpu_bound(threads)]
fn global_cpu() -> String {
    thread_name()
}

#[cpu_bound(pool = TWO)]
fn meet(folder: &str) -> u32 {
    let pid = std::process::id();
    let mine = std::path::Path::new(folder).join(pid.to_string());
    std::fs::write(mine, "").unwrap();
    eventually("both workers are here", || {
        std::fs::read_dir(folder).unwrap().count() == 2
    });
    pid
}

#[cpu_bound(pool = OTHER)]
fn other() -> u32 {
    std::process::id()
}

#[tokio::test]
async fn each_call_runs_in_its_own_pool() {
    assert_eq!(left().await.unwrap(), "left-1");
    assert!(right().await.unwrap().starts_with("right-"));
    assert!(global_io().await.unwrap().starts_with("offloop-io-"));
    assert!(global_cpu().await.unwrap().starts_with("offloop-cpu-"));
}

#[tokio::test]
async fn calls_of_one_pool_run_at_the_same_time() {
    let meeting = Arc::new(Barrier::new(2));
    let go = || {
        let meeting = Arc::clone(&meeting);
        RIGHT.run(move || meeting.wait())
    };
    let (one, two) = tokio::join!(go(), go());
    one.unwrap();
    two.unwrap();

    let folder = std::env::temp_dir().join(format!("offloop-meet-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = folder.to_str().unwrap();
    let (one, two) = tokio::join!(meet(name), meet(name));
    std::fs::remove_dir_all(&folder).unwrap();
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one, two);
    let third = other().await.unwrap();
    assert!(third != one && third != two);
}

#[tokio::test]
async fn a_closure_runs_on_a_pool() {
    let here = String::from("closure");
    let there = LEFT
        .run(move || here + " on " + &thread_name())
        .await
        .unwrap();
    assert_eq!(there, "closure on left-1");

    let error = LEFT.run(|| panic!("in a closure")).await.unwrap_err();
    assert!(error.to_string().contains("in a closure"), "{error}");
    assert!(
        error.task().contains("a_closure_runs_on_a_pool"),
        "{}",
        error.task()
    );
}

#[tokio::test]
async fn a_local_pool_serves_and_ends_with_its_value() {
    let pool = ThreadPool::new("local").threads(1);
    let call = pool.run(thread_name);
    assert_eq!(call.await.unwrap(), "local-1");
    let late = pool.run(thread_name);
    drop(pool);
    assert!(matches!(late.await, Err(Error::Closed(_))));

    let pool = ProcessPool::new("local-process").workers(1);
    let pid = other().on(&pool).await.unwrap();
    drop(pool);
    eventually("the worker of a dropped pool is gone", || {
        !offloop_tests::is_alive(pid)
    });
}

#[tokio::test]
async fn closing_waits_for_what_is_queued_and_for_the_workers() {
    #[cpu_bound]
    fn slow(number: u32) -> (u32, u32) {
        std::thread::sleep(Duration::from_millis(20));
        (number, std::process::id())
    }

    let pool = ProcessPool::new("closing").workers(1);
    let calls: Vec<_> = (0..5)
        .map(|number| tokio::spawn(slow(number).on(&pool)))
        .collect();
    tokio::task::yield_now().await;
    pool.close().await;
    for (number, call) in (0..).zip(calls) {
        assert!(call.is_finished());
        let (same, pid) = call.await.unwrap().unwrap();
        assert_eq!(same, number);
        assert!(!offloop_tests::is_alive(pid));
    }
    assert!(matches!(slow(9).on(&pool).await, Err(Error::Closed(_))));
    pool.close().await;

    let pool = ThreadPool::new("closing").threads(1);
    let run = |number| pool.run(move || slow::blocking(number).0);
    let calls: Vec<_> = (0..5).map(|number| tokio::spawn(run(number))).collect();
    tokio::task::yield_now().await;
    pool.close().await;
    for (number, call) in (0..).zip(calls) {
        assert_eq!(call.await.unwrap().unwrap(), number);
    }
    assert!(matches!(run(9).await, Err(Error::Closed(_))));
    ThreadPool::new("never used").close().wait();
    ProcessPool::new("never used").close().wait();
}

#[tokio::test]
async fn calls_run_in_the_order_in_which_they_were_made() {
    let pool = ThreadPool::new("order").threads(1);
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let calls: Vec<_> = (0..100)
        .map(|number| {
            let order = Arc::clone(&order);
            tokio::spawn(pool.run(move || order.lock().unwrap().push(number)))
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn idle_threads_end() {
    fn threads() -> usize {
        let own = std::fs::read_dir("/proc/self/task").unwrap();
        let names =
            own.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.starts_with("brief-")).count()
    }

    let pool = ThreadPool::new("brief").keep_alive(Duration::from_millis(20));
    let meeting = Arc::new(Barrier::new(8));
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let meeting = Arc::clone(&meeting);
            tokio::spawn(pool.run(move || {
                meeting.wait();
                threads()
            }))
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap() > 0);
    }
    eventually("all idle threads have ended", || threads() == 0);
    assert_eq!(pool.run(|| 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_full_queue_refuses_who_will_not_wait() {
    let pool = ThreadPool::new("full").threads(1).queue(1);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let (started, has_started) = std::sync::mpsc::channel();
    let running = tokio::spawn(pool.run(move || {
        started.send(()).unwrap();
        wait.recv().unwrap_err();
    }));
    tokio::task::yield_now().await;
    has_started.recv().unwrap();
    let queued = tokio::spawn(pool.run(|| 2).try_now());
    tokio::task::yield_now().await;

    let refused = pool.run(|| 3).try_now().await.unwrap_err();
    assert!(matches!(refused, Error::QueueFull(_)), "{refused}");
    assert_eq!(refused.started(), Started::No);
    let patient = tokio::spawn(pool.run(|| 4));
    drop(release);
    running.await.unwrap().unwrap();
    assert_eq!(queued.await.unwrap().unwrap(), 2);
    assert_eq!(patient.await.unwrap().unwrap(), 4);
}

#[tokio::test]
async fn pools_that_cannot_work_say_so() {
    fn reason(error: Result<impl std::fmt::Debug, Error>) -> String {
        let error = error.unwrap_err();
        assert!(matches!(error, Error::InvalidPool(_)), "{error}");
        assert_eq!(error.started(), Started::No);
        error.to_string()
    }

    let none = ThreadPool::new("none").threads(0);
    let text = reason(none.run(|| 1).await);
    assert!(
        text.contains("pool `none`") && text.contains("0 threads"),
        "{text}"
    );
    let text = reason(other().on(&ProcessPool::new("none").workers(0)).await);
    assert!(
        text.contains("`pools::other`") && text.contains("0 workers"),
        "{text}"
    );
    let text = reason(other().on(&ProcessPool::new("none").memory_limit(0)).await);
    assert!(text.contains("memory limit"), "{text}");
    let text = reason(other().on(&ProcessPool::new("none").recycle_after(0)).await);
    assert!(text.contains("after 0 calls"), "{text}");
    let text = reason(left().on(&OTHER).await);
    assert!(
        text.contains("`pools::left`") && text.contains("processes"),
        "{text}"
    );
}

#[tokio::test]
async fn a_process_task_may_run_on_threads() {
    assert_eq!(other().on(&LEFT).await.unwrap(), std::process::id());
}

/// Runs before `main`, in workers too, and in those of one pool never ends: as a library would that
/// waits for something while it is loaded.
extern "C" fn hang_in_mute_workers() {
    while std::env::var_os("OFFLOOP_TEST_MUTE").is_some() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[used]
// SAFETY: the section holds pointers to functions of this type, which the loader calls once each.
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = hang_in_mute_workers;

#[tokio::test]
async fn a_worker_that_cannot_start_is_an_error_with_its_reason() {
    let mute = ProcessPool::new("mute")
        .workers(1)
        .envs(&[("OFFLOOP_TEST_MUTE", "1")])
        .start_timeout(Duration::from_millis(50));
    let error = other().on(&mute).await.unwrap_err();
    assert!(matches!(error, Error::CannotStart(_)), "{error}");
    assert_eq!(error.started(), Started::No);
    assert!(
        error.to_string().contains("said nothing within 50ms"),
        "{error}"
    );

    let starved = ProcessPool::new("starved").workers(1).memory_limit(4096);
    let error = other().on(&starved).await.unwrap_err();
    assert!(matches!(error, Error::CannotStart(_)), "{error}");
    assert!(
        error.to_string().contains("ended before it was ready"),
        "{error}"
    );
}
