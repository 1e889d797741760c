//! Limit: memory that is shared with a child, with a futex for each direction.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap};
use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::futex;

use super::responder::Responder;
use super::{Contender, answered};

/// A number in memory that both processes map. One process writes it, the other waits for it.
pub(crate) struct Mailbox(&'static AtomicU32);

impl Mailbox {
    /// Writes the number, and wakes the process that waits for it.
    pub(super) fn send(&self, number: u32) {
        self.0.store(number, Ordering::Release);
        futex::wake(self.0, futex::Flags::empty(), 1).expect("a word that is mapped can be woken");
    }

    /// Writes the number, for a process that is woken in another way.
    pub(super) fn store(&self, number: u32) {
        self.0.store(number, Ordering::Release);
    }

    /// Returns the number that was written last.
    pub(super) fn load(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    /// Waits until the number is not `last`, and returns it.
    pub(super) fn wait_for_change(&self, last: u32) -> u32 {
        loop {
            let number = self.0.load(Ordering::Acquire);
            if number != last {
                return number;
            }
            // The wait ends early if a signal came, or if the number changed before it began.
            let _ = futex::wait(self.0, futex::Flags::empty(), last, None);
        }
    }
}

/// One page.
const SIZE: usize = 4096;
/// No request and no answer yet.
pub(super) const NONE: u32 = u32::MAX;

/// Maps the memory. Returns the requests and the answers, each on a cache line of its own.
fn map(memory: impl AsFd) -> (Mailbox, Mailbox) {
    let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
    // SAFETY: a new mapping, to which no other code has a pointer.
    let start = unsafe { mmap(null_mut(), SIZE, protection, flags, memory, 0) };
    let start = start.expect("memory can be mapped").cast::<AtomicU32>();
    // SAFETY: the mapping stays until this process ends, it is aligned to a page, and both
    // processes use its words as atomics only.
    let requests = unsafe { &*start };
    // SAFETY: 64 words after the start is within the mapping.
    let further = unsafe { start.add(64) };
    // SAFETY: as for the requests.
    let answers = unsafe { &*further };
    (Mailbox(requests), Mailbox(answers))
}

/// Opens the memory in the child, and makes the child end when the program ends.
pub(super) fn open(memory: &str) -> (Mailbox, Mailbox) {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let file = File::options().read(true).write(true).open(memory);
    map(file.expect("the program lives"))
}

/// Sends back each number that comes in. `memory` is the path of the shared memory.
pub(crate) fn respond(memory: &str) {
    let (requests, answers) = open(memory);
    let mut last = NONE;
    loop {
        last = requests.wait_for_change(last);
        answers.send(last);
    }
}

/// Creates the memory, with no request and no answer in it.
pub(super) fn create() -> (OwnedFd, Mailbox, Mailbox) {
    let memory = memfd_create("bench", MemfdFlags::CLOEXEC).expect("memory can be had");
    ftruncate(&memory, SIZE as u64).expect("memory can be had");
    let (requests, answers) = map(&memory);
    requests.store(NONE);
    answers.store(NONE);
    (memory, requests, answers)
}

/// Returns the path by which a child opens the memory.
pub(super) fn path_of(memory: &OwnedFd) -> String {
    format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd())
}

pub(crate) struct LimitFutex {
    requests: Mailbox,
    answers: Mailbox,
    _responder: Responder,
}

impl Contender for LimitFutex {
    fn start(_: Option<usize>) -> LimitFutex {
        let (memory, requests, answers) = create();
        let path = path_of(&memory);
        let responder = Responder::start(&["futex", &path]);
        let limit = LimitFutex {
            requests,
            answers,
            _responder: responder,
        };
        // The child opens the memory by its path, so the descriptor stays open until it answers.
        limit.requests.send(NONE - 1);
        while limit.answers.wait_for_change(NONE) != NONE - 1 {}
        limit
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let last = self.answers.load();
        self.requests.send(number);
        answered(self.answers.wait_for_change(last))
    }
}
