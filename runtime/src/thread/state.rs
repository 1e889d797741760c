//! What the threads of a pool and its callers share, under one lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::Instant;

use super::growth::{Flow, Window};
use crate::pool::closing::Watchers;
use crate::pool::queue::{Queue, Runnable};
use crate::util::timer::Timer;

/// What a pool knows of one of its threads.
pub(super) struct Worker {
    thread: Thread,
    /// The call that it runs, for a shutdown to find. Not under the lock of the pool, so that calls do
    /// not wait for each other here.
    pub(super) runs: Mutex<Option<Arc<dyn Runnable>>>,
    /// It waited, and has been woken. Only changed under the lock of the pool.
    called: AtomicBool,
}

impl Worker {
    /// Of this thread.
    pub(super) fn new() -> Arc<Worker> {
        Arc::new(Worker {
            thread: thread::current(),
            runs: Mutex::new(None),
            called: AtomicBool::new(false),
        })
    }

    /// Best called without the lock, which the thread will want next.
    pub(super) fn wake(&self) {
        self.thread.unpark();
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) queue: Queue<dyn Runnable>,
    pub(super) workers: Vec<Arc<Worker>>,
    /// How many threads there may be.
    pub(super) most: usize,
    /// Threads that are there or are being started.
    pub(super) threads: usize,
    /// Those among them that have not come to the queue yet.
    pub(super) arriving: usize,
    /// Those among these that start further ones.
    pub(super) starters: usize,
    /// Threads that are to be started and of which nobody has begun to start.
    pub(super) planned: usize,
    /// Threads that run a call.
    pub(super) busy: usize,
    /// Threads that wait and that nobody has woken yet. The last to wait is the first to be woken: its
    /// memory is warm, and one that is not needed gets to the end of its keep-alive.
    pub(super) idle: Vec<Arc<Worker>>,
    /// Wake-ups that were given and that no thread has taken yet.
    pub(super) woken: usize,
    /// Threads started so far; numbers their names.
    pub(super) started: usize,
    /// Calls are so short that more threads than cores would only be in each other's way.
    pub(super) brisk: bool,
    pub(super) flow: Flow,
    /// Since when calls wait that no thread has come for.
    pub(super) window: Option<Window>,
    /// When to look at the queue again.
    pub(super) look: Timer,
    pub(super) closed: bool,
    /// When whoever still waits is told that there is nothing to wait for.
    pub(super) shutdown: Timer,
    /// ... which has happened.
    pub(super) abort: bool,
    pub(super) watchers: Watchers,
}

impl State {
    pub(super) fn push(&mut self, work: Arc<dyn Runnable>) {
        self.flow.queued += 1;
        self.queue.push_back(work);
    }

    /// For a thread that will run it.
    pub(super) fn pop(&mut self) -> Option<Arc<dyn Runnable>> {
        let work = self.queue.pop_front()?;
        self.flow.taken += 1;
        self.busy += 1;
        Some(work)
    }

    /// A thread has come back from its call.
    pub(super) fn give_back(&mut self) {
        self.flow.returned += 1;
        self.busy -= 1;
    }

    /// Threads that do not wait for a call.
    pub(super) fn active(&self) -> usize {
        self.threads - self.idle.len()
    }

    /// Takes the thread that has waited least off those that wait. It is to be woken.
    pub(super) fn call_one(&mut self) -> Option<Arc<Worker>> {
        let worker = self.idle.pop()?;
        worker.called.store(true, Ordering::Relaxed);
        self.woken += 1;
        Some(worker)
    }

    /// Whether somebody has called this thread, which waited.
    pub(super) fn was_called(&mut self, worker: &Worker) -> bool {
        // No exchange is needed: only who has the lock changes it.
        let was_called = worker.called.load(Ordering::Relaxed);
        if was_called {
            worker.called.store(false, Ordering::Relaxed);
            self.woken -= 1;
        }
        was_called
    }

    /// Counts a thread that is about to start, and gives its number.
    pub(super) fn reserve(&mut self) -> usize {
        self.threads += 1;
        self.arriving += 1;
        self.started += 1;
        self.started
    }

    /// It could not be started.
    pub(super) fn not_started(&mut self) {
        self.threads -= 1;
        self.arriving -= 1;
        self.planned = 0;
    }

    /// Counts a thread that is to be started now, if one is.
    pub(super) fn reserve_planned(&mut self) -> Option<usize> {
        // Each of those that are about to come takes a call.
        if self.queue.len() <= self.arriving || self.threads >= self.most {
            self.planned = 0;
        }
        self.planned = self.planned.checked_sub(1)?;
        Some(self.reserve())
    }

    /// Begins to count anew.
    pub(super) fn open_window(&mut self, now: Instant) {
        self.window = Some(Window::new(now, self.flow));
    }

    /// Nothing is left to wait for.
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
