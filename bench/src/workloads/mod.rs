//! What each contender is given to do, in a process of its own.

mod blocked;
mod cold;
mod documents;
mod growth;
mod idle;
mod latency;
mod many;
mod ticker;
mod transfer;

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::contenders::Contender;
use crate::figures::Figures;
use crate::line::{Doing, Work};
use crate::scale::Scale;

pub(crate) fn run<C: Contender>(work: &'static Work, scale: Scale) -> Figures {
    let runtime = runtime(work);
    let body = measure::<C>(work, scale);
    let figures = if work.current_thread {
        runtime.block_on(body)
    } else {
        // As a task: the thread that blocks on a runtime is not one of its workers, and what it
        // awaits takes a way of its own.
        runtime.block_on(async {
            let task = tokio::spawn(body);
            task.await.expect("a measurement does not panic")
        })
    };
    runtime.shutdown_timeout(Duration::from_secs(1));
    figures
}

fn runtime(work: &Work) -> Runtime {
    let mut builder = if work.current_thread {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    if let Some(workers) = work.workers {
        builder.max_blocking_threads(workers);
    }
    builder
        .enable_all()
        .build()
        .expect("a runtime can be started")
}

async fn measure<C: Contender>(work: &'static Work, scale: Scale) -> Figures {
    let workers = work.workers;
    match work.doing {
        Doing::OneAtATime => latency::nothing(&C::start(workers), scale).await,
        Doing::Record => latency::record(&C::start(workers), scale).await,
        Doing::Many => many::by_one_task(&C::start(workers), scale).await,
        Doing::Tasks => many::by_many_tasks(C::start(workers), scale).await,
        Doing::Bytes(size) => transfer::both_ways(&C::start(workers), size, scale).await,
        Doing::Borrowed(size) => transfer::one_way(&C::start(workers), size, scale).await,
        Doing::Shared(size) => transfer::shared(&C::start(workers), size, scale).await,
        Doing::Documents => documents::decode(C::start(workers), scale).await,
        Doing::Trees => documents::carry(C::start(workers), scale).await,
        Doing::Ticker => ticker::measure(&C::start(workers), scale).await,
        Doing::Cold => cold::measure::<C>(workers).await,
        Doing::Blocked => blocked::measure(&C::start(workers)).await,
        Doing::Idle => idle::measure(&C::start(workers)).await,
        Doing::Growth => growth::measure::<C>(scale).await,
    }
}
