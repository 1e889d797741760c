//! [`Stats`]: figures of what a pool has done and is doing. [`Counters`]: how the pool counts them.
//!
//! Each event in the life of a call has a counter. The figures of what happens now are differences
//! of these counters. The counters are read in the reverse order of a call's life, so that no
//! difference comes out too small.

use std::sync::atomic::{AtomicU64, Ordering};

/// The figures of a pool at one moment, from [`ThreadPool::stats`](crate::ThreadPool::stats) or
/// [`ProcessPool::stats`](crate::ProcessPool::stats).
///
/// Every call that a pool has taken is in exactly one place: `submitted` is the sum of `finished`,
/// `failed`, `cancelled`, `running` and `queued`. A call that runs in place, because its caller
/// already runs in a worker of the pool, is not counted.
///
/// ```
/// let pool = offloop::ThreadPool::new("counted");
/// assert_eq!(pool.run(|| 6 * 7).wait()?, 42);
/// pool.run(|| panic!("no")).wait().unwrap_err();
///
/// let stats = pool.stats();
/// assert_eq!((stats.submitted, stats.finished, stats.failed), (2, 1, 1));
/// assert_eq!((stats.queued, stats.running), (0, 0));
/// # Ok::<(), offloop::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that the pool has taken.
    pub submitted: u64,
    /// Calls whose function returned. They count too if it returned an `Err` of its own.
    pub finished: u64,
    /// Calls that ended with an [`Error`](crate::Error) of this crate.
    pub failed: u64,
    /// Calls that the caller dropped before they had an outcome.
    pub cancelled: u64,
    /// Calls that a worker runs now and whose caller waits for the outcome.
    pub running: u64,
    /// Calls that wait for a worker now.
    pub queued: u64,
    /// Calls that the pool did not take: the pool is closed, the queue is full, there is no worker,
    /// or the arguments cannot be encoded. They are not counted in `submitted`.
    pub refused: u64,
    /// Workers that the pool has now, with those that are being started.
    pub workers: usize,
    /// Workers that have no call now.
    pub idle: usize,
    /// Workers that were started so far, with those that failed to start.
    pub workers_started: u64,
    /// Workers that were ready and then ended unasked, or were killed because of their call.
    pub workers_died: u64,
}

/// Where a call was when its outcome became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The call was in the queue of the pool.
    Queue,
    /// A worker had the call.
    Worker,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The function returned.
    Finished,
    /// The caller got an error.
    Failed,
    /// The caller dropped the call.
    Cancelled,
}

/// How often each event in the life of a call has happened in a pool.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    submitted: AtomicU64,
    refused: AtomicU64,
    /// How often a worker got a call.
    begun: AtomicU64,
    /// How often a call went back from a worker into the queue.
    returned: AtomicU64,
    finished: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
    /// How many calls of `finished`, `failed` and `cancelled` ended in the queue.
    ended_in_queue: AtomicU64,
}

impl Counters {
    /// Counts a call that the pool takes.
    pub(crate) fn submitted(&self) {
        add(&self.submitted);
    }

    /// Counts a call as refused that was counted as submitted before.
    pub(crate) fn withdrawn(&self) {
        self.submitted.fetch_sub(1, Ordering::AcqRel);
        self.refused();
    }

    /// Counts a call that the pool refuses.
    pub(crate) fn refused(&self) {
        add(&self.refused);
    }

    /// Counts a call that goes from the queue to a worker.
    pub(crate) fn begun(&self) {
        add(&self.begun);
    }

    /// Counts a call that goes back from a worker into the queue.
    pub(crate) fn returned(&self) {
        add(&self.returned);
    }

    /// Counts the end of a call.
    pub(crate) fn ended(&self, ending: Ending, place: Place) {
        if place == Place::Queue {
            add(&self.ended_in_queue);
        }
        add(match ending {
            Ending::Finished => &self.finished,
            Ending::Failed => &self.failed,
            Ending::Cancelled => &self.cancelled,
        });
    }

    /// Counts a call as failed that was counted as finished before: its result cannot be decoded.
    pub(crate) fn failed_after_all(&self) {
        // In this order, so that the call is never missing from both.
        add(&self.failed);
        self.finished.fetch_sub(1, Ordering::AcqRel);
    }

    /// Returns the figures of the calls. The figures of the workers are 0: the pool fills them in.
    pub(crate) fn read(&self) -> Stats {
        // In reverse order: a call that moves on between two reads is seen where it was before.
        let get = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        let (finished, failed, cancelled) =
            (get(&self.finished), get(&self.failed), get(&self.cancelled));
        let ended = finished + failed + cancelled;
        let ended_in_queue = get(&self.ended_in_queue);
        let returned = get(&self.returned);
        let begun = get(&self.begun);
        let submitted = get(&self.submitted).max(ended);
        // A call that is open and does not run is queued. So the sum holds, whatever happens
        // between two reads.
        let open = submitted - ended;
        let running = (begun + ended_in_queue)
            .saturating_sub(returned + ended)
            .min(open);
        Stats {
            submitted,
            finished,
            failed,
            cancelled,
            running,
            queued: open - running,
            refused: get(&self.refused),
            ..Stats::default()
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::AcqRel);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_in_one_place_all_its_life() {
        let counters = Counters::default();
        let seen = |counters: &Counters| {
            let stats = counters.read();
            (stats.queued, stats.running, stats.finished, stats.cancelled)
        };
        counters.submitted();
        counters.submitted();
        assert_eq!(seen(&counters), (2, 0, 0, 0));
        counters.begun();
        assert_eq!(seen(&counters), (1, 1, 0, 0));
        counters.returned();
        assert_eq!(seen(&counters), (2, 0, 0, 0));
        counters.begun();
        counters.ended(Ending::Finished, Place::Worker);
        assert_eq!(seen(&counters), (1, 0, 1, 0));
        counters.ended(Ending::Cancelled, Place::Queue);
        assert_eq!(seen(&counters), (0, 0, 1, 1));
        counters.failed_after_all();
        assert_eq!(counters.read().failed, 1);
        assert_eq!(counters.read().submitted, 2);
    }
}
