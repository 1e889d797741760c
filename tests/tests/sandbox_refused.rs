//! A machine that has no Landlock: here, because this program hides it from itself and from its
//! workers. A binary of its own because that cannot be taken back.

use std::io;
use std::sync::Once;

use offloop::{Error, ProcessPool, Sandbox, Started, cpu_bound};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

offloop_tests::settings_of_its_own!();

static STRICT: ProcessPool = ProcessPool::new("strict")
    .workers(1)
    .sandbox(Sandbox::new());
static LOOSE: ProcessPool = ProcessPool::new("loose")
    .workers(1)
    .sandbox(Sandbox::new().best_effort());

#[cpu_bound(pool = STRICT)]
fn program() -> io::Result<()> {
    std::process::Command::new("/bin/true").status().map(drop)
}

#[cpu_bound(pool = STRICT)]
fn bytes_of(path: &str) -> io::Result<usize> {
    Ok(std::fs::read(path)?.len())
}

fn hide_landlock() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = SeccompFilter::new(
            [(libc::SYS_landlock_create_ruleset, Vec::new())].into(),
            SeccompAction::Allow,
            SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
            std::env::consts::ARCH.try_into().unwrap(),
        );
        let program: BpfProgram = filter.unwrap().try_into().unwrap();
        seccompiler::apply_filter_all_threads(&program).unwrap();
    });
}

#[tokio::test]
async fn a_sandbox_that_cannot_be_had_is_refused_with_the_reason() {
    hide_landlock();
    let error = program().await.unwrap_err();
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(error @ Error::CannotStart(refused)) => {
            for words in [
                "the sandbox cannot be had",
                "Linux 6.2 or newer",
                "`.best_effort()`",
            ] {
                assert!(refused.reason.contains(words), "{}", refused.reason);
            }
            assert_eq!(error.started(), Started::No);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_sandbox_of_best_effort_does_without() {
    hide_landlock();
    assert!(bytes_of("/etc/passwd").on(&LOOSE).await.unwrap() > 0);
    let error = program().on(&LOOSE).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}
