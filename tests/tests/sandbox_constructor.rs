//! A constructor of the program that starts a thread: it would stay outside of the sandbox.

use std::time::Duration;

use offloop::{Error, ProcessPool, Sandbox, cpu_bound};

#[used]
// SAFETY: the section holds pointers to functions that the loader calls once each; what it passes
// may be left unread.
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = start_a_thread;

extern "C" fn start_a_thread() {
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
}

static STRICT: ProcessPool = ProcessPool::new("strict")
    .workers(1)
    .sandbox(Sandbox::new());
static LOOSE: ProcessPool = ProcessPool::new("loose")
    .workers(1)
    .sandbox(Sandbox::new().best_effort());

#[cpu_bound(pool = STRICT)]
fn program() -> std::io::Result<()> {
    std::process::Command::new("/bin/true").status().map(drop)
}

#[tokio::test]
async fn a_thread_from_before_main_is_refused() {
    let error = program().await.unwrap_err();
    let error = error.get_ref().and_then(|inner| inner.downcast_ref());
    match error {
        Some(Error::CannotStart(refused)) => {
            let reason = &refused.reason;
            assert!(reason.contains("1 other threads run already"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_best_effort_restricts_the_thread_of_the_calls() {
    let error = program().on(&LOOSE).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
}
