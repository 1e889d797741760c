//! Limit: memory that a child shares, and a futex in it for each direction.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap};
use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::futex;

use super::peer::Peer;
use super::{Contender, answered};

/// A number that is waited for, in memory that both map.
struct Mailbox(&'static AtomicU32);

impl Mailbox {
    fn send(&self, number: u32) {
        self.0.store(number, Ordering::Release);
        futex::wake(self.0, futex::Flags::empty(), 1).expect("a word that is mapped can be woken");
    }

    /// Waits for a number other than this one.
    fn receive(&self, last: u32) -> u32 {
        loop {
            let number = self.0.load(Ordering::Acquire);
            if number != last {
                return number;
            }
            // Interrupted, or changed before it slept: it looks again.
            let _ = futex::wait(self.0, futex::Flags::empty(), last, None);
        }
    }
}

const SIZE: usize = 4096;
const NONE: u32 = u32::MAX;

/// The requests and the answers, each on a cache line of its own.
fn map(memory: impl AsFd) -> (Mailbox, Mailbox) {
    let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
    // SAFETY: a new mapping, of which nobody knows the address yet.
    let start = unsafe { mmap(null_mut(), SIZE, protection, flags, memory, 0) };
    let start = start.expect("memory can be mapped").cast::<AtomicU32>();
    // SAFETY: the mapping is as long as this process lives, aligned to a page, and both processes
    // use its words as atomics only.
    let requests = unsafe { &*start };
    // SAFETY: 64 words on is within the mapping.
    let further = unsafe { start.add(64) };
    // SAFETY: as for the requests.
    let answers = unsafe { &*further };
    (Mailbox(requests), Mailbox(answers))
}

/// `memory` is a path to it.
pub(crate) fn peer(memory: &str) {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let file = File::options().read(true).write(true).open(memory);
    let (requests, answers) = map(file.expect("the program lives"));
    let mut last = NONE;
    loop {
        last = requests.receive(last);
        answers.send(last);
    }
}

pub(super) struct LimitFutex {
    requests: Mailbox,
    answers: Mailbox,
    _peer: Peer,
}

impl Contender for LimitFutex {
    fn start(_: Option<usize>) -> LimitFutex {
        let memory = memfd_create("bench", MemfdFlags::CLOEXEC).expect("memory can be had");
        ftruncate(&memory, SIZE as u64).expect("memory can be had");
        let (requests, answers) = map(&memory);
        requests.0.store(NONE, Ordering::Release);
        answers.0.store(NONE, Ordering::Release);
        let path = format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd());
        let peer = Peer::start(&["futex", &path]);
        let limit = LimitFutex {
            requests,
            answers,
            _peer: peer,
        };
        // The child opens the memory by its path, so it has to be there until it answers.
        limit.requests.send(NONE - 1);
        while limit.answers.receive(NONE) != NONE - 1 {}
        limit
    }

    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let last = self.answers.0.load(Ordering::Acquire);
        self.requests.send(number);
        answered(self.answers.receive(last))
    }
}
