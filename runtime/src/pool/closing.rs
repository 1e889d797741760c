//! [`Closing`]: a future that waits for the end of a closed pool.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::error::InvalidPool;

/// A pool whose end can be awaited.
pub(crate) trait Drain: Send + Sync {
    /// Returns whether the pool is closed and its last worker has ended. If it returns `false`, the
    /// pool keeps the waker and wakes it when that is so.
    fn poll_drained(&self, waker: &mut Option<Waker>) -> bool;
}

/// The wakers of the futures that wait for the end of a pool.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Vec<Waker>);

impl Watchers {
    /// Takes the waker, unless an equal one is in the list already. Then `waker` is left as it is,
    /// for the caller to drop after it releases the lock of the pool.
    pub(crate) fn add(&mut self, waker: &mut Option<Waker>) {
        let is_new = |waker: &mut Waker| !self.0.iter().any(|known| known.will_wake(waker));
        let new = waker.take_if(is_new);
        self.0.extend(new);
    }

    /// Takes all wakers out. Wake them after the lock of the pool is released.
    pub(crate) fn take(&mut self) -> Vec<Waker> {
        mem::take(&mut self.0)
    }
}

/// A future that waits for the end of a closed pool. `close` and `shutdown` of
/// [`ThreadPool`](crate::ThreadPool) and `ProcessPool` return it.
///
/// It is ready when all calls that were queued or running have ended, and the workers of the pool
/// have ended too. (After the deadline of a `shutdown` of a thread pool it does not wait for
/// threads that still run a function.) The pool is closed whether this future is awaited or not.
/// Clones wait for the same pool.
#[derive(Clone)]
pub struct Closing {
    pool: Option<Arc<dyn Drain>>,
}

impl Closing {
    /// Calls `end`, which closes the pool, and returns a future that waits for its end. A pool with
    /// invalid settings has no workers: the future is ready at once.
    pub(crate) fn of<P: Drain + 'static>(
        pool: Result<Arc<P>, Box<InvalidPool>>,
        end: impl FnOnce(&Arc<P>),
    ) -> Closing {
        let pool = pool.ok();
        if let Some(pool) = &pool {
            end(pool);
        }
        Closing {
            pool: pool.map(|pool| pool as Arc<dyn Drain>),
        }
    }

    /// Blocks this thread until the pool has ended. This is for code that is not async.
    pub fn wait(self) {
        crate::util::wait::wait(self);
    }
}

impl Future for Closing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // A waker is foreign code. Clone and drop it here, where no lock is held.
        let mut waker = Some(cx.waker().clone());
        match &self.pool {
            Some(pool) if !pool.poll_drained(&mut waker) => Poll::Pending,
            _ => Poll::Ready(()),
        }
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").finish_non_exhaustive()
    }
}
