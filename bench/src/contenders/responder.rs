//! The child of a contender that has no workers of its own: this program, with a hidden command.

use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::commands::PEER;

/// Ends when it is dropped.
pub(super) struct Peer(Child);

impl Peer {
    pub(super) fn start(arguments: &[&str]) -> Peer {
        Peer::command(arguments, Stdio::null(), Stdio::null())
    }

    pub(super) fn piped(arguments: &[&str]) -> (Peer, ChildStdin, ChildStdout) {
        let mut peer = Peer::command(arguments, Stdio::piped(), Stdio::piped());
        let requests = peer.0.stdin.take().expect("it is a pipe");
        let answers = peer.0.stdout.take().expect("it is a pipe");
        (peer, requests, answers)
    }

    /// What it writes goes there.
    pub(super) fn with_output(arguments: &[&str], output: Stdio) -> Peer {
        Peer::command(arguments, Stdio::null(), output)
    }

    fn command(arguments: &[&str], input: Stdio, output: Stdio) -> Peer {
        let child = Command::new("/proc/self/exe")
            .arg(PEER)
            .args(arguments)
            .stdin(input)
            .stdout(output)
            .spawn();
        Peer(child.expect("a process can be started"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
