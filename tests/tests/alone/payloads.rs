//! Of large arguments and results no memory is left.

use std::time::Duration;

use offloop::{Error, ProcessPool, cpu_bound};
use offloop_tests::memory::held;
use offloop_tests::tasks::exchange;
use offloop_tests::{Random, alone, eventually, pattern, wait};

const MIB: usize = 1 << 20;

/// Of each worker there are its slots, the memory of its calls and that of its answers, each as a
/// mapping and as a descriptor.
fn at_most_the_workers_memory(workers: usize) {
    eventually("only the memory of workers is there", || {
        held("offloop-") <= 6 * workers
    });
}

fn nothing_is_left() {
    eventually("no memory of workers is left", || held("offloop-") == 0);
}

#[test]
fn large_and_small_values_take_turns_in_the_same_memory() {
    let _turn = alone();
    let pool = ProcessPool::new("turns").workers(1);
    let sizes = [0, 10, 1984, 3000, 50_000, 70_000, MIB, 5 * MIB, 64 * MIB];
    let mut random = Random::new(5);
    for round in 0..400_u16 {
        let seed = u8::try_from(round % 250).unwrap();
        // The largest now and then only.
        let kinds = if round % 50 == 0 { 9 } else { 8 };
        let (there, back) = (sizes[random.below(kinds)], sizes[random.below(kinds)]);
        let call = exchange(pattern(there, seed), seed, back);
        let got = wait(call.on(&pool)).unwrap();
        assert!(got == pattern(back, seed + 1), "{there}, {back}");
    }
    assert_eq!(pool.stats().workers_started, 1);
    at_most_the_workers_memory(1);
    pool.close().wait();
    nothing_is_left();
}

#[test]
fn many_large_values_at_once_leave_nothing() {
    let _turn = alone();
    let pool = ProcessPool::new("ten").workers(2);
    for _ in 0..3 {
        let calls: Vec<_> = (0..10)
            .map(|seed| {
                let call = exchange(pattern(5 * MIB, seed), seed, 5 * MIB);
                call.on(&pool).start()
            })
            .collect();
        for (call, seed) in calls.into_iter().zip(1..) {
            assert!(wait(call).unwrap() == pattern(5 * MIB, seed));
        }
    }
    assert_eq!(pool.stats().workers_died, 0);
    pool.close().wait();
    nothing_is_left();
}

#[cpu_bound]
fn give(length: usize, seed: u8, millis: u64) -> Vec<u8> {
    std::thread::sleep(Duration::from_millis(millis));
    pattern(length, seed)
}

#[test]
fn a_large_result_that_nobody_takes_leaves_nothing_and_is_in_nobodys_way() {
    let _turn = alone();
    let pool = ProcessPool::new("unwanted").workers(2);
    let mut random = Random::new(7);
    for round in 0..150_u8 {
        let length = [70_000, MIB, 5 * MIB][random.below(3)];
        let millis = random.below(3) as u64;
        let call = give(length, round, millis).on(&pool);
        match random.below(4) {
            0 => drop(call.start()),
            1 => call.detach(),
            2 => {
                let call = call.start();
                // Before it is there, or after.
                std::thread::sleep(Duration::from_millis(random.below(8) as u64));
                drop(call);
            }
            _ => match wait(call.timeout(Duration::from_millis(1))) {
                Ok(bytes) => assert!(bytes == pattern(length, round)),
                Err(error) => assert!(matches!(error, Error::TimedOut(_)), "{error}"),
            },
        }
        let bytes = wait(give(length, round + 1, 0).on(&pool)).unwrap();
        assert!(bytes == pattern(length, round + 1), "{length}");
    }
    eventually("all are over", || {
        let stats = pool.stats();
        (stats.running, stats.queued) == (0, 0)
    });
    at_most_the_workers_memory(2);
    pool.close().wait();
    nothing_is_left();
}
