//! Limit: two pipes to a child that sends back what it gets.

use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::{Arc, Mutex};

use rustix::io::{read, write};
use rustix::stdio::{stdin, stdout};

use super::Contender;
use super::responder::Peer;

/// Without buffers: each read and each write is one system call.
pub(crate) fn peer() {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = read(stdin(), &mut buffer) {
        if write(stdout(), &buffer[..length]) != Ok(length) {
            break;
        }
    }
}

pub(crate) struct LimitPipes {
    requests: Mutex<ChildStdin>,
    answers: Arc<Mutex<ChildStdout>>,
    _peer: Peer,
}

impl Contender for LimitPipes {
    fn start(_: Option<usize>) -> LimitPipes {
        let (peer, requests, answers) = Peer::piped(&["pipes"]);
        LimitPipes {
            requests: Mutex::new(requests),
            answers: Arc::new(Mutex::new(answers)),
            _peer: peer,
        }
    }

    /// Answers come in the order of the requests, so whoever waits first takes the first.
    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let mut requests = self.requests.lock().expect("no other call panics");
        requests
            .write_all(&number.to_ne_bytes())
            .expect("the child reads");
        let answers = self.answers.clone();
        async move {
            let mut number = [0; 4];
            let mut answers = answers.lock().expect("no other call panics");
            answers.read_exact(&mut number).expect("the child answers");
            u32::from_ne_bytes(number)
        }
    }
}
