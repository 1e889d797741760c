//! Which workers a pool has: how many there may be, which have nothing to do, which are to leave.
//!
//! This is bookkeeping under the pool's lock. It decides and notes; the pool does what it says once
//! the lock is let go.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::process::host::worker::WorkerHandle;

#[derive(Debug)]
pub(crate) struct Roster {
    /// So many are kept once the pool is in use.
    least: usize,
    most: usize,
    /// Those that have nothing to do, and since when. A stack: the last has the warmest caches, the
    /// first has been idle for longest.
    idle: Vec<(Instant, Arc<WorkerHandle>)>,
    /// All that have a process.
    present: Vec<Arc<WorkerHandle>>,
    /// Which of them was given a call behind others last.
    last_filled: usize,
    /// Workers that live or are about to, those that are leaving included.
    count: usize,
    /// Those of them that are not ready yet.
    starting: usize,
    /// Those of them that were told to end.
    leaving: usize,
    /// Workers that have grown too large and leave when another is ready.
    replaced: Vec<Arc<WorkerHandle>>,
    started: u64,
    died: u64,
}

impl Roster {
    pub(crate) fn new(least: usize, most: usize) -> Roster {
        Roster {
            least,
            most,
            idle: Vec::new(),
            present: Vec::new(),
            last_filled: 0,
            count: 0,
            starting: 0,
            leaving: 0,
            replaced: Vec::new(),
            started: 0,
            died: 0,
        }
    }

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

    /// How many calls could be taken up by workers that have none, are starting, or can be started.
    pub(crate) fn room(&self) -> usize {
        self.idle.len() + self.starting + self.most.saturating_sub(self.count)
    }

    /// How many workers to start for so many calls that wait, and notes that they are started.
    pub(crate) fn start_for(&mut self, queued: usize) -> usize {
        let for_calls = queued.saturating_sub(self.starting);
        let for_least = self.least.saturating_sub(self.count - self.leaving);
        let possible = self.most.saturating_sub(self.count);
        let count = for_calls.max(for_least).min(possible);
        self.count += count;
        self.starting += count;
        count
    }

    /// A worker has a process now; gives its number.
    pub(crate) fn number(&mut self) -> usize {
        self.started += 1;
        usize::try_from(self.started).unwrap_or(usize::MAX)
    }

    pub(crate) fn add(&mut self, worker: &Arc<WorkerHandle>) {
        self.present.push(Arc::clone(worker));
    }

    pub(crate) fn remove(&mut self, worker: &WorkerHandle) {
        self.present
            .retain(|other| other.number() != worker.number());
    }

    /// A worker is ready. Gives one that it replaces, if that has nothing to do; one that works leaves
    /// after its call.
    pub(crate) fn ready(&mut self) -> Option<Arc<WorkerHandle>> {
        self.starting -= 1;
        let old = self.replaced.last().cloned()?;
        self.mark_retiring(&old);
        let at = self.idle.iter().position(|(_, idle)| same(idle, &old))?;
        self.idle.remove(at);
        Some(old)
    }

    /// A worker that was to be started is not there.
    pub(crate) fn start_failed(&mut self) {
        self.count -= 1;
        self.starting -= 1;
        // They stay, and ask again after their next call.
        self.replaced.clear();
    }

    /// A worker is gone.
    pub(crate) fn gone(&mut self, worker: &Arc<WorkerHandle>) {
        self.idle.retain(|(_, idle)| !same(idle, worker));
        self.replaced.retain(|old| !same(old, worker));
        self.remove(worker);
        self.count -= 1;
        self.leaving -= usize::from(worker.is_retiring());
    }

    /// A worker was found dead.
    pub(crate) fn count_death(&mut self, worker: &WorkerHandle) {
        self.died += u64::from(!worker.is_retiring());
    }

    /// The worker has grown too large. True if another is to be started in its place.
    pub(crate) fn replace(&mut self, worker: &Arc<WorkerHandle>) -> bool {
        if worker.is_retiring() || self.replaced.iter().any(|old| same(old, worker)) {
            return false;
        }
        self.replaced.push(Arc::clone(worker));
        self.count += 1;
        self.starting += 1;
        true
    }

    /// The worker takes no more calls. One that has one is let go after it.
    pub(crate) fn mark_retiring(&mut self, worker: &WorkerHandle) {
        if !worker.is_retiring() {
            self.leaving += 1;
            worker.mark_retiring();
            // It leaves before another has taken its place.
            self.replaced.retain(|old| old.number() != worker.number());
        }
    }

    /// Whether there are more workers than there may be.
    pub(crate) fn has_surplus(&self) -> bool {
        self.count - self.leaving > self.most.saturating_add(self.replaced.len())
    }

    pub(crate) fn push_idle(&mut self, worker: &Arc<WorkerHandle>) {
        self.idle.push((Instant::now(), Arc::clone(worker)));
    }

    pub(crate) fn pop_idle(&mut self) -> Option<Arc<WorkerHandle>> {
        self.idle.pop().map(|(_, worker)| worker)
    }

    /// The pool is closed: takes out all that have nothing to do, to be let go.
    pub(crate) fn close(&mut self) -> Vec<Arc<WorkerHandle>> {
        self.least = 0;
        let idle = std::mem::take(&mut self.idle);
        let idle: Vec<_> = idle.into_iter().map(|(_, worker)| worker).collect();
        for worker in &idle {
            self.mark_retiring(worker);
        }
        idle
    }

    /// Takes out those that have been idle for so long, as far as they can be spared, and gives in
    /// how much time the next one will have been.
    pub(crate) fn retire_unused(
        &mut self,
        limit: Duration,
    ) -> (Vec<Arc<WorkerHandle>>, Option<Duration>) {
        let mut unused = Vec::new();
        while self.count - self.leaving > self.least {
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
    pub(crate) fn resize(&mut self, most: usize) -> Vec<Arc<WorkerHandle>> {
        self.most = most;
        self.least = self.least.min(most);
        let mut surplus = Vec::new();
        while self.has_surplus() && !self.idle.is_empty() {
            let (_, worker) = self.idle.remove(0);
            self.mark_retiring(&worker);
            surplus.push(worker);
        }
        surplus
    }

    pub(crate) fn present(&self) -> Vec<Arc<WorkerHandle>> {
        self.present.clone()
    }

    /// Whether all workers that there may be are there, so that no other will take what waits.
    pub(crate) fn is_complete(&self) -> bool {
        self.count >= self.most && self.starting == 0
    }

    /// A worker that has room for a call behind those that it has: each in its turn.
    pub(crate) fn with_room(&mut self) -> Option<Arc<WorkerHandle>> {
        // Few are looked at, because this is asked for each call that waits.
        for _ in 0..self.present.len().min(2) {
            self.last_filled = (self.last_filled + 1) % self.present.len();
            let worker = &self.present[self.last_filled];
            if worker.has_room() {
                return Some(Arc::clone(worker));
            }
        }
        None
    }
}

fn same(one: &Arc<WorkerHandle>, other: &Arc<WorkerHandle>) -> bool {
    Arc::ptr_eq(one, other)
}
