//! The queue of a pool: first come, first served, and swept of calls whose callers have gone.

use std::collections::VecDeque;
use std::sync::Arc;

/// A call that waits.
pub(crate) trait Waiting: Send + Sync {
    /// Whether its caller has gone.
    fn is_over(&self) -> bool;
}

/// What a thread of the pool does.
pub(crate) trait Runnable: Waiting {
    /// Runs the call, or drops it if nobody waits for it any more.
    fn run(self: Arc<Self>);

    /// The pool is shut down: the caller is told, and the function asked to stop.
    fn abort(self: Arc<Self>) {}
}

#[derive(Debug)]
pub(crate) struct Queue<T: ?Sized> {
    calls: VecDeque<Arc<T>>,
    /// How many have lost their callers since it was last swept. Only says when to sweep again: a
    /// caller may go in the moment in which its call is taken out.
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
    /// How many calls are in it, those among them that have lost their callers.
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether as many calls as this wait whose callers wait too.
    pub(crate) fn holds(&self, limit: usize) -> bool {
        self.calls.len() >= limit
            && self.calls.iter().filter(|call| !call.is_over()).count() >= limit
    }

    pub(crate) fn push_back(&mut self, call: Arc<T>) {
        self.calls.push_back(call);
    }

    /// For a call that has waited its turn already.
    pub(crate) fn push_front(&mut self, call: Arc<T>) {
        self.calls.push_front(call);
    }

    pub(crate) fn pop_front(&mut self) -> Option<Arc<T>> {
        self.calls.pop_front()
    }

    /// Notes that the caller of a call in here has gone. Its turn would come and pass; but a pool
    /// that is stuck must not gather such calls without end, so a queue that is mostly of them is
    /// swept. Gives those that were in it, to be dropped where that does no harm.
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

    /// Empties it.
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
