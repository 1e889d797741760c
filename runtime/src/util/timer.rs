//! Deadlines without an async runtime. One thread, `offloop-timer`, sleeps until the next deadline.
//! It starts with the first one.
//!
//! A call may be awaited on any runtime or on none, so its deadline cannot be a timer of a runtime.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys::fork;

/// Something that has deadlines.
pub(crate) trait Expire: Send + Sync + 'static {
    /// Says which deadline of it has passed.
    type Deadline: Token;

    /// Handles the deadline that was set with this value and has passed. The timer thread calls
    /// this, so it must not block.
    fn expire(self: Arc<Self>, deadline: Self::Deadline);
}

/// A kind of deadline that can be written as a number, so that one table holds all deadlines.
pub(crate) trait Token: Copy {
    /// Returns the number of this deadline.
    fn to_number(self) -> u64;
    /// Returns the deadline of a number that [`to_number`](Token::to_number) returned.
    fn from_number(number: u64) -> Self;
}

/// [`Expire`] without its associated type, so that one table holds all targets.
trait Fire: Send + Sync {
    fn fire(self: Arc<Self>, number: u64);
}

impl<T: Expire> Fire for T {
    fn fire(self: Arc<Self>, number: u64) {
        self.expire(T::Deadline::from_number(number));
    }
}

/// A place for one deadline, inside of the state that the deadline is about.
///
/// It is set through `&mut`, so the code that sets it holds the lock of that state.
/// [`Expire::expire`] takes the same lock. So it always finds the deadline noted, with the values
/// that were noted with it, however short the time was. Dropping the timer cancels the deadline.
#[derive(Debug, Default)]
pub(crate) struct Timer(Set);

#[derive(Debug, Default)]
enum Set {
    #[default]
    No,
    /// A deadline that is so far away that it never passes.
    Never,
    At(Key),
}

impl Timer {
    /// Sets the deadline: `target.expire(deadline)` is called after `limit`, unless the target or
    /// this timer is dropped before. Cancels the deadline that was set before.
    ///
    /// # Errors
    /// The timer thread cannot be started. No deadline is set then.
    pub(crate) fn set<T: Expire>(
        &mut self,
        limit: Duration,
        target: &Arc<T>,
        deadline: T::Deadline,
    ) -> io::Result<()> {
        self.clear();
        let target = Arc::downgrade(target) as Weak<dyn Fire>;
        self.0 = match Instant::now().checked_add(limit) {
            None => Set::Never,
            Some(at) => Set::At(insert(at, target, deadline.to_number())?),
        };
        Ok(())
    }

    /// Returns whether a deadline is set. One that has passed counts as set until it is cleared.
    pub(crate) fn is_set(&self) -> bool {
        !matches!(self.0, Set::No)
    }

    /// Cancels the deadline.
    pub(crate) fn clear(&mut self) {
        drop(self.take());
    }

    /// Moves the deadline out. Drop it after the lock of the state is released, because dropping it
    /// takes the lock of all deadlines.
    pub(crate) fn take(&mut self) -> Timer {
        std::mem::take(self)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Set::At(key) = self.0 {
            lock().entries.remove(&key);
        }
    }
}

/// When the deadline passes, and a number that tells deadlines of one moment apart.
type Key = (Instant, u64);

/// All deadlines of this process.
struct Timers {
    entries: BTreeMap<Key, (Weak<dyn Fire>, u64)>,
    next_number: u64,
    /// When the timer thread wakes up by itself. `None` if it waits to be notified. This may be
    /// before the next deadline, because cancelling a deadline does not wake the thread.
    looks_at: Option<Instant>,
    /// The [`fork::generation`] of the process that the timer thread runs in, if it was started.
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
    crate::util::sync::lock(&TIMERS)
}

fn insert(at: Instant, target: Weak<dyn Fire>, number: u64) -> io::Result<Key> {
    let mut timers = lock();
    let process = fork::generation();
    if timers.runs_in != Some(process) {
        // This process was forked: the deadlines are those of the other process.
        timers.entries.clear();
        timers.looks_at = None;
        thread::Builder::new()
            .name("offloop-timer".to_owned())
            .spawn(run)?;
        timers.runs_in = Some(process);
    }
    timers.next_number += 1;
    let key = (at, timers.next_number);
    timers.entries.insert(key, (target, number));
    // Each call with a time limit sets a deadline, and nearly all of them are cancelled. So the
    // thread is woken only for a deadline that is before the time at which it wakes up by itself.
    let is_told = timers.looks_at.is_none_or(|looks_at| at < looks_at);
    if is_told {
        timers.looks_at = Some(at);
    }
    drop(timers);
    if is_told {
        CHANGED.notify_one();
    }
    Ok(key)
}

fn run() {
    let mut timers = lock();
    loop {
        let now = Instant::now();
        match timers.entries.first_entry() {
            Some(entry) if entry.key().0 <= now => {
                let (target, number) = entry.remove();
                drop(timers);
                if let Some(target) = target.upgrade() {
                    // It may call a waker, which is foreign code. A panic must not end this thread.
                    crate::util::panic::swallow_panic(|| target.fire(number));
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

    impl Token for u64 {
        fn to_number(self) -> u64 {
            self
        }

        fn from_number(number: u64) -> u64 {
            number
        }
    }

    impl Expire for Sender {
        type Deadline = u64;

        fn expire(self: Arc<Self>, number: u64) {
            self.0.lock().unwrap().send(number).unwrap();
        }
    }

    #[test]
    fn deadlines_come_in_their_order_and_a_dropped_one_never() {
        let (sender, receiver) = mpsc::channel();
        let target = Arc::new(Sender(Mutex::new(sender)));
        let set = |limit, number| {
            let mut timer = Timer::default();
            timer.set(limit, &target, number).unwrap();
            assert!(timer.is_set());
            timer
        };
        let _late = set(Duration::from_millis(60), 3);
        let _never = set(Duration::MAX, 9);
        let _early = set(Duration::from_millis(10), 1);
        drop(set(Duration::from_millis(30), 2));
        let mut moved = set(Duration::from_millis(1), 7);
        moved.set(Duration::from_millis(30), &target, 2).unwrap();
        moved.clear();
        assert!(!moved.is_set());
        let got: Vec<_> = (0..2).map(|_| receiver.recv().unwrap()).collect();
        assert_eq!(got, [1, 3]);
    }

    /// A state with a deadline in it.
    #[derive(Default)]
    struct Owner {
        state: Mutex<(Timer, bool)>,
        seen: Mutex<Vec<bool>>,
    }

    impl Expire for Owner {
        type Deadline = u64;

        fn expire(self: Arc<Self>, _: u64) {
            let noted = lock_state(&self.state).1;
            self.seen.lock().unwrap().push(noted);
        }
    }

    fn lock_state<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
        state.lock().unwrap()
    }

    #[test]
    fn a_deadline_that_passes_at_once_finds_what_was_noted_with_it() {
        let owner = Arc::new(Owner::default());
        for round in 1..=100 {
            let mut state = lock_state(&owner.state);
            state.1 = false;
            state.0.set(Duration::ZERO, &owner, 0).unwrap();
            // The deadline passes here, before the state is noted.
            thread::yield_now();
            state.1 = true;
            drop(state);
            while owner.seen.lock().unwrap().len() < round {
                thread::yield_now();
            }
        }
        assert_eq!(*owner.seen.lock().unwrap(), vec![true; 100]);
    }
}
