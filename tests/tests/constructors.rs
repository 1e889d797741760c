//! What runs before `main`, in workers too: constructors that register types, that hang, and that
//! start a thread. A binary of its own because constructors are those of a whole program, and so is
//! their order.

// Named first, it is linked behind offloop, so that its constructor stands behind offloop's: the
// order in which a worker that entered its loop at once would never know the type.
extern crate offloop_tests_registered;

use std::io;
use std::process::Command;
use std::time::Duration;

use offloop::{Error, ProcessPool, Sandbox, Started, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::wait;
use offloop_tests_registered::{Shape, Square};

offloop_tests::settings_of_its_own!();

#[derive(serde::Serialize, serde::Deserialize)]
struct Circle(f64);

#[typetag::serde]
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.0 * self.0 * 3.0
    }
}

#[cpu_bound]
fn area(shape: Box<dyn Shape>) -> f64 {
    shape.area()
}

#[test]
fn a_type_that_a_constructor_registers_is_known_in_workers() {
    // One of this crate, and one of a third.
    assert!(wait(area(Box::new(Circle(2.0)))).unwrap() > 11.0);
    assert!(wait(area(Box::new(Square(2.0)))).unwrap() > 3.0);
}

/// In the environment of a pool, it says what the constructor does in its workers.
const HOW: &str = "OFFLOOP_TEST_CONSTRUCTOR";

#[used]
// SAFETY: the section holds pointers to functions that the loader calls once each; what it passes
// may be left unread.
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = constructor;

extern "C" fn constructor() {
    let never_end = || {
        loop {
            std::thread::park();
        }
    };
    match std::env::var(HOW).as_deref() {
        Ok("hang") => never_end(),
        Ok("thread") => drop(std::thread::spawn(never_end)),
        _ => {}
    }
}

/// As where a library waits for something while it is loaded.
#[test]
fn a_constructor_that_hangs_is_an_error_with_its_reason() {
    let mute = ProcessPool::new("mute")
        .workers(1)
        .envs(&[(HOW, "hang")])
        .start_timeout(Duration::from_millis(50));
    let error = wait(pid().on(&mute)).unwrap_err();
    assert!(matches!(error, Error::CannotStart(_)), "{error}");
    assert_eq!(error.started(), Started::No);
    let text = error.to_string();
    assert!(text.contains("said nothing within 50ms"), "{text}");
}

/// The thread would stay outside of the sandbox.
static STRICT: ProcessPool = ProcessPool::new("strict")
    .workers(1)
    .envs(&[(HOW, "thread")])
    .sandbox(Sandbox::new());
static LOOSE: ProcessPool = ProcessPool::new("loose")
    .workers(1)
    .envs(&[(HOW, "thread")])
    .sandbox(Sandbox::new().best_effort());

#[cpu_bound(pool = STRICT)]
fn program() -> io::Result<()> {
    Command::new("/bin/true").status().map(drop)
}

#[test]
fn a_sandbox_refuses_a_worker_with_a_thread_from_before_main() {
    let error = wait(program()).unwrap_err();
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(Error::CannotStart(refused)) => {
            let reason = &refused.reason;
            assert!(reason.contains("1 other threads run already"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sandbox_of_best_effort_restricts_the_thread_of_the_calls() {
    let error = wait(program().on(&LOOSE)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}
