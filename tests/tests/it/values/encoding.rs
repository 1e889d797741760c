//! Large arguments are encoded on threads of their own, while other things happen to their call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use offloop::{Error, ProcessPool, Started, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, eventually, is_alive, kill, wait};
use serde::{Deserialize, Serialize, Serializer};

#[cpu_bound]
fn length(data: Vec<u8>) -> usize {
    data.len()
}

/// A value that takes its time to be encoded, and much room.
struct Slow(Arc<AtomicBool>);

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Not where it is tried out whether it is small.
        let name = std::thread::current().name().map(ToOwned::to_owned);
        if name.is_some_and(|name| name.starts_with("offloop-codec")) {
            eventually("it may go on", || self.0.load(Ordering::Relaxed));
        }
        vec![7_u8; 200_000].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Slow {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let _: Vec<u8> = Deserialize::deserialize(deserializer)?;
        Ok(Slow(Arc::default()))
    }
}

#[cpu_bound]
fn swallow(value: Slow) {
    drop(value);
}

/// The worker of a large call dies before its arguments are encoded, and another takes it.
#[test]
fn large_arguments_go_to_the_worker_that_has_the_call_by_then() {
    let threads = std::thread::available_parallelism().unwrap().get();
    let busy = ProcessPool::new("busy").workers(threads);
    let go_on = Arc::new(AtomicBool::new(false));
    let waiting: Vec<_> = (0..threads)
        .map(|_| swallow(Slow(Arc::clone(&go_on))).on(&busy).start())
        .collect();
    eventually("the codec's threads are busy", || {
        busy.stats().running == threads as u64
    });

    let pool = ProcessPool::new("moved").workers(1);
    let worker = wait(pid().on(&pool)).unwrap();
    let call = length(vec![7; 1_000_000]).on(&pool).timeout(LIMIT).start();
    eventually("a worker has it", || pool.stats().running == 1);
    kill(worker);
    eventually("another has it", || {
        let stats = pool.stats();
        !is_alive(worker) && (stats.workers_died, stats.running) == (1, 1)
    });
    go_on.store(true, Ordering::Relaxed);
    assert_eq!(wait(call).unwrap(), 1_000_000);
    for call in waiting {
        wait(call).unwrap();
    }
}

#[test]
fn a_call_whose_arguments_are_being_encoded_has_not_started() {
    let pool = ProcessPool::new("encoding").workers(1);
    wait(pid().on(&pool)).unwrap();
    let go_on = Arc::new(AtomicBool::new(false));
    let call = swallow(Slow(Arc::clone(&go_on))).on(&pool).start();
    eventually("a worker has it", || pool.stats().running == 1);
    pool.shutdown(Duration::ZERO).wait();
    let error = wait(call).unwrap_err();
    go_on.store(true, Ordering::Relaxed);
    assert!(matches!(error, Error::Closed(_)), "{error}");
    assert_eq!(error.started(), Started::No);
}
