//! The child of a contender that has no workers: this program, started with a hidden command.

use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::commands::RESPOND;

/// A child that answers requests. It is killed when this is dropped.
pub(super) struct Responder(Child);

impl Responder {
    /// Starts a child without standard input and output.
    pub(super) fn start(arguments: &[&str]) -> Responder {
        Responder::command(arguments, Stdio::null(), Stdio::null())
    }

    /// Starts a child whose standard input and output are pipes.
    pub(super) fn piped(arguments: &[&str]) -> (Responder, ChildStdin, ChildStdout) {
        let mut responder = Responder::command(arguments, Stdio::piped(), Stdio::piped());
        let requests = responder.0.stdin.take().expect("it is a pipe");
        let answers = responder.0.stdout.take().expect("it is a pipe");
        (responder, requests, answers)
    }

    /// Starts a child with this standard output.
    pub(super) fn with_output(arguments: &[&str], output: Stdio) -> Responder {
        Responder::command(arguments, Stdio::null(), output)
    }

    fn command(arguments: &[&str], input: Stdio, output: Stdio) -> Responder {
        let child = Command::new("/proc/self/exe")
            .arg(RESPOND)
            .args(arguments)
            .stdin(input)
            .stdout(output)
            .spawn();
        Responder(child.expect("a process can be started"))
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
