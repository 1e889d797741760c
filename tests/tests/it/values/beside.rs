//! Large arguments and results beside something else: each other, an event loop, a limit of memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use offloop::{ProcessPool, Shared, cpu_bound};
use offloop_tests::memory::held;
use offloop_tests::{alone, eventually, pattern};
use tokio::runtime::{Builder, Runtime};

const MIB: usize = 1 << 20;

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

#[cpu_bound]
fn same_bytes(bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

/// Looks at what it gets, and gives something else.
#[cpu_bound]
fn exchange(got: Vec<u8>, seed: u8, give: usize) -> Vec<u8> {
    assert!(got == pattern(got.len(), seed), "other bytes have come");
    pattern(give, seed + 1)
}

#[test]
fn ten_at_once_on_two_workers() {
    let _turn = alone();
    let pool = ProcessPool::new("ten").workers(2);
    Runtime::new().unwrap().block_on(async {
        for _ in 0..3 {
            let calls: Vec<_> = (0..10)
                .map(|seed| {
                    exchange(pattern(5 * MIB, seed), seed, 5 * MIB)
                        .on(&pool)
                        .start()
                })
                .collect();
            for (call, seed) in calls.into_iter().zip(1..) {
                assert!(call.await.unwrap() == pattern(5 * MIB, seed));
            }
        }
        assert_eq!(pool.stats().workers_died, 0);
        pool.close().await;
    });
    eventually("no memory of workers is left", || held("offloop-") == 0);
}

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
fn what_a_memory_limit_forbids_costs_its_call() {
    let _turn = alone();
    let limit = 128 * MIB;
    let pool = ProcessPool::new("limited").workers(1);
    let pool = pool.memory_limit(limit as u64);
    let large = pattern(limit + MIB, 1);
    for _ in 0..2 {
        let there = length_of_lent(&large).on(&pool).wait().unwrap();
        assert_eq!(there, large.len());
        let shared = Shared::<[u8]>::with_len(large.len(), |_| ()).unwrap();
        let there = length_of_shared(shared).on(&pool).wait().unwrap();
        assert_eq!(there, large.len());
        for failed in [
            length_of(large.clone()).on(&pool).wait(),
            give(large.len(), 1)
                .on(&pool)
                .wait()
                .map(|bytes| bytes.len()),
        ] {
            let error = failed.unwrap_err().to_string();
            assert!(error.contains("memory"), "{error}");
        }
        let got = exchange(pattern(32 * MIB, 1), 1, 16 * MIB).on(&pool).wait();
        assert!(got.unwrap() == pattern(16 * MIB, 2));
    }
}

#[test]
fn the_event_loop_goes_on_meanwhile() {
    let _turn = alone();
    let pool = ProcessPool::new("beside").workers(1);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        pid().on(&pool).await.unwrap();
        let ticks = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&ticks);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut bytes = pattern(64 * MIB, 1);
        for _ in 0..5 {
            let (start, before) = (Instant::now(), ticks.load(Ordering::Relaxed));
            bytes = same_bytes(bytes).on(&pool).await.unwrap();
            let ticked = ticks.load(Ordering::Relaxed) - before;
            let took = start.elapsed();
            assert!(
                u128::from(ticked) >= took.as_millis() / 50,
                "{ticked} in {took:?}"
            );
        }
        assert!(bytes == pattern(64 * MIB, 1));
    });
}
