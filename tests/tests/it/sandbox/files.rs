//! Which files code in a sandbox can open, in worker processes.
//!
//! On a kernel without Landlock a pool has to refuse to start, and to say why: that is tested then.

use std::fs::{self, File};
use std::io;

use offloop::{Error, ProcessPool, Sandbox, cpu_bound};
use offloop_tests::tasks::pid;

use super::refused;

/// May be read.
const READ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
/// May be written. The folder is made for the tests of this package.
const WRITE: &str = env!("CARGO_TARGET_TMPDIR");
/// May be neither.
const ELSEWHERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

static STRICT: ProcessPool = ProcessPool::new("strict")
    .workers(1)
    .sandbox(Sandbox::new().no_network().read(READ).write(WRITE));
/// For what is refused on every kernel.
static LOOSE: ProcessPool = ProcessPool::new("loose")
    .workers(1)
    .sandbox(Sandbox::new().best_effort());
static MISSING: ProcessPool = ProcessPool::new("missing")
    .workers(1)
    .sandbox(Sandbox::new().best_effort().read("/no/such/path"));

/// Not one of another run of these tests.
fn writable(name: &str) -> String {
    format!("{WRITE}/{name}-{}", std::process::id())
}

/// Whether this kernel can restrict files. If not, the pool has said so in the right words.
async fn can_restrict_files() -> bool {
    match pid().on(&STRICT).await {
        Ok(_) => true,
        Err(Error::CannotStart(refused)) => {
            let reason = &refused.reason;
            assert!(reason.contains("Linux 6.2 or newer"), "{reason}");
            assert!(reason.contains("`.best_effort()`"), "{reason}");
            false
        }
        Err(other) => panic!("{other}"),
    }
}

#[cpu_bound(pool = STRICT)]
fn read(path: &str) -> io::Result<usize> {
    Ok(fs::read(path)?.len())
}

#[cpu_bound(pool = STRICT)]
fn list(path: &str) -> io::Result<usize> {
    Ok(fs::read_dir(path)?.count())
}

#[cpu_bound(pool = STRICT)]
fn write(path: &str) -> io::Result<()> {
    fs::write(path, "written in the sandbox")
}

#[cpu_bound(pool = STRICT)]
fn truncate(path: &str) -> io::Result<()> {
    File::options().write(true).open(path)?.set_len(0)
}

#[cpu_bound(pool = STRICT)]
fn remove(path: &str) -> io::Result<()> {
    fs::remove_file(path)
}

#[cpu_bound(pool = STRICT)]
fn rename(from: &str, to: &str) -> io::Result<()> {
    fs::rename(from, to)
}

#[cpu_bound(pool = STRICT)]
fn copy(from: &str, to: &str) -> io::Result<u64> {
    fs::copy(from, to)
}

#[tokio::test]
async fn files_that_were_granted_to_read_can_be_read_and_nothing_else() {
    if can_restrict_files().await {
        assert!(read(FILE).await.unwrap() > 0);
        assert!(list(READ).await.unwrap() > 0);
        refused(write(FILE).await);
        refused(truncate(FILE).await);
        refused(remove(FILE).await);
        refused(write(&format!("{READ}/new")).await);
        refused(rename(FILE, &writable("moved")).await);
    }
}

#[tokio::test]
async fn files_that_were_granted_to_write_can_be_read_and_changed() {
    if can_restrict_files().await {
        let (first, second) = (writable("first"), writable("second"));
        write(&first).await.unwrap();
        rename(&first, &second).await.unwrap();
        assert!(read(&second).await.unwrap() > 0);
        truncate(&second).await.unwrap();
        assert_eq!(fs::metadata(&second).unwrap().len(), 0);
        assert!(copy(FILE, &first).await.unwrap() > 0);
        for path in [first, second] {
            remove(&path).await.unwrap();
        }
    }
}

#[tokio::test]
async fn files_that_were_not_granted_cannot_be_opened() {
    if can_restrict_files().await {
        for path in [ELSEWHERE, "/etc/passwd", "/proc/self/mem", "/dev/null"] {
            refused(read(path).await);
        }
        let parent = format!("/proc/{}/environ", std::process::id());
        refused(read(&parent).await);
        refused(list("/").await);
        refused(list(env!("CARGO_MANIFEST_DIR")).await);
        refused(read(&format!("{READ}/../Cargo.toml")).await);
        refused(write(concat!(env!("CARGO_MANIFEST_DIR"), "/new")).await);
        refused(truncate(ELSEWHERE).await);
    }
}

#[cpu_bound(pool = STRICT)]
fn read_by_a_link(link: &str) -> io::Result<usize> {
    let _ = fs::remove_file(link);
    std::os::unix::fs::symlink(ELSEWHERE, link)?;
    let read = fs::read(link);
    fs::remove_file(link)?;
    Ok(read?.len())
}

#[tokio::test]
async fn a_link_opens_no_file_that_was_not_granted() {
    if can_restrict_files().await {
        refused(read_by_a_link(&writable("link")).await);
    }
}

#[cpu_bound(pool = LOOSE)]
fn set_permissions(path: &str) -> io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    fs::set_permissions(path, permissions)
}

#[tokio::test]
async fn attributes_of_files_cannot_be_changed() {
    refused(set_permissions(FILE).await);
    if can_restrict_files().await {
        // By path, wherever; `copy`, above, does it to a file that it has opened.
        refused(set_permissions(WRITE).on(&STRICT).await);
    }
}

#[tokio::test]
async fn a_granted_path_that_is_not_there_is_named() {
    match pid().on(&MISSING).await {
        Err(Error::CannotStart(refused)) => {
            // Without Landlock nothing is opened, and best effort is content with that.
            assert!(
                refused.reason.contains("`/no/such/path`"),
                "{}",
                refused.reason
            );
        }
        other => assert!(!can_restrict_files().await, "{other:?}"),
    }
}
