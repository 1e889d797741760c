//! Calls that are made again, and arguments that kill workers, which are refused in the end.

use offloop::{Error, ProcessPool, Started, context, cpu_bound};
use offloop_tests::{died, wait};

/// Crashes on every attempt before this one.
#[cpu_bound(retry = 2)]
fn crashes_until(attempt: u32) -> u32 {
    if context::attempt() < attempt {
        std::process::abort();
    }
    context::attempt()
}

#[cpu_bound]
fn crashes_on(data: &[u8]) -> usize {
    if data.first() == Some(&13) {
        std::process::abort();
    }
    data.len()
}

#[test]
fn a_repeated_call_tells_which_attempt_it_is_and_what_it_has_cost() {
    let pool = ProcessPool::new("attempts").workers(1).poison_after(10);
    assert_eq!(wait(crashes_until(3).on(&pool)).unwrap(), 3);
    let death = died(wait(crashes_until(4).on(&pool)));
    assert_eq!(death.deaths, 3);
    let text = Error::WorkerDied(Box::new(death)).to_string();
    assert!(text.contains("has cost 3 workers"), "{text}");
    // A call may have another number than its attribute.
    let death = died(wait(crashes_until(3).on(&pool).retry(1)));
    assert_eq!(death.deaths, 2);
    let stats = pool.stats();
    assert_eq!(
        (stats.workers_died, stats.finished, stats.failed),
        (7, 1, 2)
    );
}

/// Small ones are encoded before a worker is there, large ones after.
#[test]
fn arguments_that_have_killed_enough_workers_are_refused() {
    for length in [10, 1_000_000] {
        let pool = ProcessPool::new("poison").workers(1).poison_after(2);
        let poison = vec![13; length];

        let death = died(wait(crashes_on(&poison).on(&pool).retry(9)));
        assert_eq!(death.deaths, 2);

        let error = wait(crashes_on(&poison).on(&pool).retry(9)).unwrap_err();
        assert!(
            matches!(&error, Error::Poisoned(e) if e.deaths == 2),
            "{error}"
        );
        assert_eq!(error.started(), Started::No);
        assert_eq!(pool.stats().workers_died, 2, "no worker died of it");

        // Others are not concerned, and a call that is not repeated may try it.
        let other = vec![7; length];
        let call = crashes_on(&other).on(&pool).retry(9);
        assert_eq!(wait(call).unwrap(), length);
        died(wait(crashes_on(&poison).on(&pool)));
    }
}

#[test]
fn arguments_cost_no_more_workers_than_was_said_however_often_a_call_is_repeated() {
    for retries in 1..5 {
        let pool = ProcessPool::new("exact").workers(1).poison_after(3);
        for _ in 0..5 {
            wait(crashes_on(&[13]).on(&pool).retry(retries)).unwrap_err();
        }
        assert_eq!(pool.stats().workers_died, 3, "with {retries} repetitions");
    }
}

#[test]
fn arguments_that_come_through_are_forgiven() {
    let pool = ProcessPool::new("forgiven").workers(1).poison_after(2);
    for _ in 0..4 {
        assert_eq!(wait(crashes_until(2).on(&pool).retry(1)).unwrap(), 2);
    }
}

#[test]
fn calls_without_retry_are_never_refused() {
    let pool = ProcessPool::new("single").workers(1).poison_after(1);
    for _ in 0..4 {
        died(wait(crashes_on(&[13]).on(&pool)));
    }
}
