//! Many calls in flight: how many of them end in a second.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, unconstrained};

use crate::contenders::Contender;
use crate::figures::{Figures, figures};
use crate::scale::Scale;
use crate::system::context_switches;

const IN_FLIGHT: u32 = 1_000;
const WARM_UP: u32 = 2_000;

/// One task starts all calls, and awaits them in that order.
pub(super) async fn by_one_task<C: Contender>(contender: &C, scale: Scale) -> Figures {
    // With tokio's cooperative budget some contenders would yield every 128 calls, others never.
    unconstrained(run_window(contender, WARM_UP, budget(scale))).await;
    let before = context_switches();
    let start = Instant::now();
    let done = unconstrained(run_window(contender, calls(scale), budget(scale))).await;
    report(done, start.elapsed(), context_switches() - before)
}

/// Makes `calls` calls, or fewer if the budget ends before. Returns how many it made.
pub(super) async fn run_window<C: Contender>(contender: &C, calls: u32, budget: Duration) -> u32 {
    let end = Instant::now() + budget;
    let mut waiting = VecDeque::with_capacity(IN_FLIGHT as usize);
    let mut done = 0;
    let mut stop = calls;
    let mut next = 0;
    while done < stop {
        while next < stop && waiting.len() < IN_FLIGHT as usize {
            waiting.push_back(contender.submit(next));
            next += 1;
        }
        let call = waiting.pop_front().expect("not all are done");
        assert_eq!(call.await, done);
        done += 1;
        if stop == calls && done % 64 == 0 && Instant::now() > end {
            stop = next;
        }
    }
    done
}

/// Each call in flight has a task of its own, which awaits it, as in a server.
pub(super) async fn by_many_tasks<C: Contender>(contender: C, scale: Scale) -> Figures {
    let contender = Arc::new(contender);
    tasks(&contender, WARM_UP, budget(scale)).await;
    let before = context_switches();
    let start = Instant::now();
    let done = tasks(&contender, calls(scale), budget(scale)).await;
    report(done, start.elapsed(), context_switches() - before)
}

async fn tasks<C: Contender>(contender: &Arc<C>, calls: u32, budget: Duration) -> u32 {
    let end = Instant::now() + budget;
    let done = Arc::new(AtomicU32::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (contender, done, over) = (contender.clone(), done.clone(), over.clone());
        tasks.spawn(async move {
            for number in 0..calls / IN_FLIGHT {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                assert_eq!(contender.echo(number).await, number);
                if done.fetch_add(1, Ordering::Relaxed) % 64 == 0 && Instant::now() > end {
                    over.store(true, Ordering::Relaxed);
                }
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("no call fails");
    }
    done.load(Ordering::Relaxed)
}

fn calls(scale: Scale) -> u32 {
    scale.pick(100_000, 20_000)
}

/// The time after which a slow contender makes no more calls.
fn budget(scale: Scale) -> Duration {
    Duration::from_millis(scale.pick(1_000, 300))
}

fn report(done: u32, time: Duration, switches: u64) -> Figures {
    figures([
        ("rate", f64::from(done) / time.as_secs_f64()),
        ("switches", switches as f64 / f64::from(done)),
        ("calls", f64::from(done)),
    ])
}
