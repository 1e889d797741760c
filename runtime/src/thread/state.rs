//! [`State`]: what the threads of a pool and its callers share, under one lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::Instant;

use super::growth::{Flow, Window};
use crate::pool::closing::Watchers;
use crate::pool::queue::{Queue, Runnable};
use crate::util::timer::Timer;

/// A thread of a pool, as the pool sees it.
pub(super) struct Worker {
    thread: Thread,
    /// The call that the thread runs, so that a shutdown can end it. It has a lock of its own, so
    /// that threads do not wait for each other when they begin and end calls.
    pub(super) runs: Mutex<Option<Arc<dyn Runnable>>>,
    /// Whether the thread was idle and was taken off the idle threads to be woken. It is only
    /// changed under the lock of the pool.
    called: AtomicBool,
}

impl Worker {
    /// Returns the handle of the current thread.
    pub(super) fn new() -> Arc<Worker> {
        Arc::new(Worker {
            thread: thread::current(),
            runs: Mutex::new(None),
            called: AtomicBool::new(false),
        })
    }

    /// Wakes the thread. Call it without the lock of the pool, which the thread takes next.
    pub(super) fn wake(&self) {
        self.thread.unpark();
    }
}

/// The state of a thread pool that changes, under the lock of the pool.
#[derive(Default)]
pub(super) struct State {
    pub(super) queue: Queue<dyn Runnable>,
    pub(super) workers: Vec<Arc<Worker>>,
    /// How many threads the pool may have.
    pub(super) most: usize,
    /// How many threads the pool has, with those that are being started.
    pub(super) threads: usize,
    /// How many of `threads` have not come to the queue yet.
    pub(super) arriving: usize,
    /// How many of `arriving` are starting further threads.
    pub(super) starters: usize,
    /// How many further threads are to be started. They are not counted in `threads` yet.
    pub(super) planned: usize,
    /// How many threads run a call.
    pub(super) busy: usize,
    /// The threads that wait for a call and were not woken yet. The last one to wait is woken
    /// first: its memory is warm, and a thread that is not needed reaches the end of its
    /// keep-alive.
    pub(super) idle: Vec<Arc<Worker>>,
    /// How many threads were taken off `idle` to be woken and have not noticed it yet.
    pub(super) woken: usize,
    /// How many threads were started so far. The next one has the next number in its name.
    pub(super) started: usize,
    /// Whether calls are so short that more threads than cores would only compete for the cores.
    pub(super) brisk: bool,
    pub(super) flow: Flow,
    /// The window that is open now: calls wait, and the pool counts how many return.
    pub(super) window: Option<Window>,
    /// The deadline at which the pool judges the window.
    pub(super) look: Timer,
    /// Whether the pool was closed.
    pub(super) closed: bool,
    /// The deadline of the shutdown.
    pub(super) shutdown: Timer,
    /// Whether the deadline of the shutdown has passed.
    pub(super) abort: bool,
    /// The wakers of those who wait for the end of the pool.
    pub(super) watchers: Watchers,
}

impl State {
    pub(super) fn push(&mut self, work: Arc<dyn Runnable>) {
        self.flow.queued += 1;
        self.queue.push_back(work);
    }

    /// Takes the first call out of the queue, for the current thread to run it.
    pub(super) fn pop(&mut self) -> Option<Arc<dyn Runnable>> {
        let work = self.queue.pop_front()?;
        self.flow.taken += 1;
        self.busy += 1;
        Some(work)
    }

    /// Counts a call that a thread has finished.
    pub(super) fn give_back(&mut self) {
        self.flow.returned += 1;
        self.busy -= 1;
    }

    /// Returns how many threads are not idle.
    pub(super) fn active(&self) -> usize {
        self.threads - self.idle.len()
    }

    /// Takes the thread that became idle last off the idle threads. The caller has to wake it.
    pub(super) fn call_one(&mut self) -> Option<Arc<Worker>> {
        let worker = self.idle.pop()?;
        worker.called.store(true, Ordering::Relaxed);
        self.woken += 1;
        Some(worker)
    }

    /// Returns whether this thread was taken off the idle threads, and notes that it knows.
    pub(super) fn was_called(&mut self, worker: &Worker) -> bool {
        // A load and a store will do: `called` is only changed under the lock.
        let was_called = worker.called.load(Ordering::Relaxed);
        if was_called {
            worker.called.store(false, Ordering::Relaxed);
            self.woken -= 1;
        }
        was_called
    }

    /// Counts a thread that is about to be started. Returns its number.
    pub(super) fn reserve(&mut self) -> usize {
        self.threads += 1;
        self.arriving += 1;
        self.started += 1;
        self.started
    }

    /// Takes back the count of a thread that could not be started.
    pub(super) fn not_started(&mut self) {
        self.threads -= 1;
        self.arriving -= 1;
        self.planned = 0;
    }

    /// Takes one of the planned threads and counts it. Returns its number, or `None` if no further
    /// thread is needed now.
    pub(super) fn reserve_planned(&mut self) -> Option<usize> {
        // Each thread that is arriving will take a call.
        if self.queue.len() <= self.arriving || self.threads >= self.most {
            self.planned = 0;
        }
        self.planned = self.planned.checked_sub(1)?;
        Some(self.reserve())
    }

    /// Begins a new window.
    pub(super) fn open_window(&mut self, now: Instant) {
        self.window = Some(Window::new(now, self.flow));
    }

    /// Returns whether the pool has ended: it is closed, and it has no thread or has given up on
    /// those that are left.
    pub(super) fn is_drained(&self) -> bool {
        self.closed && (self.threads == 0 || self.abort)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("queued", &self.queue.len())
            .field("threads", &self.threads)
            .field("idle", &self.idle.len())
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}
