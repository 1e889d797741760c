//! How the rate of calls of no work changes with more workers: what they cost each other.

use std::time::{Duration, Instant};

use tokio::task::unconstrained;

use crate::contenders::Contender;
use crate::figures::{Figures, figures};
use crate::scale::Scale;

pub(super) async fn measure<C: Contender>(scale: Scale) -> Figures {
    let one = rate::<C>(1, scale).await;
    figures([
        ("rate1", one),
        ("growth2", rate::<C>(2, scale).await / one),
        ("growth4", rate::<C>(4, scale).await / one),
        ("growth8", rate::<C>(8, scale).await / one),
    ])
}

async fn rate<C: Contender>(workers: usize, scale: Scale) -> f64 {
    let contender = C::start(Some(workers));
    let budget = Duration::from_millis(scale.pick(400, 100));
    unconstrained(super::many::run_window(&contender, 2_000, budget)).await;
    let start = Instant::now();
    let calls = scale.pick(50_000, 10_000);
    let done = unconstrained(super::many::run_window(&contender, calls, budget)).await;
    f64::from(done) / start.elapsed().as_secs_f64()
}
