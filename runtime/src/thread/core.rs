//! The living part of a thread pool: the queue, the threads that empty it, and when they start
//! and end.

use std::cell::Cell;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Context;
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use crate::drain::{Drain, Watchers};
use crate::fork;
use crate::panic;
use crate::queue::{Queue, Waiting};
use crate::stats::{Counters, Stats};
use crate::sync::{lock, wake};
use crate::timer::{self, Expire, Timer};

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

    /// The pool is shut down: the caller is told, and the function asked to stop.
    fn cut_off(self: Arc<Self>) {}
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
    /// Says for what no thread could be started.
    #[cfg(target_os = "linux")]
    pub(crate) fn about(self, what: &str) -> Rejected {
        match self {
            Rejected::NoThread(error) => Rejected::NoThread(std::io::Error::new(
                error.kind(),
                format!("{what}: {error}"),
            )),
            other => other,
        }
    }

    /// Of the threads that a pool has, none is in a process that was made by `fork`.
    pub(crate) fn forked() -> Rejected {
        Rejected::NoThread(std::io::Error::other(
            "this process was forked from one that had used the pool; \
             fork before the first call, or start a new program",
        ))
    }
}

/// How long calls wait before it is asked whether another thread would serve them better.
const MOMENT: Duration = Duration::from_millis(1);
/// Calls of which a thread takes more than so many in that time are short.
const SHORT: u64 = 16;
/// So many threads are started at a time: each takes some tens of microseconds.
const MOST_AT_ONCE: usize = 64;

#[derive(Debug)]
pub(crate) struct Core {
    id: usize,
    name: String,
    settings: Settings,
    /// Stands for the process that the pool's threads are in.
    forks: u32,
    /// So many threads start without a look at what the calls do: short calls can use them too.
    cores: usize,
    counters: Counters,
    state: Mutex<State>,
    wake: Condvar,
}

/// The call that a thread runs, for a shutdown to find. A thread has one of its own, so that calls
/// do not wait for each other here.
#[derive(Default)]
struct Running(Mutex<Option<Arc<dyn Work>>>);

#[derive(Default)]
struct State {
    queue: Queue<dyn Work>,
    /// What each thread runs.
    running: Vec<Arc<Running>>,
    /// How many threads there may be.
    most: usize,
    threads: usize,
    /// Threads that run a call.
    busy: usize,
    /// How many calls have been queued so far, and how many have been taken.
    pushed: u64,
    popped: u64,
    /// The same two at the last look at the queue.
    at_last_look: (u64, u64),
    /// When to look at it again.
    watch: Option<Timer>,
    /// Threads that wait and that nobody has woken yet.
    idle: usize,
    /// Wake-ups that were given and that no thread has taken yet.
    woken: usize,
    /// Threads started so far; numbers their names.
    started: usize,
    closed: bool,
    /// When whoever still waits is told that there is nothing to wait for.
    shutdown: Option<Timer>,
    /// ... which has happened.
    cut_off: bool,
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
            forks: fork::generation(),
            cores: available_parallelism().map_or(1, NonZero::get),
            counters: Counters::default(),
            state: Mutex::new(State {
                most: settings.threads,
                ..State::default()
            }),
            settings,
            wake: Condvar::new(),
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
            idle: state.idle,
            workers_started: state.started as u64,
            ..self.counters.read()
        }
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
        if state.idle > 0 {
            state.push(work);
            self.wake_one(state);
            return Ok(());
        }
        let is_eager = state.threads < state.most.min(self.cores);
        if is_eager || (state.threads < state.most && !self.watch(&mut state)) {
            // Started under the lock, so that a failure is known before the call is taken: one
            // that no thread will ever run must not sit in the queue.
            state.reserve(1);
            let started = self.start_thread(state.started);
            if started.is_err() {
                state.threads -= 1;
            }
            if state.threads == 0 {
                started.map_err(Rejected::NoThread)?;
            }
            // Otherwise the threads that are there will come to it, and the next call tries again.
        }
        state.push(work);
        Ok(())
    }

    /// Wakes a thread for a call in the queue, unless one is about to come already: that one wakes the
    /// next if there is more to do. Waking takes longer than a short call, so the fewer the better.
    fn wake_one(&self, mut state: MutexGuard<'_, State>) {
        if state.woken == 0 && state.idle > 0 {
            state.idle -= 1;
            state.woken += 1;
            drop(state);
            self.wake.notify_one();
        }
    }

    /// Looks at the queue after a moment: whether calls wait that need another thread. False if there
    /// is no thread to look.
    fn watch(self: &Arc<Core>, state: &mut State) -> bool {
        if state.watch.is_none() {
            let target = Arc::downgrade(self) as Weak<dyn Expire>;
            state.watch = timer::after(MOMENT, target, LOOK).ok();
            state.at_last_look = (state.pushed, state.popped);
        }
        state.watch.is_some()
    }

    /// Starts threads if the calls that wait need more.
    ///
    /// Short calls are best served by few threads, calls that block by many, and nobody knows which
    /// they are. What shows is whether the queue moves: where nothing has been taken for a moment
    /// all threads are blocked, and as many again are started. Where calls are taken, but a call has
    /// waited all the same, one is, unless the calls are so short that a thread is not worth its start.
    fn grow(self: &Arc<Core>) {
        let mut state = lock(&self.state);
        let watch = state.watch.take();
        let queued = state.queue.len();
        if queued == 0 {
            return;
        }
        let (pushed, popped) = state.at_last_look;
        let taken = state.popped - popped;
        let are_short = taken > SHORT * state.threads as u64;
        let wanted = if taken == 0 {
            state.threads.clamp(1, MOST_AT_ONCE)
        } else {
            usize::from(state.popped < pushed && !are_short)
        };
        let possible = state.most.saturating_sub(state.threads);
        let count = wanted.min(queued).min(possible);
        let first = state.started + 1;
        state.reserve(count);
        if count < possible {
            // If that fails the next call looks.
            self.watch(&mut state);
        }
        drop(state);
        drop(watch);
        for number in first..first + count {
            if self.start_thread(number).is_err() {
                thread_ends(lock(&self.state));
            }
        }
    }

    /// Starts the thread of this number, which has been counted already.
    fn start_thread(self: &Arc<Core>, number: usize) -> std::io::Result<()> {
        let core = Arc::clone(self);
        let mut builder = thread::Builder::new().name(format!("{}-{number}", self.name));
        if let Some(bytes) = self.settings.stack_size {
            builder = builder.stack_size(bytes);
        }
        builder.spawn(move || core.work()).map(drop)
    }

    /// The life of one thread.
    fn work(self: Arc<Core>) {
        WORKS_FOR.set(self.id);
        let running = Arc::new(Running::default());
        let mut state = lock(&self.state);
        state.running.push(Arc::clone(&running));
        loop {
            let (back, has_work) = self.find_work(state);
            state = back;
            if !has_work {
                break;
            }
            while let Some(work) = state.pop() {
                // Before the lock is let go, so that a shutdown finds the call here or there.
                *lock(&running.0) = Some(Arc::clone(&work));
                if state.queue.len() > 0 {
                    self.wake_one(state);
                } else {
                    drop(state);
                }
                panic::quietly(|| work.run());
                let before = lock(&running.0).take();
                panic::quietly(|| drop(before));
                state = lock(&self.state);
                state.busy -= 1;
                if state.threads > state.most {
                    break;
                }
            }
        }
        state.running.retain(|other| !Arc::ptr_eq(other, &running));
        thread_ends(state);
    }

    /// Waits until there is work. False if this thread is to end.
    fn find_work<'a>(&'a self, mut state: MutexGuard<'a, State>) -> (MutexGuard<'a, State>, bool) {
        if state.queue.len() > 0 && state.threads <= state.most {
            return (state, true);
        }
        let until = Instant::now().checked_add(self.settings.keep_alive);
        let mut is_over = false;
        state.idle += 1;
        loop {
            if state.woken > 0 {
                // Whoever gave the wake-up has taken this thread off `idle`.
                state.woken -= 1;
                return (state, true);
            }
            if is_over || state.closed || state.threads > state.most {
                state.idle -= 1;
                return (state, false);
            }
            let pause = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            let (back, timeout) = self
                .wake
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner);
            state = back;
            is_over = timeout.timed_out();
        }
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

    /// Sets how many threads there may be from now on.
    pub(crate) fn resize(self: &Arc<Core>, threads: usize) {
        lock(&self.state).most = threads;
        self.wake.notify_all();
        self.grow();
    }

    /// Takes no more calls. Those in the queue are still run; idle threads end.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.wake.notify_all();
    }

    /// Closes, and after `deadline` waits for nothing that has not come to its end.
    pub(crate) fn shut_down(self: &Arc<Core>, deadline: Duration) {
        self.close();
        let target = Arc::downgrade(self) as Weak<dyn Expire>;
        match timer::after(deadline, target, CUT_OFF) {
            Ok(timer) => {
                let before = lock(&self.state).shutdown.replace(timer);
                drop(before);
            }
            // There is no thread to wait for it, and there is to be an end.
            Err(_) => self.cut_off(),
        }
    }

    /// Tells all callers that there is nothing to wait for. Threads that run something are left to
    /// themselves, since nothing can end them.
    fn cut_off(&self) {
        let mut state = lock(&self.state);
        state.cut_off = true;
        let queued = state.queue.take();
        let running = state.running.clone();
        let watchers = state.watchers.take();
        drop(state);
        for work in &queued {
            Arc::clone(work).cut_off();
        }
        for running in running {
            let work = lock(&running.0).clone();
            if let Some(work) = work {
                work.cut_off();
            }
        }
        watchers.into_iter().for_each(wake);
        // The arguments of what never ran are the user's, and dropping them may block.
        let dropped = thread::Builder::new()
            .name(format!("{}-end", self.name))
            .spawn(move || panic::quietly(|| drop(queued)));
        // Without a thread for it they were dropped here.
        let _ = dropped;
    }
}

impl State {
    fn push(&mut self, work: Arc<dyn Work>) {
        self.pushed += 1;
        self.queue.push_back(work);
    }

    fn pop(&mut self) -> Option<Arc<dyn Work>> {
        let work = self.queue.pop_front()?;
        self.popped += 1;
        self.busy += 1;
        Some(work)
    }

    /// Counts threads that are about to start.
    fn reserve(&mut self, threads: usize) {
        self.threads += threads;
        self.started += threads;
    }

    /// Nothing is left to wait for.
    fn is_drained(&self) -> bool {
        self.closed && (self.threads == 0 || self.cut_off)
    }
}

impl Drain for Core {
    fn poll_drained(&self, cx: &Context<'_>) -> bool {
        if self.forks != fork::generation() {
            // Its threads are not in this process.
            return true;
        }
        let mut state = lock(&self.state);
        let is_drained = state.is_drained();
        if !is_drained {
            state.watchers.add(cx.waker());
        }
        is_drained
    }
}

fn thread_ends(mut state: MutexGuard<'_, State>) {
    state.threads -= 1;
    if state.is_drained() {
        let watchers = state.watchers.take();
        drop(state);
        watchers.into_iter().for_each(wake);
    }
}

/// What a timer of the pool is for.
const LOOK: u64 = 0;
const CUT_OFF: u64 = 1;

impl Expire for Core {
    fn expire(self: Arc<Self>, about: u64) {
        if about == LOOK {
            self.grow();
        } else {
            self.cut_off();
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

impl<T: Send> Work for Discard<T> {
    fn run(self: Arc<Self>) {
        let value = lock(&self.0).take();
        drop(value);
    }
}
