//! When the next sweep over the workers comes.
//!
//! [`Watchdog`] has two sides: those who give a worker a call see to it that a sweep will come, and
//! the sweep sees to it that another comes if there is still something to look at. What a sweep
//! does is in `sweep.rs`.

use std::time::Duration;

#[cfg(all(test, offloop_loom))]
use loom::sync::Mutex;
#[cfg(all(test, offloop_loom))]
use loom::sync::atomic::{AtomicBool, Ordering, fence};
#[cfg(not(all(test, offloop_loom)))]
use std::sync::Mutex;
#[cfg(not(all(test, offloop_loom)))]
use std::sync::atomic::{AtomicBool, Ordering, fence};

/// The pause before the first sweep after a call was given.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause between two sweeps.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Whether a sweep will come, and after which pause. `T` is the timer that begins it.
#[derive(Debug)]
pub(super) struct Watchdog<T> {
    /// A sweep will come. Changed under the lock only; read without it by those who give calls,
    /// since nearly all of them find that it is so.
    is_due: AtomicBool,
    next: Mutex<Next<T>>,
}

#[derive(Debug)]
struct Next<T> {
    timer: T,
    pause: Duration,
}

impl<T: Default> Default for Watchdog<T> {
    fn default() -> Watchdog<T> {
        Watchdog {
            is_due: AtomicBool::new(false),
            next: Mutex::new(Next {
                timer: T::default(),
                pause: FIRST_PAUSE,
            }),
        }
    }
}

impl<T> Watchdog<T> {
    /// Sees to it that a sweep will come, after a worker was given a call. `set` sets the timer of
    /// the sweep; it returns whether it could.
    pub(super) fn ensure(&self, set: impl FnOnce(&mut T, Duration) -> bool) {
        // After the call was given, before the look whether a sweep will come. The sweep does it
        // the other way round, so that one of the two sees what the other has done.
        fence(Ordering::SeqCst);
        if !self.is_due.load(Ordering::Relaxed) {
            self.set(&mut lock(&self.next), FIRST_PAUSE, set);
        }
    }

    /// A sweep begins: those who give a worker a call from here on ask for another one.
    pub(super) fn begin(&self) -> Duration {
        let next = lock(&self.next);
        self.is_due.store(false, Ordering::Relaxed);
        let pause = next.pause;
        drop(next);
        fence(Ordering::SeqCst);
        pause
    }

    /// A sweep that has found calls ends: another one follows after `pause`.
    pub(super) fn go_on(&self, pause: Duration, set: impl FnOnce(&mut T, Duration) -> bool) {
        self.set(&mut lock(&self.next), pause.min(LONGEST_PAUSE), set);
    }

    /// Sets the timer and notes it under one lock. The sweep takes the same lock when it begins, so
    /// it never begins in between: noted after it, a sweep that is over would count as one that
    /// will come, and none would come again.
    fn set(&self, next: &mut Next<T>, pause: Duration, set: impl FnOnce(&mut T, Duration) -> bool) {
        if self.is_due.load(Ordering::Relaxed) {
            return;
        }
        next.pause = pause;
        // Without a thread for the timer, the next call tries again.
        let is_set = set(&mut next.timer, pause);
        self.is_due.store(is_set, Ordering::Relaxed);
    }
}

#[cfg(not(all(test, offloop_loom)))]
use crate::util::sync::lock;
#[cfg(all(test, offloop_loom))]
fn lock<T>(mutex: &Mutex<T>) -> loom::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

/// All orders in which those who give calls and the sweeps can meet:
/// `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// It can fail. It was run with the timer set and noted one after the other without the lock, with
/// a sweep that begins without it, and without each of the fences: each time a call was left with
/// no sweep to come.
#[cfg(all(test, offloop_loom))]
mod every_order {
    use super::*;
    use loom::sync::Arc;
    use loom::thread;

    struct Pool {
        watchdog: Watchdog<()>,
        /// A worker has a call. Changed by exchanges, because in the pool a lock orders its
        /// changes.
        has_call: AtomicBool,
        /// The timer is set, and has not fired. Changed by exchanges too: its lock is another.
        timer: AtomicBool,
    }

    impl Pool {
        fn set_timer(&self) -> impl FnOnce(&mut (), Duration) -> bool {
            |(), _| {
                self.timer.swap(true, Ordering::AcqRel);
                true
            }
        }

        fn give(&self) {
            self.has_call.swap(true, Ordering::Relaxed);
            self.watchdog.ensure(self.set_timer());
        }

        /// Fires the timer if it is set. `answers`: the worker answers the call meanwhile.
        fn sweep(&self, answers: bool) {
            if self.timer.swap(false, Ordering::AcqRel) {
                let pause = self.watchdog.begin();
                if answers {
                    self.has_call.swap(false, Ordering::Relaxed);
                }
                if self.has_call.load(Ordering::Relaxed) {
                    self.watchdog.go_on(pause, self.set_timer());
                }
            }
        }
    }

    #[test]
    fn a_worker_that_has_a_call_is_never_left_without_a_sweep_to_come() {
        for answers in [false, true] {
            loom::model(move || {
                let pool = Arc::new(Pool {
                    watchdog: Watchdog::default(),
                    has_call: AtomicBool::new(false),
                    timer: AtomicBool::new(false),
                });
                let timers = {
                    let pool = Arc::clone(&pool);
                    thread::spawn(move || {
                        pool.sweep(answers);
                        pool.sweep(false);
                    })
                };
                pool.give();
                pool.give();
                timers.join().unwrap();
                let has_call = pool.has_call.load(Ordering::SeqCst);
                let timer = pool.timer.load(Ordering::SeqCst);
                assert!(!has_call || timer, "no sweep will come");
            });
        }
    }
}
