//! Limit: a futex wakes the child, and a descriptor wakes the program, which waits with epoll. An async
//! runtime waits like that, so this is the least that it can take to hear of another process.

use std::os::fd::{AsFd, OwnedFd};
use std::process::Stdio;

use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::io::Errno;

use super::limit_futex::{Mailbox, NONE, create, open, path_of};
use super::responder::Peer;
use super::{Contender, answered};

/// `memory` is a path to it. The bell is where other programs have their standard output.
pub(crate) fn peer(memory: &str) {
    let (requests, answers) = open(memory);
    let mut last = NONE;
    loop {
        last = requests.receive(last);
        answers.put(last);
        let bell = rustix::stdio::stdout();
        rustix::io::write(bell, &1_u64.to_ne_bytes()).expect("the program listens");
    }
}

pub(crate) struct LimitEventfd {
    requests: Mailbox,
    answers: Mailbox,
    epoll: OwnedFd,
    _peer: Peer,
}

impl LimitEventfd {
    /// Waits for a number other than this one.
    fn receive(&self, last: u32) -> u32 {
        loop {
            let number = self.answers.look();
            if number != last {
                return number;
            }
            let mut events = Vec::with_capacity(1);
            match epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                None,
            ) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => panic!("nothing can be waited for: {error}"),
            }
        }
    }
}

impl Contender for LimitEventfd {
    fn start(_: Option<usize>) -> LimitEventfd {
        let (memory, requests, answers) = create();
        let bell = eventfd(0, EventfdFlags::CLOEXEC).expect("a descriptor can be had");
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).expect("a descriptor can be had");
        // Told of each write, so that nobody has to read.
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ET;
        epoll::add(&epoll, bell.as_fd(), epoll::EventData::new_u64(0), flags)
            .expect("a descriptor can be waited for");
        let path = path_of(&memory);
        let limit = LimitEventfd {
            requests,
            answers,
            epoll,
            // The child has the bell from here on; what is watched is the same one.
            _peer: Peer::with_output(&["eventfd", &path], Stdio::from(bell)),
        };
        // The child opens the memory by its path, so it has to be there until it answers.
        limit.requests.send(NONE - 1);
        while limit.receive(NONE) != NONE - 1 {}
        limit
    }

    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let last = self.answers.look();
        self.requests.send(number);
        answered(self.receive(last))
    }
}
