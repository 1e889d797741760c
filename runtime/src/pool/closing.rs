//! Waiting until a closed pool has nothing left to do.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::error::InvalidPool;

/// A pool that can be waited for.
pub(crate) trait Drain: Send + Sync {
    /// Whether the pool is closed and its last worker has ended; if not, the waker is woken when that is so.
    fn poll_drained(&self, waker: &mut Option<Waker>) -> bool;
}

/// Those who wait for a pool.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Vec<Waker>);

impl Watchers {
    /// Takes it, unless it is known already: then whoever owns it drops it, once the lock has been let go.
    pub(crate) fn add(&mut self, waker: &mut Option<Waker>) {
        let is_new = |waker: &mut Waker| !self.0.iter().any(|known| known.will_wake(waker));
        let new = waker.take_if(is_new);
        self.0.extend(new);
    }

    /// To be woken once the lock over the pool has been let go.
    pub(crate) fn take(&mut self) -> Vec<Waker> {
        mem::take(&mut self.0)
    }
}

/// Waits until a closed pool is empty. Made by `ThreadPool::close` and `ProcessPool::close`.
///
/// The pool is closed whether this is awaited or not. It is ready when all calls that were queued or
/// running have finished and the pool's workers have ended.
#[derive(Clone)]
pub struct Closing {
    pool: Option<Arc<dyn Drain>>,
}

impl Closing {
    /// Ends a pool as `end` does. Of one whose settings cannot work there is nothing to wait for.
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

    /// Waits by blocking this thread, for code that is not async.
    pub fn wait(self) {
        crate::util::wait::wait(self);
    }
}

impl Future for Closing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // A waker is foreign code: it is cloned and dropped here, where no lock is held.
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
