//! A futex: a thread sleeps on a word of memory, which two processes may share.

use std::sync::atomic::AtomicU32;

use rustix::thread::futex;

/// Sleeps until another thread wakes the word. Returns at once if the word is not `expected`. It
/// may also return for no reason, so the caller has to check the word again.
pub(crate) fn wait(word: &AtomicU32, expected: u32) {
    let _ = futex::wait(word, futex::Flags::empty(), expected, None);
}

/// Wakes one thread that sleeps on the word.
pub(crate) fn wake_one(word: &AtomicU32) {
    // It cannot fail for a word that is mapped.
    let _ = futex::wake(word, futex::Flags::empty(), 1);
}

/// Puts this thread to sleep for ever.
pub(crate) fn sleep_for_ever() -> ! {
    let never_woken = AtomicU32::new(0);
    loop {
        let _ = futex::wait(&never_woken, futex::Flags::PRIVATE, 0, None);
    }
}
