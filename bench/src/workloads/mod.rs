//! What the contenders do, each in a process of its own.

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
use crate::line::{Line, Workload};
use crate::scale::Scale;

/// Measures a contender for a line, on the runtime of the line.
pub(crate) fn run<C: Contender>(line: &'static Line, scale: Scale) -> Figures {
    let runtime = runtime(line);
    let body = measure::<C>(line, scale);
    let figures = if line.current_thread {
        runtime.block_on(body)
    } else {
        // As a task: the thread that calls `block_on` is not a worker of the runtime, and is woken
        // in another way.
        runtime.block_on(async {
            let task = tokio::spawn(body);
            task.await.expect("a measurement does not panic")
        })
    };
    runtime.shutdown_timeout(Duration::from_secs(1));
    figures
}

fn runtime(line: &Line) -> Runtime {
    let mut builder = if line.current_thread {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    if let Some(workers) = line.workers {
        builder.max_blocking_threads(workers);
    }
    builder
        .enable_all()
        .build()
        .expect("a runtime can be started")
}

async fn measure<C: Contender>(line: &'static Line, scale: Scale) -> Figures {
    let workers = line.workers;
    match line.workload {
        Workload::OneAtATime => latency::echo(&C::start(workers), scale).await,
        Workload::Record => latency::record(&C::start(workers), scale).await,
        Workload::Many => many::by_one_task(&C::start(workers), scale).await,
        Workload::Tasks => many::by_many_tasks(C::start(workers), scale).await,
        Workload::Bytes(size) => transfer::both_ways(&C::start(workers), size, scale).await,
        Workload::Borrowed(size) => transfer::one_way(&C::start(workers), size, scale).await,
        Workload::Shared(size) => transfer::shared(&C::start(workers), size, scale).await,
        Workload::Documents => documents::decode(C::start(workers), scale).await,
        Workload::Trees => documents::carry(C::start(workers), scale).await,
        Workload::Ticker => ticker::measure(&C::start(workers), scale).await,
        Workload::Cold => cold::measure::<C>(workers).await,
        Workload::Blocked => blocked::measure(&C::start(workers)).await,
        Workload::Idle => idle::measure(&C::start(workers)).await,
        Workload::Growth => growth::measure::<C>(scale).await,
    }
}
