//! Limit: a futex wakes the child, and an eventfd wakes the program, which waits with epoll.
//!
//! An async runtime waits with epoll too, so a call to another process cannot take less time on it.

use std::os::fd::{AsFd, OwnedFd};
use std::process::Stdio;

use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::io::Errno;

use super::limit_futex::{Mailbox, NONE, create, open, path_of};
use super::responder::Responder;
use super::{Contender, answered};

/// Sends back each number that comes in. `memory` is the path of the shared memory. The eventfd is
/// the standard output of the child.
pub(crate) fn respond(memory: &str) {
    let (requests, answers) = open(memory);
    let mut last = NONE;
    loop {
        last = requests.wait_for_change(last);
        answers.store(last);
        let doorbell = rustix::stdio::stdout();
        rustix::io::write(doorbell, &1_u64.to_ne_bytes()).expect("the program listens");
    }
}

pub(crate) struct LimitEventfd {
    requests: Mailbox,
    answers: Mailbox,
    epoll: OwnedFd,
    _responder: Responder,
}

impl LimitEventfd {
    /// Waits until the answer is not `last`, and returns it.
    fn wait_for_change(&self, last: u32) -> u32 {
        loop {
            let number = self.answers.load();
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
        let doorbell = eventfd(0, EventfdFlags::CLOEXEC).expect("a descriptor can be had");
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).expect("a descriptor can be had");
        // Edge-triggered: epoll reports each write, and the eventfd need not be read.
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ET;
        epoll::add(
            &epoll,
            doorbell.as_fd(),
            epoll::EventData::new_u64(0),
            flags,
        )
        .expect("a descriptor can be waited for");
        let path = path_of(&memory);
        let limit = LimitEventfd {
            requests,
            answers,
            epoll,
            // This closes the eventfd here; epoll watches it as long as the child has it open.
            _responder: Responder::with_output(&["eventfd", &path], Stdio::from(doorbell)),
        };
        // The child opens the memory by its path, so the descriptor stays open until it answers.
        limit.requests.send(NONE - 1);
        while limit.wait_for_change(NONE) != NONE - 1 {}
        limit
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let last = self.answers.load();
        self.requests.send(number);
        answered(self.wait_for_change(last))
    }
}
