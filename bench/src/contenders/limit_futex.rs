//! Limit: memory that a child shares, and a futex in it for each direction.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap};
use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::futex;

use super::responder::Peer;
use super::{Contender, answered};

/// A number that is waited for, in memory that both map.
pub(crate) struct Mailbox(&'static AtomicU32);

impl Mailbox {
    pub(super) fn send(&self, number: u32) {
        self.0.store(number, Ordering::Release);
        futex::wake(self.0, futex::Flags::empty(), 1).expect("a word that is mapped can be woken");
    }

    /// Puts the number there, for somebody who is woken in another way.
    pub(super) fn put(&self, number: u32) {
        self.0.store(number, Ordering::Release);
    }

    /// The number that is there.
    pub(super) fn look(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    /// Waits for a number other than this one.
    pub(super) fn receive(&self, last: u32) -> u32 {
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
pub(super) const NONE: u32 = u32::MAX;

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

/// What the program has made, in its child, which ends when the program does.
pub(super) fn open(memory: &str) -> (Mailbox, Mailbox) {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let file = File::options().read(true).write(true).open(memory);
    map(file.expect("the program lives"))
}

/// `memory` is a path to it.
pub(crate) fn peer(memory: &str) {
    let (requests, answers) = open(memory);
    let mut last = NONE;
    loop {
        last = requests.receive(last);
        answers.send(last);
    }
}

/// New mailboxes, in which nothing lies.
pub(super) fn create() -> (OwnedFd, Mailbox, Mailbox) {
    let memory = memfd_create("bench", MemfdFlags::CLOEXEC).expect("memory can be had");
    ftruncate(&memory, SIZE as u64).expect("memory can be had");
    let (requests, answers) = map(&memory);
    requests.put(NONE);
    answers.put(NONE);
    (memory, requests, answers)
}

/// By which a child finds it.
pub(super) fn path_of(memory: &OwnedFd) -> String {
    format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd())
}

pub(crate) struct LimitFutex {
    requests: Mailbox,
    answers: Mailbox,
    _peer: Peer,
}

impl Contender for LimitFutex {
    fn start(_: Option<usize>) -> LimitFutex {
        let (memory, requests, answers) = create();
        let path = path_of(&memory);
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
        let last = self.answers.look();
        self.requests.send(number);
        answered(self.answers.receive(last))
    }
}
