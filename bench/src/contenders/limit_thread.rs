//! Limit: a parked thread. The caller wakes it, and it wakes the caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, Thread};

use super::{Contender, answered};

pub(crate) struct LimitThread {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Default)]
struct Shared {
    request: AtomicU32,
    answer: AtomicU32,
}

const NONE: u32 = u32::MAX;

impl Contender for LimitThread {
    fn start(_: Option<usize>) -> LimitThread {
        let shared = Arc::new(Shared {
            request: AtomicU32::new(NONE),
            answer: AtomicU32::new(NONE),
        });
        let caller = thread::current();
        let theirs = shared.clone();
        let handle = thread::spawn(move || {
            loop {
                let number = theirs.request.swap(NONE, Ordering::Acquire);
                if number == NONE {
                    thread::park();
                } else {
                    theirs.answer.store(number, Ordering::Release);
                    caller.unpark();
                }
            }
        });
        LimitThread {
            shared,
            thread: handle.thread().clone(),
        }
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.shared.request.store(number, Ordering::Release);
        self.thread.unpark();
        while self.shared.answer.load(Ordering::Acquire) != number {
            thread::park();
        }
        answered(number)
    }
}
