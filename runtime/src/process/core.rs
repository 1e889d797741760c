//! The living part of a process pool: the queue, and which worker takes which call.
//!
//! A call goes to an idle worker at once, in the caller's own poll; otherwise it waits, first come
//! first served, and the next worker that is free takes it. Idle workers are a stack: the one that
//! worked last has the warmest caches.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::Context;
use std::time::Duration;

use super::codec;
use super::job::Job;
use super::start;
use super::worker::{Taken, Worker};
use crate::drain::{Drain, Watchers};
use crate::queue::Queue;
use crate::sync::{lock, wake};
use crate::thread::Rejected;
use crate::timer::{self, Expire, Timer};

/// What a pool was told to be. Filled in by `ProcessPool`'s builder.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) workers: usize,
    pub(crate) queue: usize,
    pub(crate) timeout: Option<Duration>,
    pub(crate) memory_limit: Option<u64>,
    pub(crate) recycle_after: Option<u64>,
    pub(crate) start_timeout: Duration,
}

/// After so many workers in a row that did not come up, the calls that wait are told.
const FAILED_STARTS: u32 = 3;
/// How long to wait before the next start after one failed; doubles each time.
const BACK_OFF: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(crate) struct Core {
    name: String,
    settings: Settings,
    /// The process that the pool's threads are in.
    process: u32,
    /// Workers started so far; numbers them.
    started: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue<Job>,
    idle: Vec<Arc<Worker>>,
    /// Workers that live or are about to, those that are leaving included.
    workers: usize,
    /// Those of them that are not ready yet.
    starting: usize,
    /// Starts that failed since the last one that succeeded.
    failed_starts: u32,
    /// No worker is started before this timer is through.
    pause: Option<Timer>,
    closed: bool,
    watchers: Watchers,
}

impl State {
    fn is_drained(&self) -> bool {
        self.closed && self.workers == 0 && self.queue.len() == 0
    }
}

impl Drain for Core {
    fn poll_drained(&self, cx: &Context<'_>) -> bool {
        let mut state = lock(&self.state);
        let is_drained = state.is_drained();
        if !is_drained {
            state.watchers.add(cx.waker());
        }
        is_drained
    }
}

impl Core {
    pub(crate) fn new(name: &str, settings: Settings) -> Arc<Core> {
        Arc::new(Core {
            name: name.to_owned(),
            settings,
            started: AtomicUsize::new(0),
            process: std::process::id(),
            state: Mutex::default(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn next_worker_number(&self) -> usize {
        self.started.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes a call in: gives it to an idle worker, or queues it.
    pub(crate) fn submit(self: &Arc<Core>, job: Arc<Job>) -> Result<(), Rejected> {
        if self.process != std::process::id() {
            return Err(Rejected::forked());
        }
        let mut state = lock(&self.state);
        if state.closed {
            return Err(Rejected::Closed);
        }
        let can_start = state.workers < self.settings.workers;
        let is_full = job.bounded() && state.queue.holds(self.settings.queue);
        if is_full && state.idle.is_empty() && !can_start {
            return Err(Rejected::Full);
        }
        if let Some(worker) = state.idle.pop() {
            drop(state);
            if !self.hand_over(&worker, job) {
                self.worker_free(&worker);
            }
        } else {
            state.queue.push_back(job);
            self.start_workers(state);
        }
        Ok(())
    }

    /// Puts a call that has lost its worker at the head of the queue.
    pub(crate) fn requeue(self: &Arc<Core>, job: Arc<Job>) {
        let mut state = lock(&self.state);
        state.queue.push_front(job);
        match state.idle.pop() {
            Some(worker) => {
                drop(state);
                self.worker_free(&worker);
            }
            None => self.start_workers(state),
        }
    }

    /// Gives `worker` a call. False if nobody wants the call any more, so that the worker is still
    /// free.
    fn hand_over(self: &Arc<Core>, worker: &Arc<Worker>, job: Arc<Job>) -> bool {
        let request = job.request();
        let is_large = request.is_none();
        match worker.take(&job, request) {
            Taken::Yes if is_large => codec::encode_for(&job, worker),
            Taken::Yes => {}
            Taken::NotWanted => return false,
            Taken::Unfit => self.requeue(job),
        }
        true
    }

    /// The worker has said its first word.
    pub(crate) fn worker_ready(self: &Arc<Core>, worker: &Arc<Worker>) {
        let mut state = lock(&self.state);
        state.starting -= 1;
        state.failed_starts = 0;
        state.pause = None;
        drop(state);
        self.worker_free(worker);
    }

    /// The worker has nothing to do: gives it the next call, lets it rest or lets it go.
    pub(crate) fn worker_free(self: &Arc<Core>, worker: &Arc<Worker>) {
        if (self.settings.recycle_after).is_some_and(|limit| worker.calls() >= limit) {
            return worker.retire();
        }
        loop {
            let mut state = lock(&self.state);
            let Some(job) = state.queue.pop_front() else {
                if !state.closed {
                    state.idle.push(Arc::clone(worker));
                    return;
                }
                drop(state);
                return worker.retire();
            };
            drop(state);
            if self.hand_over(worker, job) {
                return;
            }
        }
    }

    /// The worker is dead and buried. `failed_start` says why, if it never was ready.
    pub(crate) fn worker_gone(
        self: &Arc<Core>,
        worker: &Arc<Worker>,
        failed_start: Option<String>,
    ) {
        if let Some(reason) = failed_start {
            return self.start_failed(&reason);
        }
        let mut state = lock(&self.state);
        state.idle.retain(|idle| !Arc::ptr_eq(idle, worker));
        state.workers -= 1;
        self.start_workers(state);
        self.look_for_end();
    }

    /// A worker that was to be started is not there.
    pub(crate) fn start_failed(self: &Arc<Core>, reason: &str) {
        let mut state = lock(&self.state);
        state.workers -= 1;
        state.starting -= 1;
        // Of several that were started together and fail together, only the first counts.
        let mut can_wait = true;
        if state.pause.is_none() {
            state.failed_starts += 1;
            let pause = BACK_OFF * 2_u32.pow(state.failed_starts.min(6));
            let target = Arc::downgrade(self) as Weak<dyn Expire>;
            state.pause = timer::after(pause, target, 0).ok();
            can_wait = state.pause.is_some();
        }
        // Calls wait for another try as long as there is hope: tries left, or a worker that works
        // or may come to it.
        let is_hopeless = state.failed_starts >= FAILED_STARTS || !can_wait;
        let told = if is_hopeless && state.workers == 0 {
            state.queue.take()
        } else {
            VecDeque::new()
        };
        drop(state);
        for job in told {
            job.fail_to_start(reason);
        }
        self.look_for_end();
    }

    /// Starts workers for the calls that wait, as many as there may be.
    fn start_workers(self: &Arc<Core>, mut state: MutexGuard<'_, State>) {
        if state.pause.is_some() {
            return;
        }
        let wanted = state.queue.len().saturating_sub(state.starting);
        let possible = self.settings.workers.saturating_sub(state.workers);
        let count = wanted.min(possible);
        state.workers += count;
        state.starting += count;
        drop(state);
        for _ in 0..count {
            start::request(self);
        }
    }

    /// A call in the queue has lost its caller.
    pub(crate) fn job_abandoned(&self) {
        let over = lock(&self.state).queue.abandon();
        if !over.is_empty() {
            codec::discard(over);
        }
    }

    /// Takes no more calls. Those in the queue are still run; idle workers end.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        for worker in idle {
            worker.retire();
        }
    }

    /// Tells those who wait for the pool's end, if this is it.
    fn look_for_end(&self) {
        let mut state = lock(&self.state);
        if state.is_drained() {
            let watchers = state.watchers.take();
            drop(state);
            watchers.into_iter().for_each(wake);
        }
    }
}

/// The pause after a failed start is over.
impl Expire for Core {
    fn expire(self: Arc<Self>, _token: u64) {
        let mut state = lock(&self.state);
        let pause = state.pause.take();
        self.start_workers(state);
        drop(pause);
    }
}
