//! Bytes that go to a worker and come back, or only go there.

use std::time::{Duration, Instant};

use crate::contenders::Contender;
use crate::figures::{Figures, Spread, figures, milliseconds};
use crate::scale::Scale;

pub(super) async fn both_ways<C: Contender>(contender: &C, size: usize, scale: Scale) -> Figures {
    let mut bytes = vec![7; size];
    let mut times = Vec::new();
    let end = Instant::now() + budget(scale);
    // The first calls map memory, and are not counted.
    for call in 0..WARM_UP + max_calls(size) {
        let start = Instant::now();
        bytes = contender.bytes(bytes).await;
        if call >= WARM_UP {
            times.push(milliseconds(start.elapsed()));
        }
        assert_eq!((bytes.len(), bytes[size - 1]), (size, 7));
        if !times.is_empty() && Instant::now() > end {
            break;
        }
    }
    report(&times)
}

pub(super) async fn one_way<C: Contender>(contender: &C, size: usize, scale: Scale) -> Figures {
    let bytes = vec![7; size];
    let mut times = Vec::new();
    let end = Instant::now() + budget(scale);
    for call in 0..WARM_UP + max_calls(size) {
        let argument = bytes.clone();
        let start = Instant::now();
        let sum = contender.read_pages(argument).await;
        if call >= WARM_UP {
            times.push(milliseconds(start.elapsed()));
        }
        assert_eq!(sum, 7 * (size as u64 / 4096));
        if !times.is_empty() && Instant::now() > end {
            break;
        }
    }
    report(&times)
}

/// Every call carries the bytes that were kept before. A contender that cannot share them gets a
/// copy, which is made before the time is taken.
pub(super) async fn shared<C: Contender>(contender: &C, size: usize, scale: Scale) -> Figures {
    let bytes = vec![7; size];
    contender.keep(&bytes);
    let mut times = Vec::new();
    let end = Instant::now() + budget(scale);
    for call in 0..WARM_UP + max_calls(size) {
        let mut copy = bytes.clone();
        let start = Instant::now();
        let sum = contender.read_kept(&mut copy).await;
        if call >= WARM_UP {
            times.push(milliseconds(start.elapsed()));
        }
        assert_eq!(sum, 7 * (size as u64 / 4096));
        if !times.is_empty() && Instant::now() > end {
            break;
        }
    }
    report(&times)
}

const WARM_UP: usize = 2;

/// The largest number of calls that are counted.
fn max_calls(size: usize) -> usize {
    ((256 << 20) / size).clamp(4, 200)
}

/// The time after which a slow contender makes no more calls.
fn budget(scale: Scale) -> Duration {
    Duration::from_millis(scale.pick(800, 100))
}

fn report(times: &[f64]) -> Figures {
    let times = Spread::of(times.iter().copied()).expect("there was at least one call");
    figures([("p50", times.median)])
}
