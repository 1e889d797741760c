//! What the environment of a program says of its pools and workers.

use std::process::Command;

#[test]
fn a_process_that_was_not_started_by_a_pool_says_so_and_does_not_run_the_program() {
    for value in ["", "nonsense", "1:2", "999999:2"] {
        let output = Command::new(env!("CARGO_BIN_EXE_program"))
            .env("OFFLOOP_WORKER", value)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(70), "{value}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("`OFFLOOP_WORKER`"), "{stderr}");
        assert!(output.stdout.is_empty());
    }
}

/// What the program prints whose default pools these variables size.
fn sizes(variables: &[(&str, &str)], meet: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sizes"))
        .arg(meet)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn default_pools_are_sized_by_the_environment_and_say_when_the_size_is_bad() {
    let text = sizes(&[("OFFLOOP_WORKERS", "3"), ("OFFLOOP_THREADS", "3")], "3");
    assert!(text.contains("global: 3 at a time"), "{text}");
    assert!(text.contains("offloop-io: 3 at a time"), "{text}");
    for variable in ["OFFLOOP_WORKERS", "OFFLOOP_THREADS"] {
        for bad in ["0", "-1", "many", ""] {
            let text = sizes(&[(variable, bad)], "1");
            assert!(text.contains(variable), "{text}");
            assert!(text.contains("at least 1"), "{text}");
        }
    }
}

#[test]
fn process_calls_run_in_place_if_the_environment_says_so() {
    let text = sizes(&[("OFFLOOP_IN_PLACE", "1")], "1");
    assert!(text.contains("in this process: true"), "{text}");
}
