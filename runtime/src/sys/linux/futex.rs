//! Waiting on a word of memory, which two processes may share.

use std::sync::atomic::AtomicU32;

use rustix::thread::futex;

/// Sleeps while the word is `expected`. It returns when it is woken, when the word is another, or
/// for no reason: the caller looks again.
pub(crate) fn wait(word: &AtomicU32, expected: u32) {
    let _ = futex::wait(word, futex::Flags::empty(), expected, None);
}

/// Wakes one that sleeps on the word.
pub(crate) fn wake_one(word: &AtomicU32) {
    // It cannot fail for a word that is mapped.
    let _ = futex::wake(word, futex::Flags::empty(), 1);
}

/// Sleeps for ever.
pub(crate) fn sleep_for_ever() -> ! {
    let nobody = AtomicU32::new(0);
    loop {
        let _ = futex::wait(&nobody, futex::Flags::PRIVATE, 0, None);
    }
}
