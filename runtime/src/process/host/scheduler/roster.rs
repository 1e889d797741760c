//! Which workers a pool has: how many there may be, which have nothing to do, which are to end.
//!
//! This is bookkeeping under the pool's lock. It decides and notes; the pool does what it says once
//! the lock is released.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

/// A worker, as far as the roster looks at it.
pub(crate) trait Member {
    /// Returns whether the worker was told to end, now or after its calls.
    fn is_retiring(&self) -> bool;

    /// Notes that the worker is to end.
    fn mark_retiring(&self);

    /// Returns whether the worker has calls, and room for another one behind them.
    fn has_room(&self) -> bool;
}

#[derive(Debug)]
pub(crate) struct Roster<M> {
    /// So many are kept once the pool is in use.
    min: usize,
    max: usize,
    /// Those that have nothing to do, and since when. A stack: the last has the warmest caches, the
    /// first has been idle for longest.
    idle: Vec<(Instant, Arc<M>)>,
    /// All that have a process.
    live: Vec<Arc<M>>,
    /// Which of them was given a call behind others last.
    last_filled: usize,
    /// How many workers have a process or are about to have one, those that are retiring included.
    count: usize,
    /// How many of them are not ready yet.
    starting: usize,
    /// How many of them were told to end.
    retiring: usize,
    /// Those of them that take too much memory, and are to end when another is ready.
    outgrown: Vec<Arc<M>>,
    /// How many workers were started in all.
    started: u64,
    /// How many workers died that were not told to end.
    died: u64,
}

impl<M: Member> Roster<M> {
    pub(crate) fn new(min: usize, max: usize) -> Roster<M> {
        Roster {
            min,
            max,
            idle: Vec::new(),
            live: Vec::new(),
            last_filled: 0,
            count: 0,
            starting: 0,
            retiring: 0,
            outgrown: Vec::new(),
            started: 0,
            died: 0,
        }
    }

    /// Returns how many workers there are, those that are starting or retiring included.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn idle(&self) -> usize {
        self.idle.len()
    }

    pub(crate) fn started(&self) -> u64 {
        self.started
    }

    pub(crate) fn died(&self) -> u64 {
        self.died
    }

    /// Returns how many calls could be taken up by workers that have none, are starting, or can be
    /// started.
    pub(crate) fn room(&self) -> usize {
        self.idle.len() + self.starting + self.max.saturating_sub(self.count)
    }

    /// Returns how many workers to start for so many calls that wait, and notes that they are
    /// starting.
    pub(crate) fn start_for(&mut self, queued: usize) -> usize {
        let for_calls = queued.saturating_sub(self.starting);
        let for_min = self.min.saturating_sub(self.count - self.retiring);
        let possible = self.max.saturating_sub(self.count);
        let count = for_calls.max(for_min).min(possible);
        self.count += count;
        self.starting += count;
        count
    }

    /// Returns the number of a worker that is about to get a process.
    pub(crate) fn number(&mut self) -> usize {
        self.started += 1;
        usize::try_from(self.started).unwrap_or(usize::MAX)
    }

    /// A worker that is starting has a process now.
    pub(crate) fn add(&mut self, worker: &Arc<M>) {
        self.live.push(Arc::clone(worker));
    }

    /// A worker has no process any more, and was never ready.
    pub(crate) fn remove(&mut self, worker: &M) {
        self.live.retain(|other| !is_same(other, worker));
    }

    /// A worker is ready. Returns one that it replaces, if that has nothing to do; one that works
    /// ends after its calls.
    pub(crate) fn ready(&mut self) -> Option<Arc<M>> {
        self.starting -= 1;
        let old = self.outgrown.last().cloned()?;
        self.mark_retiring(&old);
        let at = self.idle.iter().position(|(_, idle)| is_same(idle, &old))?;
        self.idle.remove(at);
        Some(old)
    }

    /// A worker that was to be started is not there.
    pub(crate) fn start_failed(&mut self) {
        self.count -= 1;
        self.starting -= 1;
        // Those that have outgrown their limit stay, and ask again after their next call.
        self.outgrown.clear();
    }

    /// A worker that was ready is gone.
    pub(crate) fn gone(&mut self, worker: &M) {
        self.idle.retain(|(_, idle)| !is_same(idle, worker));
        self.outgrown.retain(|old| !is_same(old, worker));
        self.remove(worker);
        self.count -= 1;
        self.retiring -= usize::from(worker.is_retiring());
    }

    /// A worker was found dead.
    pub(crate) fn count_death(&mut self, worker: &M) {
        self.died += u64::from(!worker.is_retiring());
    }

    /// The worker takes too much memory. True if another is to be started in its place.
    pub(crate) fn replace(&mut self, worker: &Arc<M>) -> bool {
        if worker.is_retiring() || self.outgrown.iter().any(|old| is_same(old, worker)) {
            return false;
        }
        self.outgrown.push(Arc::clone(worker));
        self.count += 1;
        self.starting += 1;
        true
    }

    /// The worker takes no more calls. One that has calls ends after them.
    pub(crate) fn mark_retiring(&mut self, worker: &M) {
        if !worker.is_retiring() {
            self.retiring += 1;
            worker.mark_retiring();
            // It ends before another has taken its place.
            self.outgrown.retain(|old| !is_same(old, worker));
        }
    }

    /// Returns whether there are more workers than there may be.
    pub(crate) fn has_surplus(&self) -> bool {
        self.count - self.retiring > self.max.saturating_add(self.outgrown.len())
    }

    pub(crate) fn push_idle(&mut self, worker: &Arc<M>) {
        self.idle.push((Instant::now(), Arc::clone(worker)));
    }

    pub(crate) fn pop_idle(&mut self) -> Option<Arc<M>> {
        self.idle.pop().map(|(_, worker)| worker)
    }

    /// The pool is closed: takes out all that have nothing to do, to be told to end.
    pub(crate) fn close(&mut self) -> Vec<Arc<M>> {
        self.min = 0;
        let idle = std::mem::take(&mut self.idle);
        let idle: Vec<_> = idle.into_iter().map(|(_, worker)| worker).collect();
        for worker in &idle {
            self.mark_retiring(worker);
        }
        idle
    }

    /// Takes out those that have been idle for so long, as far as they can be spared. Returns them,
    /// and in how much time the next one will have been idle for so long.
    pub(crate) fn retire_unused(&mut self, limit: Duration) -> (Vec<Arc<M>>, Option<Duration>) {
        let mut unused = Vec::new();
        while self.count - self.retiring > self.min {
            let Some((since, worker)) = self.idle.first() else {
                break;
            };
            let left = limit.saturating_sub(since.elapsed());
            if !left.is_zero() {
                return (unused, Some(left));
            }
            let worker = Arc::clone(worker);
            self.idle.remove(0);
            self.mark_retiring(&worker);
            unused.push(worker);
        }
        (unused, None)
    }

    /// Sets how many there may be, and takes out those of the surplus that have nothing to do.
    pub(crate) fn resize(&mut self, max: usize) -> Vec<Arc<M>> {
        self.max = max;
        self.min = self.min.min(max);
        let mut surplus = Vec::new();
        while self.has_surplus() && !self.idle.is_empty() {
            let (_, worker) = self.idle.remove(0);
            self.mark_retiring(&worker);
            surplus.push(worker);
        }
        surplus
    }

    /// Returns all workers that have a process.
    pub(crate) fn live(&self) -> Vec<Arc<M>> {
        self.live.clone()
    }

    /// Returns whether all workers that there may be are ready, so that no other will take what
    /// waits.
    pub(crate) fn is_complete(&self) -> bool {
        self.count >= self.max && self.starting == 0
    }

    /// Returns a worker that has room for a call behind those that it has: each in its turn.
    pub(crate) fn with_room(&mut self) -> Option<Arc<M>> {
        // Few are looked at, because this is asked for each call that waits.
        for _ in 0..self.live.len().min(2) {
            self.last_filled = (self.last_filled + 1) % self.live.len();
            let worker = &self.live[self.last_filled];
            if worker.has_room() {
                return Some(Arc::clone(worker));
            }
        }
        None
    }
}

fn is_same<M>(one: &Arc<M>, other: &M) -> bool {
    std::ptr::eq(Arc::as_ptr(one), other)
}
