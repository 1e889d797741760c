//! The queue of a pool: first in, first out. It is swept of calls whose callers dropped them.

use std::collections::VecDeque;
use std::sync::Arc;

/// A call in a queue.
pub(crate) trait Waiting: Send + Sync {
    /// Returns whether the call has ended already: the caller dropped it, or its time is over.
    fn is_over(&self) -> bool;
}

/// A call in the queue of a thread pool.
pub(crate) trait Runnable: Waiting {
    /// Runs the function on this thread, unless the call has ended already.
    fn run(self: Arc<Self>);

    /// Ends the call with an error, because the deadline of a shutdown has passed. A function that
    /// runs is asked to stop.
    fn abort(self: Arc<Self>) {}
}

/// The calls of a pool that wait for a worker.
#[derive(Debug)]
pub(crate) struct Queue<T: ?Sized> {
    calls: VecDeque<Arc<T>>,
    /// How many calls have ended in the queue since it was last swept. This only decides when to
    /// sweep again, so it need not be exact: a call may end while it is taken out.
    abandoned: usize,
}

impl<T: ?Sized> Default for Queue<T> {
    fn default() -> Queue<T> {
        Queue {
            calls: VecDeque::new(),
            abandoned: 0,
        }
    }
}

impl<T: Waiting + ?Sized> Queue<T> {
    /// Returns how many calls are in the queue, with those that have ended.
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Returns whether at least `limit` calls wait in the queue, without those that have ended.
    pub(crate) fn holds(&self, limit: usize) -> bool {
        self.calls.len() >= limit
            && self.calls.iter().filter(|call| !call.is_over()).count() >= limit
    }

    pub(crate) fn push_back(&mut self, call: Arc<T>) {
        self.calls.push_back(call);
    }

    /// Puts a call first, because it has waited in the queue once already.
    pub(crate) fn push_front(&mut self, call: Arc<T>) {
        self.calls.push_front(call);
    }

    pub(crate) fn pop_front(&mut self) -> Option<Arc<T>> {
        self.calls.pop_front()
    }

    /// Notes that a call in the queue has ended. If most calls have, removes and returns them.
    ///
    /// A call that has ended is skipped when it comes to the front. But in a pool whose workers are
    /// all stuck none comes to the front, and such calls would pile up without a limit. The caller
    /// drops the returned calls where dropping the user's values may block.
    pub(crate) fn abandon(&mut self) -> Vec<Arc<T>> {
        self.abandoned += 1;
        if self.abandoned * 2 <= self.calls.len() {
            return Vec::new();
        }
        self.abandoned = 0;
        let (over, wanted) = std::mem::take(&mut self.calls)
            .into_iter()
            .partition::<Vec<_>, _>(|call| call.is_over());
        self.calls = wanted.into();
        over
    }

    /// Takes all calls out.
    pub(crate) fn take(&mut self) -> VecDeque<Arc<T>> {
        self.abandoned = 0;
        std::mem::take(&mut self.calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[derive(Default)]
    struct Call(AtomicBool);

    impl Waiting for Call {
        fn is_over(&self) -> bool {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn abandoned_calls_never_make_up_most_of_it() {
        let mut queue = Queue::default();
        let calls: Vec<Arc<Call>> = (0..100).map(|_| Arc::default()).collect();
        for call in &calls {
            queue.push_back(Arc::clone(call));
        }
        let mut swept = 0;
        for (gone, call) in calls.iter().enumerate().take(90) {
            call.0.store(true, Ordering::Relaxed);
            swept += queue.abandon().len();
            let wanted = 99 - gone;
            assert!(queue.holds(wanted) && !queue.holds(wanted + 1));
            assert!(queue.len() <= 2 * wanted);
        }
        assert!(swept >= 80);
        while let Some(call) = queue.pop_front() {
            swept += usize::from(call.is_over());
        }
        assert_eq!(swept, 90);
        assert_eq!(queue.len(), 0);
    }
}
