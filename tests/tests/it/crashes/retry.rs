//! Arguments that kill workers are repeated only so often, and then refused.

use offloop::{Error, ProcessPool, Started, context, cpu_bound};

/// Crashes on every attempt before this one.
#[cpu_bound]
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
    assert_eq!(crashes_until(3).on(&pool).retry(2).wait().unwrap(), 3);
    let error = crashes_until(4).on(&pool).retry(2).wait().unwrap_err();
    let Error::WorkerDied(died) = &error else {
        panic!("{error}")
    };
    assert_eq!(died.deaths, 3);
    assert!(error.to_string().contains("has cost 3 workers"), "{error}");
    let stats = pool.stats();
    assert_eq!(
        (stats.workers_died, stats.finished, stats.failed),
        (5, 1, 1)
    );
}

/// Small ones are encoded before a worker is there, large ones after.
#[test]
fn arguments_that_have_killed_enough_workers_are_refused() {
    for length in [10, 1_000_000] {
        let pool = ProcessPool::new("poison").workers(1).poison_after(2);
        let poison = vec![13; length];

        let error = crashes_on(&poison).on(&pool).retry(9).wait().unwrap_err();
        assert!(matches!(&error, Error::WorkerDied(died) if died.deaths == 2));

        let error = crashes_on(&poison).on(&pool).retry(9).wait().unwrap_err();
        assert!(
            matches!(&error, Error::Poisoned(e) if e.deaths == 2),
            "{error}"
        );
        assert_eq!(error.started(), Started::No);
        assert_eq!(pool.stats().workers_died, 2, "no worker died of it");

        // Others are not concerned, and a call that is not repeated may try it.
        let other = vec![7; length];
        assert_eq!(
            crashes_on(&other).on(&pool).retry(9).wait().unwrap(),
            length
        );
        let error = crashes_on(&poison).on(&pool).wait().unwrap_err();
        assert!(matches!(error, Error::WorkerDied(_)));
    }
}

/// However often each call repeats itself.
#[test]
fn no_more_workers_die_of_them_than_was_said() {
    for retries in 1..5 {
        let pool = ProcessPool::new("exact").workers(1).poison_after(3);
        for _ in 0..5 {
            crashes_on(&[13])
                .on(&pool)
                .retry(retries)
                .wait()
                .unwrap_err();
        }
        assert_eq!(pool.stats().workers_died, 3, "with {retries} repetitions");
    }
}

#[test]
fn arguments_that_come_through_are_forgiven() {
    let pool = ProcessPool::new("forgiven").workers(1).poison_after(2);
    for _ in 0..4 {
        assert_eq!(crashes_until(2).on(&pool).retry(1).wait().unwrap(), 2);
    }
}

#[test]
fn calls_without_retry_are_never_refused() {
    let pool = ProcessPool::new("single").workers(1).poison_after(1);
    for _ in 0..4 {
        let error = crashes_on(&[13]).on(&pool).wait().unwrap_err();
        assert!(matches!(error, Error::WorkerDied(_)), "{error}");
    }
}
