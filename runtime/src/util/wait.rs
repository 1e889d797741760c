//! Awaits a future without an async runtime, by parking the thread.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

thread_local! {
    static IS_WAITING: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this thread is inside of [`wait`]. An async runtime that runs on this thread is
/// blocked then.
#[cfg(feature = "tokio")]
pub(crate) fn is_waiting() -> bool {
    IS_WAITING.get()
}

/// Blocks this thread until `future` is ready. Returns its output.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let _waiting = Waiting(IS_WAITING.replace(true));
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            // Unparking before parking makes `park` return at once, so no wake-up is lost.
            Poll::Pending => thread::park(),
        }
    }
}

/// Sets `IS_WAITING` back to this value when it is dropped, also if the future panics.
struct Waiting(bool);

impl Drop for Waiting {
    fn drop(&mut self) {
        IS_WAITING.set(self.0);
    }
}
