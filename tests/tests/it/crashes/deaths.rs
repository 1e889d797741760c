//! A crash of a worker is an error of the call that ran there, and of no other.

use std::path::Path;

use offloop::{Error, Exit, Phase, ProcessPool, Started, cpu_bound};
use offloop_tests::{Marks, died, eventually, is_alive, tasks};
use serde::{Deserialize, Serialize};

/// Of the one test that looks at which worker it is.
static ALONE: ProcessPool = ProcessPool::new("crashes").workers(1);
/// Of all others.
static POOL: ProcessPool = ProcessPool::new("shared").workers(2);
/// Without a backtrace, which the environment may ask for: a long one pushes out of the last lines
/// what the standard library says of the memory.
static SMALL: ProcessPool = ProcessPool::new("small")
    .workers(1)
    .envs(&[("RUST_BACKTRACE", "0")])
    .memory_limit(256 << 20);

#[cpu_bound(pool = ALONE)]
fn fine(value: u32) -> (u32, u32) {
    (std::process::id(), value)
}

#[cpu_bound(pool = ALONE)]
fn null_write() {
    eprintln!("first words");
    eprintln!("last words");
    // SAFETY: none, and that is the point: the worker is to die of it.
    unsafe { std::ptr::null_mut::<u32>().write_volatile(1) };
}

#[cpu_bound(pool = ALONE)]
fn exit(code: i32) {
    std::process::exit(code);
}

#[cpu_bound(pool = ALONE)]
fn overflow(depth: u64) -> u64 {
    let padding = std::hint::black_box([depth; 64]);
    if depth == u64::MAX {
        0
    } else {
        padding[0] + overflow::blocking(depth + 1)
    }
}

#[cpu_bound(pool = SMALL)]
fn allocate(bytes: usize) -> usize {
    let mut memory: Vec<u8> = Vec::with_capacity(bytes);
    memory.resize(bytes, 1);
    std::hint::black_box(&memory).len()
}

#[tokio::test]
async fn a_crash_is_told_and_the_pool_goes_on() {
    let (first, _) = fine(1).await.unwrap();

    let segv = died(null_write().await);
    assert_eq!(segv.exit, Exit::Signal(11));
    assert_eq!(segv.phase, Phase::Run);
    assert_eq!(segv.pid, first);
    assert!(segv.task.ends_with("::deaths::null_write"), "{}", segv.task);
    assert_eq!(segv.pool, "crashes");
    let stderr = &segv.stderr;
    assert!(stderr.ends_with("first words\nlast words\n"), "{stderr}");
    assert_eq!(segv.out_of_memory, None);
    let text = Error::WorkerDied(Box::new(segv)).to_string();
    for part in [
        "::deaths::null_write",
        "SIGSEGV",
        "last words",
        &first.to_string(),
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!is_alive(first));

    let aborted = died(tasks::abort().on(&ALONE).await);
    assert_eq!(aborted.exit, Exit::Signal(6));
    assert_eq!(aborted.fault, None, "it has not said why");
    assert_eq!(died(exit(0).await).exit, Exit::Code(0));
    assert_eq!(died(exit(3).await).exit, Exit::Code(3));
    assert_eq!(died(overflow(0).await).exit, Exit::Signal(11));

    let (second, value) = fine(2).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(value, 2);
}

#[tokio::test]
async fn a_memory_limit_holds_and_is_named() {
    assert_eq!(allocate(1 << 20).await.unwrap(), 1 << 20);
    let died = died(allocate(1 << 30).await);
    assert_eq!(died.exit, Exit::Signal(6));
    let evidence = died.out_of_memory.unwrap();
    assert!(evidence.contains(&(256 << 20).to_string()), "{evidence}");
    assert_eq!(allocate(1 << 20).await.unwrap(), 1 << 20);
}

#[tokio::test]
async fn a_panic_that_aborts_the_worker_is_told_as_its_reason() {
    /// A second panic while the first one unwinds is the end of the process.
    struct PanicsToo;
    impl Drop for PanicsToo {
        fn drop(&mut self) {
            panic!("the second one");
        }
    }

    #[cpu_bound(pool = POOL)]
    fn panic_twice(with: u32) {
        let _panics_too = PanicsToo;
        panic!("the first one of {with}");
    }

    #[cpu_bound(pool = POOL)]
    fn panic_and_exit() {
        let caught = std::panic::catch_unwind(|| panic!("caught"));
        assert!(caught.is_err());
        std::process::exit(1);
    }

    let died_twice = died(panic_twice(7).await);
    assert_eq!(died_twice.exit, Exit::Signal(6));
    let reason = died_twice.fault.clone().unwrap();
    assert!(reason.starts_with("it panicked at "), "{reason}");
    assert!(reason.contains("deaths.rs:"), "{reason}");
    assert!(reason.ends_with(": the second one"), "{reason}");
    let text = Error::WorkerDied(Box::new(died_twice)).to_string();
    assert!(
        text.contains("(SIGABRT), because it panicked at "),
        "{text}"
    );

    let exited = died(panic_and_exit().await);
    assert_eq!(exited.exit, Exit::Code(1));
    assert_eq!(exited.fault, None, "the panic was caught");
}

#[tokio::test]
async fn a_process_that_a_worker_has_started_dies_with_it() {
    #[cpu_bound(pool = POOL)]
    fn leave_a_child(file: &Path) {
        let child = std::process::Command::new("sleep").arg("1000").spawn();
        std::fs::write(file, format!("{}\n", child.unwrap().id())).unwrap();
        std::process::abort();
    }

    let marks = Marks::new();
    died(leave_a_child(&marks.file("child")).await);
    let child = marks.pids("child").unwrap()[0];
    eventually("the child is gone", || !is_alive(child));
}

/// Kills the process that decodes it.
#[derive(Serialize)]
struct Poison;

impl<'de> Deserialize<'de> for Poison {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        std::process::abort();
    }
}

#[tokio::test]
async fn a_death_tells_the_phase_of_its_call() {
    #[cpu_bound(pool = POOL)]
    fn swallow(poison: Poison) {
        let Poison = poison;
    }

    let died = died(swallow(Poison).await);
    assert_eq!(died.phase, Phase::Decode);
    let error = Error::WorkerDied(Box::new(died));
    assert_eq!(error.started(), Started::No);
}

#[tokio::test]
async fn a_worker_that_closes_its_socket_and_goes_on_is_an_error_and_no_hang() {
    #[cpu_bound(pool = POOL)]
    fn close_everything() {
        let is_open =
            |descriptor: &i32| std::fs::read_link(format!("/proc/self/fd/{descriptor}")).is_ok();
        for descriptor in (3..64).filter(is_open) {
            // SAFETY: none; it does what a careless library does that makes a daemon of a process.
            unsafe { rustix::io::close(descriptor) };
        }
        loop {
            std::thread::park();
        }
    }

    let died = died(close_everything().await);
    assert_eq!(
        died.fault.as_deref(),
        Some("it closed its socket and went on")
    );
    assert_eq!(died.phase, Phase::Run);
}

#[tokio::test]
async fn a_worker_that_answers_with_garbage_costs_its_call() {
    #[cpu_bound(pool = POOL)]
    fn write_everywhere() {
        use std::os::fd::BorrowedFd;
        for descriptor in 3..64 {
            // SAFETY: none; it does what a program does that has its descriptors mixed up.
            let descriptor = unsafe { BorrowedFd::borrow_raw(descriptor) };
            let file = descriptor.try_clone_to_owned().map(std::fs::File::from);
            let _ = file.and_then(|mut file| std::io::Write::write_all(&mut file, &[0xff; 64]));
        }
        loop {
            std::thread::park();
        }
    }

    let died = died(write_everywhere().await);
    assert!(died.fault.unwrap().contains("unknown purpose"));
}
