//! Limit: two pipes to a child that sends back what it receives.

use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::{Arc, Mutex};

use rustix::io::{read, write};
use rustix::stdio::{stdin, stdout};

use super::Contender;
use super::responder::Responder;

/// Sends back what comes in. There is no buffer, so each read and each write is one system call.
pub(crate) fn respond() {
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
    _responder: Responder,
}

impl Contender for LimitPipes {
    fn start(_: Option<usize>) -> LimitPipes {
        let (responder, requests, answers) = Responder::piped(&["pipes"]);
        LimitPipes {
            requests: Mutex::new(requests),
            answers: Arc::new(Mutex::new(answers)),
            _responder: responder,
        }
    }

    /// Answers come in the order of the requests, and callers wait in that order.
    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
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
