//! The living part of a thread pool: the queue, the threads that empty it, and when they start
//! and end.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::thread;
use std::time::{Duration, Instant};

use crate::drain::{Drain, Watchers};
use crate::panic;
use crate::queue::{Queue, Waiting};
use crate::sync::{lock, wake};

/// What a pool was told to be. Filled in by `ThreadPool`'s builder.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) threads: usize,
    pub(crate) queue: usize,
    pub(crate) keep_alive: Duration,
    pub(crate) stack_size: Option<usize>,
    pub(crate) timeout: Option<Duration>,
}

/// What a thread of the pool does.
pub(crate) trait Work: Waiting {
    /// Runs the call, or drops it if nobody waits for it any more.
    fn run(self: Arc<Self>);
}

/// Why a call was not taken.
#[derive(Debug)]
pub(crate) enum Rejected {
    Closed,
    Full,
    /// No thread is there and none could be started.
    NoThread(std::io::Error),
}

impl Rejected {
    /// Of the threads that a pool has, none is in a process that was made by `fork`.
    pub(crate) fn forked() -> Rejected {
        Rejected::NoThread(std::io::Error::other(
            "this process was forked from one that had used the pool; \
             fork before the first call, or start a new program",
        ))
    }
}

#[derive(Debug)]
pub(crate) struct Core {
    id: usize,
    name: String,
    settings: Settings,
    /// The process that the pool's threads are in.
    process: u32,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    queue: Queue<dyn Work>,
    threads: usize,
    /// Threads that wait and that nobody has woken yet.
    idle: usize,
    /// Wake-ups that were given and that no thread has taken yet.
    woken: usize,
    /// Threads started so far; numbers their names.
    started: usize,
    closed: bool,
    watchers: Watchers,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("queued", &self.queue.len())
            .field("threads", &self.threads)
            .field("idle", &self.idle)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

thread_local! {
    /// The pool that this thread works for; 0 is none.
    static WORKS_FOR: Cell<usize> = const { Cell::new(0) };
}

impl Core {
    pub(crate) fn new(name: &str, settings: Settings) -> Arc<Core> {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        Arc::new(Core {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name: name.to_owned(),
            settings,
            process: std::process::id(),
            state: Mutex::default(),
            wake: Condvar::new(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the current thread works for this pool. A call made there runs in place: waiting
    /// for a thread of the same pool could wait for ever.
    pub(crate) fn is_current(&self) -> bool {
        WORKS_FOR.get() == self.id
    }

    /// Queues `work`. With `bounded`, a queue that is full refuses it.
    pub(crate) fn submit(
        self: &Arc<Core>,
        work: Arc<dyn Work>,
        bounded: bool,
    ) -> Result<(), Rejected> {
        if self.process != std::process::id() {
            return Err(Rejected::forked());
        }
        let mut state = lock(&self.state);
        if state.closed {
            return Err(Rejected::Closed);
        }
        if bounded && state.idle == 0 && state.queue.holds(self.settings.queue) {
            return Err(Rejected::Full);
        }
        if state.idle > 0 {
            state.queue.push_back(work);
            state.idle -= 1;
            state.woken += 1;
            drop(state);
            self.wake.notify_one();
            return Ok(());
        }
        if state.threads < self.settings.threads {
            // Started under the lock, so that a failure is known before the call is taken: one
            // that no thread will ever run must not sit in the queue.
            let started = self.start_thread(&mut state);
            if state.threads == 0 {
                started.map_err(Rejected::NoThread)?;
            }
            // Otherwise the threads that are there will come to it, and the next call tries again.
        }
        state.queue.push_back(work);
        Ok(())
    }

    fn start_thread(self: &Arc<Core>, state: &mut State) -> std::io::Result<()> {
        let core = Arc::clone(self);
        let mut builder =
            thread::Builder::new().name(format!("{}-{}", self.name, state.started + 1));
        if let Some(bytes) = self.settings.stack_size {
            builder = builder.stack_size(bytes);
        }
        builder.spawn(move || core.work())?;
        state.started += 1;
        state.threads += 1;
        Ok(())
    }

    /// The life of one thread.
    fn work(self: Arc<Core>) {
        WORKS_FOR.set(self.id);
        let mut state = lock(&self.state);
        loop {
            while let Some(work) = state.queue.pop_front() {
                drop(state);
                panic::quietly(|| work.run());
                state = lock(&self.state);
            }
            if state.closed {
                break;
            }
            state.idle += 1;
            let until = Instant::now().checked_add(self.settings.keep_alive);
            loop {
                let pause = until.map_or(Duration::MAX, |until| {
                    until.saturating_duration_since(Instant::now())
                });
                let (back, timeout) = self
                    .wake
                    .wait_timeout(state, pause)
                    .unwrap_or_else(PoisonError::into_inner);
                state = back;
                if state.woken > 0 {
                    // Whoever gave the wake-up has taken this thread off `idle`.
                    state.woken -= 1;
                    break;
                }
                if state.closed || timeout.timed_out() {
                    state.idle -= 1;
                    return thread_ends(state);
                }
            }
        }
        thread_ends(state);
    }

    /// A call in the queue has lost its caller.
    pub(crate) fn work_abandoned(self: &Arc<Core>) {
        let over = lock(&self.state).queue.abandon();
        if !over.is_empty() {
            self.discard(over);
        }
    }

    /// Drops a value of the user's on the pool, because that may block.
    pub(crate) fn discard<T: Send + 'static>(self: &Arc<Core>, value: T) {
        let discard = Discard(Mutex::new(Some(value)));
        // A pool that takes no more calls leaves it to this thread.
        let _ = self.submit(Arc::new(discard), false);
    }

    /// Takes no more calls. Those in the queue are still run; idle threads end.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.wake.notify_all();
    }
}

impl Drain for Core {
    fn poll_drained(&self, cx: &Context<'_>) -> bool {
        let mut state = lock(&self.state);
        let is_drained = state.closed && state.threads == 0;
        if !is_drained {
            state.watchers.add(cx.waker());
        }
        is_drained
    }
}

fn thread_ends(mut state: MutexGuard<'_, State>) {
    state.threads -= 1;
    if state.closed && state.threads == 0 {
        let watchers = state.watchers.take();
        drop(state);
        watchers.into_iter().for_each(wake);
    }
}

/// A value that is only to be dropped.
struct Discard<T>(Mutex<Option<T>>);

impl<T: Send> Waiting for Discard<T> {
    fn is_over(&self) -> bool {
        false
    }
}

impl<T: Send> Work for Discard<T> {
    fn run(self: Arc<Self>) {
        let value = lock(&self.0).take();
        drop(value);
    }
}
