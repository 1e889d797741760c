//! Calls with arguments by name.

use std::time::Duration;

use offloop::{Error, ThreadPool, blocking_io, cpu_bound};

/// Describes a request.
#[blocking_io]
fn fetch(url: &str, #[default = 3] retries: u32, proxy: Option<String>) -> String {
    format!("{url} {retries} {proxy:?}")
}

#[cpu_bound]
fn scale(factor: f64, #[default = vec![factor, 2.0]] values: Vec<f64>) -> Vec<f64> {
    values.iter().map(|value| value * factor).collect()
}

#[tokio::test]
async fn unset_arguments_take_their_default() {
    let call = fetch::builder().url("u");
    assert_eq!(call.await.unwrap(), "u 3 None");
}

#[tokio::test]
async fn arguments_are_given_in_any_order() {
    let call = fetch::builder()
        .proxy("p".to_owned())
        .retries(1)
        .url(String::from("u"));
    assert_eq!(call.await.unwrap(), "u 1 Some(\"p\")");
}

#[tokio::test]
async fn an_option_can_be_handed_on() {
    let call = fetch::builder().url("u").maybe_proxy(None);
    assert_eq!(call.await.unwrap(), "u 3 None");
}

#[tokio::test]
async fn a_default_may_use_earlier_arguments_and_goes_to_the_process() {
    assert_eq!(scale::builder().factor(1.5).await.unwrap(), [2.25, 3.0]);
    assert_eq!(
        scale::builder()
            .values(vec![1.0])
            .factor(2.0)
            .await
            .unwrap(),
        [2.0]
    );
}

#[tokio::test]
async fn a_builder_can_be_spawned_and_its_call_has_options() {
    let spawned = tokio::spawn(fetch::builder().url("u"));
    assert_eq!(spawned.await.unwrap().unwrap(), "u 3 None");

    let pool = ThreadPool::new("other");
    let call = fetch::builder().url("u").call();
    let outcome = call.timeout(Duration::from_secs(60)).on(&pool).await;
    assert_eq!(outcome.unwrap(), "u 3 None");

    pool.close();
    let refused = fetch::builder().url("u").call().on(&pool).await;
    assert!(matches!(refused, Err(Error::Closed(_))));
}

#[test]
fn a_builder_can_be_waited_for() {
    assert_eq!(fetch::builder().url("u").call().wait().unwrap(), "u 3 None");
}
