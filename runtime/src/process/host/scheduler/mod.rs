//! The scheduler of a process pool: the queue, and which worker takes which call.
//!
//! A call goes to an idle worker at once, in the caller's own poll; otherwise it waits, first come
//! first served, and the next worker that is free takes it. Short calls are prefetched: they wait
//! in workers, so that a worker goes from one to the next by itself.

pub(crate) mod job;
mod prefetch;
mod retry;
mod roster;
mod shutdown;
mod start;
mod supervise;
mod sweep;
mod watchdog;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard};

use self::job::Job;
use self::roster::Roster;
use self::watchdog::Watchdog;
use super::exit_hook;
use super::offload;
use super::poison::Poison;
use super::worker;
use crate::error::Started;
use crate::pool::closing::Watchers;
use crate::pool::queue::Queue;
use crate::pool::rejected::Rejected;
use crate::process::config::Config;
use crate::stats::{Counters, Stats};
use crate::sys::fork;
use crate::util::sync::lock;
use crate::util::timer::{Expire, Timer, Token};

/// The handle of a worker of a process pool.
pub(crate) type WorkerHandle = worker::WorkerHandle<Scheduler>;

#[derive(Debug)]
pub(crate) struct Scheduler {
    config: Config,
    /// The [`fork::generation`] of the process that the threads of the pool are in.
    forks: u32,
    counters: Counters,
    poison: Poison,
    /// Held from taking a call out of the queue until a worker has it, so that calls come to
    /// workers in their order. Taken before all other locks.
    taking: Mutex<()>,
    /// How many calls were put behind others in workers.
    prefetched: AtomicUsize,
    watchdog: Watchdog<Timer>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    queue: Queue<Job>,
    roster: Roster<WorkerHandle>,
    /// Starts that failed since the last one that succeeded.
    failed_starts: u32,
    /// No worker is started before this deadline has passed.
    pause: Timer,
    /// When to look for workers that have been idle for too long.
    idle_check: Timer,
    closed: bool,
    /// When all that still runs is to be killed.
    shutdown: Timer,
    /// The pool was shut down, and all that still ran was killed.
    abort: bool,
    watchers: Watchers,
}

impl State {
    fn is_drained(&self) -> bool {
        self.closed && self.roster.count() == 0 && self.queue.len() == 0
    }
}

impl Scheduler {
    /// Makes the scheduler of a pool that may have so many workers.
    pub(crate) fn new(config: &Config, workers: usize) -> Arc<Scheduler> {
        let scheduler = Arc::new(Scheduler {
            forks: fork::generation(),
            counters: Counters::default(),
            poison: Poison::default(),
            taking: Mutex::new(()),
            prefetched: AtomicUsize::new(0),
            watchdog: Watchdog::default(),
            state: Mutex::new(State {
                queue: Queue::default(),
                roster: Roster::new(config.min_workers, workers),
                failed_starts: 0,
                pause: Timer::default(),
                idle_check: Timer::default(),
                closed: false,
                shutdown: Timer::default(),
                abort: false,
                watchers: Watchers::default(),
            }),
            config: *config,
        });
        exit_hook::include(Arc::<Scheduler>::downgrade(&scheduler));
        scheduler
    }

    pub(crate) fn name(&self) -> &str {
        self.config.name
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
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
        let state = lock(&self.state);
        if state.closed {
            return Err(Rejected::Closed);
        }
        let limit = self.config.queue.saturating_add(state.roster.room());
        if job.bounded() && state.queue.holds(limit.saturating_sub(waiting)) {
            return Err(Rejected::Full);
        }
        self.counters.submitted();
        if let Some(deaths) = job.is_poison() {
            drop(state);
            job.fail_as_poison(deaths);
            return Ok(());
        }
        let mut state = match self.take_idle(state) {
            Ok(idle) => {
                idle.take(lock(&self.taking), &job);
                return Ok(());
            }
            Err(state) => state,
        };
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
        Ok(())
    }

    /// Puts a call that has lost its worker at the head of the queue.
    pub(crate) fn requeue(self: &Arc<Scheduler>, job: Arc<Job>) {
        match self.put_back(job) {
            None => self.serve_queue(),
            Some(job) => job.abort(Started::No),
        }
    }

    /// Puts a call at the head of the queue, or returns it if nothing is taken from there any more.
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
        match self.take_idle(lock(&self.state)) {
            // It looks into the queue.
            Ok(idle) => drop(idle),
            Err(state) => self.start_workers(state),
        }
    }

    /// Takes a worker that has nothing to do. `Err` if there is none.
    fn take_idle<'a>(
        self: &'a Arc<Scheduler>,
        mut state: MutexGuard<'a, State>,
    ) -> Result<IdleWorker<'a>, MutexGuard<'a, State>> {
        let Some(worker) = state.roster.pop_idle() else {
            return Err(state);
        };
        // Before the guard is there, which takes this lock when it is dropped.
        drop(state);
        Ok(IdleWorker {
            scheduler: self,
            worker: Some(worker),
        })
    }

    /// The worker has nothing to do: gives it the next call, lets it rest or lets it go.
    pub(crate) fn worker_free(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        if worker.is_retiring() {
            return worker.retire();
        }
        if (self.config.recycle_after).is_some_and(|limit| worker.calls() >= limit) {
            lock(&self.state).roster.mark_retiring(worker);
            return worker.retire();
        }
        if (self.config.recycle_above).is_some_and(|limit| worker.resident_memory() > limit) {
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
            let limit = self.config.idle_timeout;
            let _ = state.idle_check.set(limit, self, Deadline::Idle);
        }
    }

    /// The caller of a call in the queue has dropped it.
    pub(crate) fn job_abandoned(&self) {
        let over = lock(&self.state).queue.abandon();
        if !over.is_empty() {
            offload::discard(over);
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

/// What became of a call that was to be given to a worker.
enum Settled {
    Given,
    /// Another thread goes on: the worker could not take the call, which is in the queue again, or
    /// its arguments are being encoded.
    Elsewhere,
    /// The call needs no worker any more.
    Over,
}

/// A worker that was taken from those that have nothing to do. Unless it is given a call, it looks
/// for work when this is dropped, and rests again if there is none.
///
/// Not to be dropped under a lock of the scheduler.
struct IdleWorker<'a> {
    scheduler: &'a Arc<Scheduler>,
    worker: Option<Arc<WorkerHandle>>,
}

impl IdleWorker<'_> {
    /// Hands this call to the worker.
    fn take(mut self, taking: MutexGuard<'_, ()>, job: &Arc<Job>) {
        let Some(worker) = self.worker.take() else {
            return;
        };
        if let Settled::Over = self.scheduler.hand_over(taking, &worker, job) {
            self.worker = Some(worker);
        }
    }
}

impl Drop for IdleWorker<'_> {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            self.scheduler.worker_free(&worker);
        }
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
                let (unused, next) = state.roster.retire_unused(self.config.idle_timeout);
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
