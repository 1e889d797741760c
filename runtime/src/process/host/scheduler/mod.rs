//! The living part of a process pool: the queue, and which worker takes which call.
//!
//! A call goes to an idle worker at once, in the caller's own poll; otherwise it waits, first come
//! first served, and the next worker that is free takes it. Short calls wait in the workers' own
//! lines, so that a worker goes from one to the next by itself.

pub(crate) mod job;
pub(crate) mod poison;
mod prefetch;
pub(crate) mod roster;
mod shutdown;
mod watchdog;

use std::collections::VecDeque;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use self::job::Job;
use self::poison::Poison;
use self::roster::Roster;
use super::codec;
use super::exit_hook;
use super::spawner;
use super::worker::WorkerHandle;
use crate::error::Started;
use crate::error::fault::StartFault;
use crate::pool::closing::Watchers;
use crate::pool::queue::Queue;
use crate::pool::rejected::Rejected;
use crate::process::config::Settings;
use crate::process::protocol::handshake::WorkerConfig;
use crate::stats::{Counters, Stats};
use crate::sys::fork;
use crate::util::sync::lock;
use crate::util::timer::{Expire, Timer, Token};

use self::prefetch::Settled;
use self::watchdog::Watchdog;

/// After so many workers in a row that did not come up, the calls that wait are told.
const FAILED_STARTS: u32 = 3;
/// How long to wait before the next start after one failed; doubles each time.
const BACK_OFF: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(crate) struct Scheduler {
    name: String,
    settings: Settings,
    /// Stands for the process that the pool's threads are in.
    forks: u32,
    counters: Counters,
    poison: Poison,
    /// Held from taking a call out of the queue until it is in a worker's line, so that calls come there in
    /// their order. Taken before all other locks.
    taking: Mutex<()>,
    /// How many calls lie ready behind others in workers.
    prefetched: AtomicUsize,
    watchdog: Watchdog<Timer>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    queue: Queue<Job>,
    roster: Roster,
    /// Starts that failed since the last one that succeeded.
    failed_starts: u32,
    /// No worker is started before this timer is through.
    pause: Timer,
    /// When to look for workers that have been idle for too long.
    idle_check: Timer,
    closed: bool,
    /// When whatever still runs is to be killed.
    shutdown: Timer,
    /// ... which has happened.
    abort: bool,
    watchers: Watchers,
}

impl State {
    fn is_drained(&self) -> bool {
        self.closed && self.roster.count() == 0 && self.queue.len() == 0
    }
}

impl Scheduler {
    pub(crate) fn new(name: &str, settings: Settings) -> Arc<Scheduler> {
        let scheduler = Arc::new(Scheduler {
            name: name.to_owned(),
            forks: fork::generation(),
            counters: Counters::default(),
            poison: Poison::default(),
            taking: Mutex::new(()),
            prefetched: AtomicUsize::new(0),
            watchdog: Watchdog::default(),
            state: Mutex::new(State {
                queue: Queue::default(),
                roster: Roster::new(settings.min_workers, settings.workers),
                failed_starts: 0,
                pause: Timer::default(),
                idle_check: Timer::default(),
                closed: false,
                shutdown: Timer::default(),
                abort: false,
                watchers: Watchers::default(),
            }),
            settings,
        });
        exit_hook::include(&scheduler);
        scheduler
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

    pub(crate) fn poison(&self) -> &Poison {
        &self.poison
    }

    pub(crate) fn stats(&self) -> Stats {
        self.catch_up();
        let calls = self.counters.read();
        let waiting = (self.waiting_in_workers() as u64).min(calls.running);
        let state = lock(&self.state);
        Stats {
            workers: state.roster.count(),
            idle: state.roster.idle(),
            workers_started: state.roster.started(),
            workers_died: state.roster.died(),
            running: calls.running - waiting,
            queued: calls.queued + waiting,
            ..calls
        }
    }

    /// What the next worker is told.
    pub(crate) fn config(&self) -> WorkerConfig {
        WorkerConfig {
            pool: self.name.clone(),
            number: lock(&self.state).roster.number(),
            memory_limit: self.settings.memory_limit,
            nice: self.settings.nice,
            reports_memory: self.settings.recycle_above.is_some(),
            #[cfg(feature = "sandbox")]
            sandbox: self.settings.sandbox.clone(),
        }
    }

    /// Takes a call in: gives it to an idle worker, or queues it.
    pub(crate) fn submit(self: &Arc<Scheduler>, job: Arc<Job>) -> Result<(), Rejected> {
        let taken = self.take_in(job);
        if taken.is_err() {
            self.counters.refused();
        }
        taken
    }

    fn take_in(self: &Arc<Scheduler>, job: Arc<Job>) -> Result<(), Rejected> {
        if !self.is_of_this_process() {
            return Err(Rejected::forked());
        }
        let waiting = if job.bounded() {
            self.waiting_in_workers()
        } else {
            0
        };
        let mut state = lock(&self.state);
        if state.closed {
            return Err(Rejected::Closed);
        }
        let limit = self.settings.queue.saturating_add(state.roster.room());
        if job.bounded() && state.queue.holds(limit.saturating_sub(waiting)) {
            return Err(Rejected::Full);
        }
        self.counters.submitted();
        if let Some(deaths) = job.is_poison() {
            drop(state);
            job.fail_as_poison(deaths);
        } else if let Some(worker) = state.roster.pop_idle() {
            drop(state);
            if let Settled::Over = self.hand_over(lock(&self.taking), &worker, &job) {
                self.worker_free(&worker);
            }
        } else {
            state.queue.push_back(job);
            if state.roster.is_complete() {
                let worker = state.roster.with_room();
                drop(state);
                if let Some(worker) = worker {
                    self.refill(&worker);
                }
            } else {
                self.start_workers(state);
            }
        }
        Ok(())
    }

    /// Puts a call that has lost its worker at the head of the queue.
    pub(crate) fn requeue(self: &Arc<Scheduler>, job: Arc<Job>) {
        match self.put_back(job) {
            None => self.serve_queue(),
            Some(job) => job.abort(Started::No),
        }
    }

    /// Puts a call at the head of the queue, or gives it back if nobody looks there any more.
    fn put_back(&self, job: Arc<Job>) -> Option<Arc<Job>> {
        let mut state = lock(&self.state);
        if state.abort {
            return Some(job);
        }
        state.queue.push_front(job);
        None
    }

    /// There is something in the queue: sees to it that a worker comes.
    fn serve_queue(self: &Arc<Scheduler>) {
        let mut state = lock(&self.state);
        match state.roster.pop_idle() {
            Some(worker) => {
                drop(state);
                self.worker_free(&worker);
            }
            None => self.start_workers(state),
        }
    }

    /// The worker has a process.
    pub(crate) fn worker_appeared(&self, worker: &Arc<WorkerHandle>) {
        lock(&self.state).roster.add(worker);
    }

    /// The worker is ready for calls.
    pub(crate) fn worker_ready(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        let mut state = lock(&self.state);
        let replaced = state.roster.ready();
        state.failed_starts = 0;
        state.pause.clear();
        drop(state);
        if let Some(old) = replaced {
            old.retire();
        }
        self.worker_free(worker);
        // Others may have failed to start, and nobody waits for another try now.
        self.start_workers(lock(&self.state));
    }

    /// The worker has nothing to do: gives it the next call, lets it rest or lets it go.
    pub(crate) fn worker_free(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        if worker.is_retiring() {
            return worker.retire();
        }
        if (self.settings.recycle_after).is_some_and(|limit| worker.calls() >= limit) {
            lock(&self.state).roster.mark_retiring(worker);
            return worker.retire();
        }
        if (self.settings.recycle_above).is_some_and(|limit| worker.resident_memory() > limit) {
            self.replace(worker);
        }
        let mut has_looked = false;
        loop {
            let taking = lock(&self.taking);
            let mut state = lock(&self.state);
            let may_stay = !worker.is_retiring() && !state.roster.has_surplus();
            let next = if may_stay {
                state.queue.pop_front()
            } else {
                None
            };
            match next {
                Some(job) => {
                    drop(state);
                    match self.hand_over(taking, worker, &job) {
                        Settled::Given => return self.refill(worker),
                        Settled::Elsewhere => return,
                        Settled::Over => {}
                    }
                }
                None if may_stay && !has_looked && self.has_prefetched() => {
                    has_looked = true;
                    drop(state);
                    drop(taking);
                    self.steal();
                }
                None if may_stay && !state.closed => return self.rest(&mut state, worker),
                None => {
                    state.roster.mark_retiring(worker);
                    drop(state);
                    return worker.retire();
                }
            }
        }
    }

    /// Leaves the worker in peace until a call comes, or until it has been idle for too long.
    fn rest(self: &Arc<Scheduler>, state: &mut State, worker: &Arc<WorkerHandle>) {
        state.roster.push_idle(worker);
        if !state.idle_check.is_set() {
            // Without a thread to look, the next worker that has nothing to do tries again.
            let limit = self.settings.idle_timeout;
            let _ = state.idle_check.set(limit, self, Deadline::Idle);
        }
    }

    /// Starts another worker in place of this one, which leaves when that is ready.
    fn replace(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        let mut state = lock(&self.state);
        let is_new = !state.closed && !state.pause.is_set() && state.roster.replace(worker);
        drop(state);
        if is_new {
            spawner::request(self);
        }
    }

    /// The worker is dead, which its call is about to be told.
    pub(crate) fn worker_died(&self, worker: &WorkerHandle) {
        lock(&self.state).roster.count_death(worker);
    }

    /// The worker is dead and reaped. `failed_start` says why, if it never was ready.
    pub(crate) fn worker_gone(
        self: &Arc<Scheduler>,
        worker: &Arc<WorkerHandle>,
        failed_start: Option<StartFault>,
    ) {
        if let Some(fault) = failed_start {
            self.worker_vanished(worker);
            return self.start_failed(&fault);
        }
        let mut state = lock(&self.state);
        state.roster.gone(worker);
        self.start_workers(state);
        self.look_for_end();
    }

    /// The worker has no process any more, and never was ready.
    pub(crate) fn worker_vanished(&self, worker: &WorkerHandle) {
        lock(&self.state).roster.remove(worker);
    }

    /// A worker that was to be started is not there.
    pub(crate) fn start_failed(self: &Arc<Scheduler>, fault: &StartFault) {
        let mut state = lock(&self.state);
        state.roster.start_failed();
        // Of several that were started together and fail together, only the first counts.
        let mut can_wait = true;
        if !state.pause.is_set() {
            state.failed_starts += 1;
            let pause = BACK_OFF * 2_u32.pow(state.failed_starts.min(6));
            can_wait = state.pause.set(pause, self, Deadline::NextStart).is_ok();
        }
        // Calls wait for another try as long as there is hope: tries left, or a worker that works
        // or may come to it.
        let is_hopeless = state.failed_starts >= FAILED_STARTS || !can_wait;
        let told = if is_hopeless && state.roster.count() == 0 {
            state.queue.take()
        } else {
            VecDeque::new()
        };
        drop(state);
        if !told.is_empty() {
            let reason = fault.to_string();
            told.iter().for_each(|job| job.fail_to_start(&reason));
        }
        self.look_for_end();
    }

    /// Starts workers for the calls that wait, as many as there may be, and those that are kept.
    fn start_workers(self: &Arc<Scheduler>, mut state: MutexGuard<'_, State>) {
        if state.pause.is_set() {
            return;
        }
        let queued = state.queue.len();
        let count = state.roster.start_for(queued);
        drop(state);
        for _ in 0..count {
            spawner::request(self);
        }
    }

    /// Whether there is still something to do for a worker that was asked for.
    pub(crate) fn wants_workers(&self) -> bool {
        let state = lock(&self.state);
        !state.closed || state.queue.len() > 0
    }

    /// Whether whatever a worker could do has been given up.
    pub(crate) fn is_aborted(&self) -> bool {
        lock(&self.state).abort
    }

    /// A call in the queue has lost its caller.
    pub(crate) fn job_abandoned(&self) {
        let over = lock(&self.state).queue.abandon();
        if !over.is_empty() {
            codec::discard(over);
            self.look_for_end();
        }
    }

    /// Sets how many workers there may be from now on.
    pub(crate) fn resize(self: &Arc<Scheduler>, workers: usize) {
        if !self.is_of_this_process() {
            return;
        }
        let mut state = lock(&self.state);
        let surplus = state.roster.resize(workers);
        self.start_workers(state);
        surplus.iter().for_each(WorkerHandle::retire);
    }
}

/// What a deadline of the pool is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// Workers may be started again after one failed to start.
    NextStart,
    /// Workers may have been idle for too long.
    Idle,
    /// The next sweep over the workers that have calls.
    Sweep,
    /// The deadline of a shutdown.
    Shutdown,
}

impl Token for Deadline {
    fn to_number(self) -> u64 {
        self as u64
    }

    fn from_number(number: u64) -> Deadline {
        match number {
            0 => Deadline::NextStart,
            1 => Deadline::Idle,
            2 => Deadline::Sweep,
            _ => Deadline::Shutdown,
        }
    }
}

impl Expire for Scheduler {
    type Deadline = Deadline;

    fn expire(self: Arc<Self>, deadline: Deadline) {
        match deadline {
            Deadline::NextStart => {
                let mut state = lock(&self.state);
                let pause = state.pause.take();
                self.start_workers(state);
                drop(pause);
            }
            Deadline::Idle => {
                let mut state = lock(&self.state);
                let (unused, next) = state.roster.retire_unused(self.settings.idle_timeout);
                state.idle_check.clear();
                if let Some(next) = next {
                    let _ = state.idle_check.set(next, &self, Deadline::Idle);
                }
                drop(state);
                unused.iter().for_each(WorkerHandle::retire);
            }
            Deadline::Sweep => self.sweep(),
            Deadline::Shutdown => self.abort(),
        }
    }
}
