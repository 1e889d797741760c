//! One call at a time: how long each takes.

use std::time::{Duration, Instant};

use crate::contenders::Contender;
use crate::figures::{Figures, figures, percentile};
use crate::payload::Record;
use crate::scale::Scale;
use crate::system::context_switches;

/// The number of calls before the counted ones. They start threads and processes, and warm caches.
const WARM_UP: u32 = 200;

pub(super) async fn echo<C: Contender>(contender: &C, scale: Scale) -> Figures {
    for number in 0..WARM_UP {
        contender.echo(number).await;
    }
    let calls = scale.pick(20_000, 3_000);
    let mut times = Vec::with_capacity(calls as usize);
    let before = context_switches();
    let end = Instant::now() + budget(scale);
    for number in 0..calls {
        let start = Instant::now();
        let answer = contender.echo(number).await;
        times.push(start.elapsed().as_secs_f64() * 1e6);
        assert_eq!(answer, number);
        if Instant::now() > end {
            break;
        }
    }
    let switches = (context_switches() - before) as f64 / times.len() as f64;
    report(times, switches)
}

pub(super) async fn record<C: Contender>(contender: &C, scale: Scale) -> Figures {
    let record = Record {
        id: 7,
        name: "a name of common length".to_owned(),
        scores: vec![0.25, 0.5, 0.75, 1.0],
        parent: None,
    };
    for _ in 0..WARM_UP {
        contender.record(record.clone()).await;
    }
    let end = Instant::now() + budget(scale);
    let mut times = Vec::new();
    for _ in 0..scale.pick(20_000, 3_000) {
        let argument = record.clone();
        let start = Instant::now();
        let answer = contender.record(argument).await;
        times.push(start.elapsed().as_secs_f64() * 1e6);
        assert_eq!(answer, record);
        if Instant::now() > end {
            break;
        }
    }
    report(times, 0.0)
}

/// The time after which a slow contender makes no more calls.
fn budget(scale: Scale) -> Duration {
    Duration::from_millis(scale.pick(300, 100))
}

fn report(mut times: Vec<f64>, switches: f64) -> Figures {
    let calls = times.len() as f64;
    times.sort_unstable_by(f64::total_cmp);
    let at = |percent| percentile(&times, percent).expect("there was at least one call");
    figures([
        ("p50", at(50)),
        ("p99", at(99)),
        ("switches", switches),
        ("calls", calls),
    ])
}
