//! The living part of a thread pool: takes calls and puts them where its threads find them.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::available_parallelism;
use std::time::Duration;

use super::state::State;
use crate::pool::queue::{Runnable, Waiting};
use crate::pool::rejected::Rejected;
use crate::stats::{Counters, Stats};
use crate::sys::fork;
use crate::util::panic;
use crate::util::sync::lock;
use crate::util::timer::{Expire, Token};

/// What a pool was told to be. Filled in by `ThreadPool`'s builder.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) threads: usize,
    pub(crate) queue: usize,
    pub(crate) keep_alive: Duration,
    pub(crate) stack_size: Option<usize>,
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) id: usize,
    pub(super) name: String,
    pub(super) settings: Settings,
    /// Stands for the process that the pool's threads are in.
    pub(super) forks: u32,
    /// So many threads start without a look at what the calls do: short calls can use them too.
    pub(super) cores: usize,
    counters: Counters,
    pub(super) state: Mutex<State>,
}

impl Inner {
    pub(crate) fn new(name: &str, settings: Settings) -> Arc<Inner> {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        Arc::new(Inner {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name: name.to_owned(),
            forks: fork::generation(),
            cores: available_parallelism().map_or(1, NonZero::get),
            counters: Counters::default(),
            state: Mutex::new(State {
                most: settings.threads,
                ..State::default()
            }),
            settings,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn stats(&self) -> Stats {
        let state = lock(&self.state);
        Stats {
            workers: state.threads,
            idle: state.idle.len(),
            workers_started: state.started as u64,
            ..self.counters.read()
        }
    }

    /// Queues `work`. With `bounded`, a queue that is full refuses it.
    pub(crate) fn submit(
        self: &Arc<Inner>,
        work: Arc<dyn Runnable>,
        bounded: bool,
    ) -> Result<(), Rejected> {
        if self.forks != fork::generation() {
            return Err(Rejected::forked());
        }
        let mut state = lock(&self.state);
        if state.closed {
            return Err(Rejected::Closed);
        }
        // Threads that have no call, or are not there yet, have room for one each.
        let room = state.most.saturating_sub(state.busy);
        if bounded && state.queue.holds(self.settings.queue.saturating_add(room)) {
            return Err(Rejected::Full);
        }
        if !state.idle.is_empty() {
            state.push(work);
            self.wake_one(state);
            return Ok(());
        }
        let may_grow = state.threads < state.most;
        let is_eager = may_grow && state.threads < self.cores;
        // Beyond the cores there may be too few of them, or too many.
        let is_worth_a_look = !is_eager && (may_grow || state.threads > self.cores);
        let is_watched = is_worth_a_look && self.watch(&mut state);
        if is_eager || (may_grow && !is_watched) {
            // Started under the lock, so that a failure is known before the call is taken: one
            // that no thread will ever run must not sit in the queue.
            let number = state.reserve();
            if let Err(error) = self.start_thread(number) {
                state.not_started();
                if state.threads == 0 {
                    return Err(Rejected::NoThread(error));
                }
                // The threads that are there will come to it, unless they are blocked.
                self.watch(&mut state);
            }
        }
        state.push(work);
        Ok(())
    }

    /// Wakes a thread for a call in the queue, unless one is about to come already: that one wakes the
    /// next if there is more to do. Waking takes longer than a short call, so the fewer the better.
    pub(super) fn wake_one(self: &Arc<Inner>, mut state: MutexGuard<'_, State>) {
        if state.woken > 0 || state.idle.is_empty() {
            return;
        }
        let are_enough = state.brisk && state.active() >= self.cores;
        if are_enough && self.watch(&mut state) {
            return;
        }
        let called = state.call_one();
        drop(state);
        if let Some(worker) = called {
            worker.wake();
        }
    }

    /// A call in the queue has lost its caller.
    pub(crate) fn work_abandoned(self: &Arc<Inner>) {
        let over = lock(&self.state).queue.abandon();
        if !over.is_empty() {
            self.discard(over);
        }
    }

    /// Drops a value of the user's on the pool, because that may block.
    pub(crate) fn discard<T: Send + 'static>(self: &Arc<Inner>, value: T) {
        let discard = Discard(Mutex::new(Some(value)));
        // A pool that takes no more calls leaves it to this thread.
        panic::swallow_panic(|| drop(self.submit(Arc::new(discard), false)));
    }

    /// Sets how many threads there may be from now on.
    pub(crate) fn resize(self: &Arc<Inner>, threads: usize) {
        let mut state = lock(&self.state);
        state.most = threads;
        if state.queue.len() > 0 && state.threads < threads {
            self.watch(&mut state);
        }
        wake_all(state);
    }
}

/// Wakes all threads that wait, to look what has changed.
pub(super) fn wake_all(mut state: MutexGuard<'_, State>) {
    let called: Vec<_> = std::iter::from_fn(|| state.call_one()).collect();
    drop(state);
    for worker in called {
        worker.wake();
    }
}

/// What a deadline of the pool is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    /// It is time to look whether the calls that wait need another thread.
    Growth,
    /// The deadline of a shutdown.
    Shutdown,
}

impl Token for Deadline {
    fn to_number(self) -> u64 {
        self as u64
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::Growth,
            _ => Deadline::Shutdown,
        }
    }
}

impl Expire for Inner {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        match deadline {
            Deadline::Growth => self.grow(),
            Deadline::Shutdown => self.abort(),
        }
    }
}

/// A value that is only to be dropped.
struct Discard<T>(Mutex<Option<T>>);

impl<T: Send> Waiting for Discard<T> {
    fn is_over(&self) -> bool {
        false
    }
}

impl<T: Send> Runnable for Discard<T> {
    fn run(self: Arc<Self>) {
        let value = lock(&self.0).take();
        drop(value);
    }
}
