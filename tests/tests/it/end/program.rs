//! However a program ends, its workers end with it.
//!
//! A program waits half a second at its end for what it owes its workers. On a busy machine that
//! may not be enough, so that some tests try another one.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use offloop_tests::{Marks, children_of, eventually, is_alive};

const PROGRAM: &str = env!("CARGO_BIN_EXE_program");

struct Running {
    child: Child,
    workers: BTreeSet<u32>,
}

/// Starts the program and waits until one of its workers is idle and one spins.
fn start(how: &str) -> Running {
    let mut child = Command::new(PROGRAM)
        .arg(how)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: u32 = lines.next().unwrap().unwrap().parse().unwrap();
    assert_ne!(first, child.id());
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let mut workers: BTreeSet<_> = children_of(child.id()).into_iter().collect();
    workers.insert(first);
    Running { child, workers }
}

fn all_gone(running: &Running) {
    eventually("all workers are gone", || {
        !running.workers.iter().any(|pid| is_alive(*pid))
    });
}

#[test]
fn a_program_that_returns_exits_or_panics_leaves_no_worker() {
    for (how, code) in [("return", Some(0)), ("exit", Some(3)), ("panic", Some(101))] {
        let mut running = start(how);
        assert_eq!(running.child.wait().unwrap().code(), code, "{how}");
        all_gone(&running);
    }
}

#[test]
fn a_program_that_is_killed_leaves_no_worker_not_even_one_that_spins() {
    for _ in 0..5 {
        let mut running = start("stay");
        assert!(running.workers.iter().all(|pid| is_alive(*pid)));
        running.child.kill().unwrap();
        running.child.wait().unwrap();
        all_gone(&running);
    }
}

fn send(signal: &str, to: &str) {
    let sent = Command::new("kill").args([signal, "--", to]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_program_that_is_terminated_leaves_no_worker() {
    let mut running = start("stay");
    send("-TERM", &running.child.id().to_string());
    assert!(!running.child.wait().unwrap().success());
    all_gone(&running);
}

#[test]
fn an_interrupt_from_the_keyboard_is_for_the_program_to_handle_and_not_for_its_workers() {
    let marks = Marks::new();
    // A terminal sends the signal to all processes of the foreground group.
    let mut child = Command::new(PROGRAM)
        .arg("interrupt")
        .arg(marks.file("go on"))
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    send("-INT", &format!("-{}", child.id()));
    assert_eq!(lines.next().unwrap().unwrap(), "interrupted");
    std::fs::write(marks.file("go on"), "").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "Ok(7)");
    assert!(child.wait().unwrap().success());
}

#[test]
fn output_of_workers_reaches_the_user_and_never_the_protocol() {
    const LINES: usize = 150_000; // more than 1 MiB of each
    eventually("all output has come, and nothing else", || {
        let output = Command::new(PROGRAM)
            .args(["output", &LINES.to_string()])
            .output()
            .unwrap();
        assert!(output.status.success());
        [(output.stdout, "raw out"), (output.stderr, "raw err")]
            .into_iter()
            .all(|(text, raw)| {
                let text = String::from_utf8(text).unwrap();
                let count = |wanted| text.lines().filter(|line| *line == wanted).count();
                (count("printed"), count(raw)) == (LINES, LINES)
                    && text.lines().count() == 2 * LINES
            })
    });
}

#[test]
fn a_forked_process_is_told_that_the_pools_are_not_its_own() {
    let output = Command::new(PROGRAM).arg("fork").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0].contains("pool `program`") && lines[0].contains("was forked"),
        "{text}"
    );
    assert!(
        lines[1].contains("pool `offloop-io`") && lines[1].contains("was forked"),
        "{text}"
    );
    assert!(
        lines[2].contains("pool `own`") && lines[2].contains("was forked"),
        "{text}"
    );
    assert!(output.status.success(), "the pools of the parent go on");
}

#[test]
fn an_idle_worker_runs_its_exit_handlers_when_the_program_ends() {
    eventually("an exit handler has run", || {
        let marks = Marks::new();
        let status = Command::new(PROGRAM)
            .arg("exit-handler")
            .arg(marks.file("exit"))
            .status();
        assert!(status.unwrap().success());
        marks.has("exit")
    });
}
