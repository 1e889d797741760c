//! `#[offloop::on_worker_start]`: what runs in each worker before its first call. All workers of
//! this binary run the two hooks, which do nothing unless their pool says so.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use offloop::{Error, ProcessPool, cpu_bound, on_worker_start};
use offloop_tests::{LIMIT, Marks, wait};

static RUNS: AtomicU32 = AtomicU32::new(0);

/// What the second hook does is told by the pool's environment.
const HOW: &str = "OFFLOOP_TEST_HOOK";

/// For [`ProcessPool::envs`].
type Envs = &'static [(&'static str, &'static str)];

pub(crate) const HANG: Envs = &[(HOW, "hang")];
pub(crate) const FAIL: Envs = &[(HOW, "fail")];

/// The first worker that sees that the file is not there makes it, and fails.
pub(crate) fn first_fails(file: &Path) -> Envs {
    envs(format!("first {}", file.display()))
}

/// Variables of a pool are as static as pools mostly are.
fn envs(how: String) -> Envs {
    Box::leak(Box::new([(HOW, &*how.leak())]))
}

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
        "first" if std::fs::File::create_new(file).is_ok() => {
            Err(std::io::Error::other("the first one fails"))
        }
        "first" => {
            // So that the failure is known by then, and the pause after it is not over.
            std::thread::sleep(Duration::from_millis(30));
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cpu_bound]
fn runs() -> u32 {
    RUNS.load(Ordering::Relaxed)
}

#[test]
fn start_hooks_run_once_in_each_worker_before_its_first_call() {
    let pool = ProcessPool::new("fine").workers(1);
    assert_eq!(wait(runs().on(&pool)).unwrap(), 2);
    assert_eq!(wait(runs().on(&pool)).unwrap(), 2);
    assert_eq!(RUNS.load(Ordering::Relaxed), 0, "and in workers only");
}

fn start_error(pool: &ProcessPool) -> String {
    match wait(runs().on(pool)) {
        Err(error @ Error::CannotStart(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_start_hook_that_fails_panics_or_exits_is_told_to_the_calls() {
    let fail = ProcessPool::new("fail").envs(FAIL);
    let text = start_error(&fail);
    assert!(text.contains("hooks::b_second`"), "{text}");
    assert!(text.contains("failed: the model is missing"), "{text}");

    let panic = ProcessPool::new("panic").envs(&[(HOW, "panic")]);
    let text = start_error(&panic);
    let words = "panicked: the model is broken (at ";
    assert!(text.contains(words), "{text}");
    assert!(text.contains("hooks.rs:"), "{text}");

    let exit = ProcessPool::new("exit").envs(&[(HOW, "exit")]);
    let text = start_error(&exit);
    assert!(text.contains("exited with code 3"), "{text}");
}

#[test]
fn a_start_hook_that_hangs_is_ended_and_named() {
    let mut limit = Duration::from_millis(250);
    loop {
        let pool = ProcessPool::new("hang").envs(HANG).start_timeout(limit);
        let text = start_error(&pool);
        assert_eq!(pool.stats().workers, 0);
        // On a busy machine it may take a while until the worker has said what it does.
        if !text.contains("said nothing within") {
            let words = format!("did not finish within {limit:?}");
            assert!(text.contains(&words), "{text}");
            assert!(text.contains("hooks::b_second`"), "{text}");
            return;
        }
        limit *= 2;
        assert!(limit < LIMIT, "{text}");
    }
}

#[test]
fn a_pool_recovers_when_what_its_workers_need_is_there() {
    let marks = Marks::new();
    let file = marks.file("model");
    let pool = ProcessPool::new("need").envs(envs(format!("need {}", file.display())));
    let text = start_error(&pool);
    assert!(text.contains("No such file"), "{text}");
    std::fs::write(file, "").unwrap();
    assert_eq!(wait(runs().on(&pool)).unwrap(), 2);
}
