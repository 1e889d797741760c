//! The ways to call a task: by position and by name, awaited, waited for and in place.

use offloop::{Error, ThreadPool, blocking_io, cpu_bound};
use offloop_tests::LIMIT;

/// Describes a request.
#[blocking_io]
fn fetch(url: &str, #[default = 3] retries: u32, proxy: Option<String>) -> String {
    format!("{url} {retries} {proxy:?}")
}

#[cpu_bound]
fn sum(numbers: &[u64], plus: Option<u64>) -> (u32, u64) {
    let sum = numbers.iter().sum::<u64>() + plus.unwrap_or(0);
    (std::process::id(), sum)
}

#[cpu_bound]
fn scale(factor: f64, #[default = vec![factor, 2.0]] values: Vec<f64>) -> Vec<f64> {
    values.iter().map(|value| value * factor).collect()
}

/// Not serialisable, which threads do not mind.
struct Handle(std::rc::Rc<u8>);

struct Sendable(fn() -> Handle);

#[cpu_bound(threads)]
fn on_threads(make: Sendable) -> u8 {
    *(make.0)().0
}

#[tokio::test]
async fn a_process_call_gives_the_result_from_another_process() {
    let (pid, total) = sum(&[1, 2, 3], Some(4)).await.unwrap();
    assert_ne!(pid, std::process::id());
    assert_eq!(total, 10);
    assert_eq!(sum(&[], None).await.unwrap().1, 0);
}

#[tokio::test]
async fn a_thread_task_needs_no_serde() {
    let make = Sendable(|| Handle(std::rc::Rc::new(7)));
    assert_eq!(on_threads(make).await.unwrap(), 7);
}

#[test]
fn a_plain_test_can_wait() {
    assert_eq!(fetch("u", 3, None).wait().unwrap(), "u 3 None");
    assert_eq!(fetch::builder().url("u").call().wait().unwrap(), "u 3 None");
    assert_ne!(sum(&[], None).wait().unwrap().0, std::process::id());
}

#[test]
fn a_blocking_call_is_the_function_itself() {
    assert_eq!(fetch::blocking("u", 3, None), "u 3 None");
    assert_eq!(sum::blocking(&[2], None), (std::process::id(), 2));
}

#[tokio::test]
async fn a_default_may_use_earlier_arguments_and_goes_to_the_process() {
    assert_eq!(scale::builder().factor(1.5).await.unwrap(), [2.25, 3.0]);
    let both = scale::builder().values(vec![1.0]).factor(2.0);
    assert_eq!(both.await.unwrap(), [2.0]);
}

#[tokio::test]
async fn a_call_by_name_has_options() {
    let pool = ThreadPool::new("other");
    let call = fetch::builder().url("u").call();
    let outcome = call.timeout(LIMIT).on(&pool).await;
    assert_eq!(outcome.unwrap(), "u 3 None");

    pool.close();
    let refused = fetch::builder().url("u").call().on(&pool).await;
    assert!(matches!(refused, Err(Error::Closed(_))));
}
