//! A task that wants to run every millisecond, and notes how long it could not.
//!
//! It stands for everything else on an event loop: connections, timers, other requests.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, yield_now};
use tokio::time::{MissedTickBehavior, interval};

/// The ticker. It runs until it is dropped.
pub(crate) struct Ticker {
    ticks: Arc<Mutex<Ticks>>,
    task: JoinHandle<()>,
}

struct Ticks {
    last: Instant,
    longest_pause: Duration,
}

impl Ticks {
    fn tick(&mut self) {
        self.longest_pause = self.longest_pause.max(self.last.elapsed());
        self.last = Instant::now();
    }
}

impl Ticker {
    pub(crate) fn start() -> Ticker {
        let ticks = Arc::new(Mutex::new(Ticks {
            last: Instant::now(),
            longest_pause: Duration::ZERO,
        }));
        let shared = Arc::clone(&ticks);
        let task = tokio::spawn(async move {
            let mut interval = interval(Duration::from_millis(1));
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                lock(&shared).tick();
            }
        });
        Ticker { ticks, task }
    }

    /// Does the work. Returns its result, how long it took, and the longest pause between two ticks
    /// in that time.
    pub(crate) async fn watch<T>(&self, work: impl Future<Output = T>) -> (T, Duration, Duration) {
        self.next_tick().await;
        lock(&self.ticks).longest_pause = Duration::ZERO;
        let start = Instant::now();
        let result = work.await;
        let took = start.elapsed();
        // The pause that may still last counts too.
        self.next_tick().await;
        (result, took, lock(&self.ticks).longest_pause)
    }

    /// Lets other tasks of the loop run until the ticker has ticked.
    pub(crate) async fn next_tick(&self) {
        let last = lock(&self.ticks).last;
        while lock(&self.ticks).last == last {
            yield_now().await;
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(ticks: &Mutex<Ticks>) -> MutexGuard<'_, Ticks> {
    ticks.lock().unwrap_or_else(PoisonError::into_inner)
}
