//! The text of each variant of [`Error`].

use std::time::Duration;

use super::*;

const LIMIT: Duration = Duration::from_millis(50);

fn names() -> (String, String) {
    ("t".to_owned(), "p".to_owned())
}

#[track_caller]
fn assert_texts<const N: usize>(texts: [(Error, &str); N]) {
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn failures_of_a_run_have_their_texts() {
    let panicked = |location: Option<&str>| {
        let (task, pool) = names();
        Error::Panicked(Box::new(Panicked {
            task,
            pool,
            message: "no".to_owned(),
            location: location.map(ToOwned::to_owned),
            backtrace: None,
            pid: None,
        }))
    };
    let died = |fault: Option<&str>, deaths, out_of_memory: Option<&str>, stderr: &str| {
        let (task, pool) = names();
        Error::WorkerDied(Box::new(WorkerDied {
            task,
            pool,
            pid: 7,
            exit: Exit::Signal(9),
            phase: Phase::Idle,
            ran_for: LIMIT,
            fault: fault.map(ToOwned::to_owned),
            out_of_memory: out_of_memory.map(ToOwned::to_owned),
            stderr: stderr.to_owned(),
            deaths,
        }))
    };
    assert_texts([
        (panicked(None), "`t` panicked in pool `p`: no"),
        (
            panicked(Some("a.rs:1:2")),
            "`t` panicked in pool `p`: no (at a.rs:1:2)",
        ),
        (
            died(None, 1, None, ""),
            "worker process 7 of pool `p` died before it began a call of `t`, after 50.0ms: \
             killed by signal 9 (SIGKILL)",
        ),
        (
            died(Some("it lied"), 2, Some("none left"), "last\nnote: x\n"),
            "worker process 7 of pool `p` died before it began a call of `t`, after 50.0ms: \
             killed by signal 9 (SIGKILL), because it lied; this call has cost 2 workers; \
             out of memory: none left; its last line on stderr: last",
        ),
    ]);
}

#[test]
fn time_limits_have_their_texts() {
    let timed_out = |started, pid, grace| {
        let (task, pool) = names();
        Error::TimedOut(Box::new(TimedOut {
            task,
            pool,
            limit: LIMIT,
            started,
            pid,
            grace,
        }))
    };
    let no = Duration::ZERO;
    assert_texts([
        (
            timed_out(Started::No, None, no),
            "`t` waited 50ms in the queue of pool `p` and has not run",
        ),
        (
            timed_out(Started::Yes, Some(7), no),
            "`t` ran longer than 50ms in pool `p`; its worker process 7 was killed",
        ),
        (
            timed_out(Started::Yes, Some(7), LIMIT),
            "`t` ran longer than 50ms in pool `p`; it was asked to stop, and its worker \
             process 7 is killed if it has not after 50ms",
        ),
        (
            timed_out(Started::Yes, None, no),
            "`t` ran longer than 50ms in pool `p`; it was asked to stop, and its thread is \
             busy until it does",
        ),
    ]);
}

#[test]
fn values_that_cannot_be_carried_have_their_texts() {
    let failed = || {
        let (task, pool) = names();
        Box::new(CodecFailed {
            task,
            pool,
            reason: "argument `x`: no".to_owned(),
            started: Started::No,
        })
    };
    assert_texts([
        (
            Error::Encode(failed()),
            "`t` in pool `p`: cannot encode argument `x`: no",
        ),
        (
            Error::Decode(failed()),
            "`t` in pool `p`: cannot decode argument `x`: no",
        ),
    ]);
}

#[test]
fn refusals_have_their_texts() {
    let refused = |started| Box::new(Refused::new("t", "p", started));
    let invalid = InvalidPool::new("p", "no workers");
    let (task, pool) = names();
    let poisoned = Poisoned {
        task,
        pool,
        deaths: 3,
    };
    assert_texts([
        (
            Error::QueueFull(refused(Started::No)),
            "`t` was refused: the queue of pool `p` is full",
        ),
        (
            Error::Closed(refused(Started::No)),
            "`t` was refused: pool `p` is closed",
        ),
        (
            Error::Closed(refused(Started::Yes)),
            "`t` was ended during its run: pool `p` was shut down",
        ),
        (
            Error::CannotStart(Box::new(CannotStart::new("t", "p", "no".to_owned()))),
            "`t` has not run: pool `p` cannot start a worker: no",
        ),
        (
            invalid.for_task("t"),
            "`t` has not run: pool `p` cannot work: no workers",
        ),
        (
            Error::Poisoned(Box::new(poisoned)),
            "`t` was refused: its arguments have killed 3 worker processes of pool `p`; \
             call it without `retry` to run it all the same",
        ),
    ]);
}
