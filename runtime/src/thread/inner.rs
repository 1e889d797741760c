//! [`Inner`]: the state of a thread pool that its threads and its callers share. It takes calls
//! into the queue and wakes a thread for them.

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

/// The settings of a thread pool, checked. The methods of [`ThreadPool`](super::ThreadPool) with
/// these names say what each one means.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) threads: usize,
    pub(crate) queue: usize,
    pub(crate) keep_alive: Duration,
    pub(crate) stack_size: Option<usize>,
    pub(crate) timeout: Option<Duration>,
}

/// The shared state of a thread pool.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) id: usize,
    pub(super) name: String,
    pub(super) settings: Settings,
    /// The [`fork::generation`] of the process that the threads of the pool are in.
    pub(super) forks: u32,
    /// The number of cores. Up to this many threads start without a [`Window`], because short calls
    /// can use them too.
    ///
    /// [`Window`]: super::growth::Window
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

    /// Puts `work` into the queue, and wakes or starts a thread for it if that is worth it.
    ///
    /// # Errors
    /// The pool is closed, belongs to the process that this one was forked from, or has no thread
    /// and cannot start one. With `bounded`, also: the queue is full.
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
        // A thread that has no call, or is not started yet, has room for one.
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
        // Beyond the number of cores, a window tells whether threads are missing or too many.
        let is_worth_a_look = !is_eager && (may_grow || state.threads > self.cores);
        let is_watched = is_worth_a_look && self.watch(&mut state);
        if is_eager || (may_grow && !is_watched) {
            // Start it under the lock, so that a failure is known before the pool takes the call: a
            // call that no thread will ever run must not be in the queue.
            let number = state.reserve();
            if let Err(error) = self.start_thread(number) {
                state.not_started();
                if state.threads == 0 {
                    return Err(Rejected::NoThread(error));
                }
                // The other threads will run the call, unless they are blocked.
                self.watch(&mut state);
            }
        }
        state.push(work);
        Ok(())
    }

    /// Wakes an idle thread for a call in the queue, unless a woken thread is on its way already.
    /// That thread wakes the next one if there are more calls. A wake-up takes longer than a short
    /// call, so the pool makes few of them.
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

    /// Tells the queue that a call in it has ended, and drops such calls on the pool.
    pub(crate) fn work_abandoned(self: &Arc<Inner>) {
        let over = lock(&self.state).queue.abandon();
        if !over.is_empty() {
            self.discard(over);
        }
    }

    /// Drops a value of the user's on a thread of the pool, because that may block. If the pool
    /// takes no more calls, drops it on this thread.
    pub(crate) fn discard<T: Send + 'static>(self: &Arc<Inner>, value: T) {
        let discard = Discard(Mutex::new(Some(value)));
        // If `submit` refuses the value, it is dropped here, and its `drop` may panic.
        panic::swallow_panic(|| drop(self.submit(Arc::new(discard), false)));
    }

    /// Sets how many threads the pool may have from now on.
    pub(crate) fn resize(self: &Arc<Inner>, threads: usize) {
        let mut state = lock(&self.state);
        state.most = threads;
        if state.queue.len() > 0 && state.threads < threads {
            self.watch(&mut state);
        }
        wake_all(state);
    }
}

/// Wakes all idle threads, because the state has changed: the pool was closed or resized.
pub(super) fn wake_all(mut state: MutexGuard<'_, State>) {
    let called: Vec<_> = std::iter::from_fn(|| state.call_one()).collect();
    drop(state);
    for worker in called {
        worker.wake();
    }
}

/// Which deadline of a thread pool has passed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    /// It is time to judge whether the calls in the queue need another thread.
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

/// A queued value that a thread of the pool only drops.
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
