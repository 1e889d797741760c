//! Large arguments and results beside something else: an event loop, a limit of memory.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use offloop::{ProcessPool, Shared, cpu_bound};
use offloop_tests::tasks::exchange;
use offloop_tests::{LIMIT, eventually, pattern, wait};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::runtime::Builder;

const MIB: usize = 1 << 20;

#[cpu_bound]
fn give(length: usize, seed: u8) -> Vec<u8> {
    pattern(length, seed)
}

#[cpu_bound]
fn length_of(bytes: Vec<u8>) -> usize {
    bytes.len()
}

#[cpu_bound]
fn length_of_lent(bytes: &[u8]) -> usize {
    bytes.len()
}

#[cpu_bound]
fn length_of_shared(bytes: Shared<[u8]>) -> usize {
    bytes
        .iter()
        .step_by(4096)
        .map(|byte| usize::from(*byte > 0))
        .sum::<usize>()
        + bytes.len()
}

/// What processes share does not count: messages, so what is lent out of one, and a `Shared`.
#[test]
fn a_value_that_a_memory_limit_forbids_costs_its_call() {
    let limit = 128 * MIB;
    // A long backtrace would push out of the last lines what is said of the memory.
    let pool = ProcessPool::new("limited")
        .workers(1)
        .envs(&[("RUST_BACKTRACE", "0")])
        .memory_limit(limit as u64);
    let large = pattern(limit + MIB, 1);
    for _ in 0..2 {
        let there = wait(length_of_lent(&large).on(&pool)).unwrap();
        assert_eq!(there, large.len());
        let shared = Shared::<[u8]>::with_len(large.len(), |_| ()).unwrap();
        let there = wait(length_of_shared(shared).on(&pool)).unwrap();
        assert_eq!(there, large.len());
        for failed in [
            wait(length_of(large.clone()).on(&pool)),
            wait(give(large.len(), 1).on(&pool)).map(|bytes| bytes.len()),
        ] {
            let error = failed.unwrap_err().to_string();
            assert!(error.contains("memory"), "{error}");
        }
        let got = wait(exchange(pattern(32 * MIB, 1), 1, 16 * MIB).on(&pool));
        assert!(got.unwrap() == pattern(16 * MIB, 2));
    }
}

/// How often the event loop has gone round.
static TICKS: AtomicU64 = AtomicU64::new(0);
/// The process that has the event loop; 0 in others.
static HOME: AtomicU32 = AtomicU32::new(0);

/// Encoded and decoded in the process that has the event loop, it waits for the event loop to go
/// on: if that happened on the event loop, it would wait for ever.
#[derive(Debug, PartialEq)]
struct WaitsForTheLoop;

impl WaitsForTheLoop {
    fn wait() {
        if HOME.load(Ordering::Relaxed) == std::process::id() {
            let before = TICKS.load(Ordering::Relaxed);
            eventually("the event loop goes on", || {
                TICKS.load(Ordering::Relaxed) > before
            });
        }
    }
}

impl Serialize for WaitsForTheLoop {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WaitsForTheLoop::wait();
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for WaitsForTheLoop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WaitsForTheLoop::wait();
        <()>::deserialize(deserializer).map(|()| WaitsForTheLoop)
    }
}

/// The bytes come first: whether a value is small is tried out on the event loop, which ends with
/// them.
#[cpu_bound]
fn back(bytes: Vec<u8>, waits: WaitsForTheLoop) -> (Vec<u8>, WaitsForTheLoop) {
    (bytes, waits)
}

#[test]
fn the_event_loop_goes_on_while_large_values_come_and_go() {
    HOME.store(std::process::id(), Ordering::Relaxed);
    let pool = ProcessPool::new("beside").workers(1);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::spawn(async {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                TICKS.fetch_add(1, Ordering::Relaxed);
            }
        });
        for length in [MIB, 64 * MIB] {
            let bytes = pattern(length, 1);
            let call = back(bytes.clone(), WaitsForTheLoop).on(&pool);
            let outcome = tokio::time::timeout(LIMIT, call).await;
            assert!(outcome.unwrap().unwrap() == (bytes, WaitsForTheLoop));
        }
    });
}
