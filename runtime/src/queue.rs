//! The queue of a pool: first come, first served, and swept of calls whose callers have gone.

use std::collections::VecDeque;
use std::sync::Arc;

/// A call that waits.
pub(crate) trait Waiting: Send + Sync {
    /// Whether its caller has gone.
    fn is_over(&self) -> bool;
}

#[derive(Debug)]
pub(crate) struct Queue<T: ?Sized> {
    calls: VecDeque<Arc<T>>,
    /// How many of them have lost their callers. An estimate, since a caller may go at any moment.
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
    /// How many calls wait whose callers wait too.
    pub(crate) fn len(&self) -> usize {
        self.calls.len().saturating_sub(self.abandoned)
    }

    pub(crate) fn push_back(&mut self, call: Arc<T>) {
        self.calls.push_back(call);
    }

    /// For a call that has waited its turn already.
    pub(crate) fn push_front(&mut self, call: Arc<T>) {
        self.calls.push_front(call);
    }

    pub(crate) fn pop_front(&mut self) -> Option<Arc<T>> {
        let call = self.calls.pop_front()?;
        if self.abandoned > 0 && call.is_over() {
            self.abandoned -= 1;
        }
        Some(call)
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
            assert_eq!(queue.len(), 99 - gone);
            assert!(queue.calls.len() <= 2 * queue.len());
        }
        assert!(swept >= 80);
        while let Some(call) = queue.pop_front() {
            swept += usize::from(call.is_over());
        }
        assert_eq!(swept, 90);
        assert_eq!(queue.len(), 0);
    }
}
