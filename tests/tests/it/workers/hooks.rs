//! `#[offloop::on_worker_start]`: what runs in each worker before its first call.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use offloop::{Error, ProcessPool, cpu_bound, on_worker_start};

static RUNS: AtomicU32 = AtomicU32::new(0);

/// What the second hook does is told by the pool's environment.
const HOW: &str = "OFFLOOP_TEST_HOOK";

#[on_worker_start]
fn a_first() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

#[on_worker_start]
fn b_second() -> std::io::Result<()> {
    assert_eq!(RUNS.fetch_add(1, Ordering::Relaxed), 1, "in their order");
    let how = std::env::var(HOW).unwrap_or_default();
    let (how, file) = how.split_once(' ').unwrap_or((&how, ""));
    match how {
        "fail" => Err(std::io::Error::other("the model is missing")),
        "panic" => panic!("the model is broken"),
        "exit" => std::process::exit(3),
        "hang" => loop {
            std::thread::park();
        },
        "need" => std::fs::metadata(file).map(drop),
        _ => Ok(()),
    }
}

#[cpu_bound]
fn runs() -> u32 {
    RUNS.load(Ordering::Relaxed)
}

#[test]
fn they_run_once_in_each_worker_before_its_first_call() {
    let pool = ProcessPool::new("fine").workers(1);
    assert_eq!(runs().on(&pool).wait().unwrap(), 2);
    assert_eq!(runs().on(&pool).wait().unwrap(), 2);
    assert_eq!(RUNS.load(Ordering::Relaxed), 0, "and in workers only");
}

fn start_error(pool: &ProcessPool) -> String {
    match runs().on(pool).wait() {
        Err(error @ Error::CannotStart(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_that_fails_panics_or_ends_is_what_the_calls_are_told() {
    let fail = ProcessPool::new("fail").envs(&[(HOW, "fail")]);
    let text = start_error(&fail);
    assert!(text.contains("hooks::b_second`"), "{text}");
    assert!(text.contains("failed: the model is missing"), "{text}");

    let panic = ProcessPool::new("panic").envs(&[(HOW, "panic")]);
    let text = start_error(&panic);
    assert!(
        text.contains("panicked: the model is broken (at "),
        "{text}"
    );
    assert!(text.contains("hooks.rs:"), "{text}");

    let exit = ProcessPool::new("exit").envs(&[(HOW, "exit")]);
    let text = start_error(&exit);
    assert!(text.contains("exited with code 3"), "{text}");
}

#[test]
fn one_that_hangs_is_ended_and_named() {
    static HANG: ProcessPool = ProcessPool::new("hang")
        .envs(&[(HOW, "hang")])
        .start_timeout(Duration::from_millis(500));
    let text = start_error(&HANG);
    assert!(text.contains("not through within 500ms"), "{text}");
    assert!(text.contains("hooks::b_second`"), "{text}");
    assert_eq!(HANG.stats().workers, 0);
}

#[test]
fn a_pool_recovers_when_what_its_workers_need_is_there() {
    static NEED: ProcessPool =
        ProcessPool::new("need").envs(&[(HOW, "need /tmp/offloop-test-hook-needs")]);
    let file = "/tmp/offloop-test-hook-needs";
    let _ = std::fs::remove_file(file);
    let text = start_error(&NEED);
    assert!(text.contains("No such file"), "{text}");
    std::fs::write(file, "").unwrap();
    assert_eq!(runs().on(&NEED).wait().unwrap(), 2);
    std::fs::remove_file(file).unwrap();
}
