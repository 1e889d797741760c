//! Deadlines that need no async runtime: one thread that sleeps until the next one.
//!
//! A call may be awaited on any runtime or on none, therefore its deadline cannot be a timer of a
//! runtime. The thread starts with the first deadline.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::fork;

/// Something that has a deadline.
pub(crate) trait Expire: Send + Sync {
    /// The deadline set with this token has passed. Must not block.
    fn expire(self: Arc<Self>, token: u64);
}

/// A deadline that is set. Dropping it takes it back.
#[derive(Debug)]
pub(crate) struct Timer {
    /// `None` for a moment so far away that it never comes.
    key: Option<Key>,
}

type Key = (Instant, u64);

struct Timers {
    entries: BTreeMap<Key, (Weak<dyn Expire>, u64)>,
    next_number: u64,
    /// When the thread looks again, or `None` if it has to be told. It may be too early: deadlines that are
    /// taken back do not wake it.
    looks_at: Option<Instant>,
    /// The thread runs, in the process of this [`fork::generation`].
    runs_in: Option<u32>,
}

static TIMERS: Mutex<Timers> = Mutex::new(Timers {
    entries: BTreeMap::new(),
    next_number: 0,
    looks_at: None,
    runs_in: None,
});
static CHANGED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, Timers> {
    crate::sync::lock(&TIMERS)
}

/// Calls `target.expire(token)` after `limit`, unless the [`Timer`] or the target is gone by then.
pub(crate) fn after(limit: Duration, target: Weak<dyn Expire>, token: u64) -> io::Result<Timer> {
    let Some(at) = Instant::now().checked_add(limit) else {
        return Ok(Timer { key: None });
    };
    let mut timers = lock();
    let process = fork::generation();
    if timers.runs_in != Some(process) {
        // The deadlines of a process from which this one was forked are not ours.
        timers.entries.clear();
        timers.looks_at = None;
        thread::Builder::new()
            .name("offloop-timer".to_owned())
            .spawn(run)?;
        timers.runs_in = Some(process);
    }
    timers.next_number += 1;
    let key = (at, timers.next_number);
    timers.entries.insert(key, (target, token));
    // Each call of a pool with a time limit sets a deadline, and nearly all are taken back: were each told
    // to the thread, it would be woken for each.
    let is_told = timers.looks_at.is_none_or(|looks_at| at < looks_at);
    if is_told {
        timers.looks_at = Some(at);
    }
    drop(timers);
    if is_told {
        CHANGED.notify_one();
    }
    Ok(Timer { key: Some(key) })
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            lock().entries.remove(&key);
        }
    }
}

fn run() {
    let mut timers = lock();
    loop {
        let now = Instant::now();
        match timers.entries.first_entry() {
            Some(entry) if entry.key().0 <= now => {
                let (target, token) = entry.remove();
                drop(timers);
                if let Some(target) = target.upgrade() {
                    // Wakers are foreign code; one that panics must not stop all clocks.
                    crate::panic::swallow_panic(|| target.expire(token));
                }
                timers = lock();
            }
            Some(entry) => {
                let at = entry.key().0;
                timers.looks_at = Some(at);
                let pause = at - now;
                timers = CHANGED
                    .wait_timeout(timers, pause)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
            None => {
                timers.looks_at = None;
                timers = CHANGED.wait(timers).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    struct Sender(Mutex<mpsc::Sender<u64>>);

    impl Expire for Sender {
        fn expire(self: Arc<Self>, token: u64) {
            self.0.lock().unwrap().send(token).unwrap();
        }
    }

    #[test]
    fn deadlines_come_in_their_order_and_a_dropped_one_never() {
        let (sender, receiver) = mpsc::channel();
        let target: Arc<dyn Expire> = Arc::new(Sender(Mutex::new(sender)));
        let set = |millis, token| {
            after(
                Duration::from_millis(millis),
                Arc::downgrade(&target),
                token,
            )
            .unwrap()
        };
        let _late = set(60, 3);
        let _never = after(Duration::MAX, Arc::downgrade(&target), 9).unwrap();
        let _early = set(10, 1);
        drop(set(30, 2));
        assert_eq!(receiver.recv().unwrap(), 1);
        assert_eq!(receiver.recv().unwrap(), 3);
    }
}
