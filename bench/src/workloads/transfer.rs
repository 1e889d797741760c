//! Bytes there and back, or there alone.

use std::time::{Duration, Instant};

use crate::contenders::Contender;
use crate::figures::{Figures, Spread, figures, milliseconds};
use crate::scale::Scale;

pub(super) async fn both_ways<C: Contender>(contender: &C, size: usize, scale: Scale) -> Figures {
    let mut bytes = vec![7; size];
    let mut times = Vec::new();
    let end = Instant::now() + budget(scale);
    // The first ones map memory and are not counted.
    for call in 0..WARM_UP + most(size) {
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
    for call in 0..WARM_UP + most(size) {
        let argument = bytes.clone();
        let start = Instant::now();
        let sum = contender.look(argument).await;
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

/// The same bytes go in each call. Those who cannot share get a copy, which is made before the time counts.
pub(super) async fn shared<C: Contender>(contender: &C, size: usize, scale: Scale) -> Figures {
    let bytes = vec![7; size];
    contender.keep(&bytes);
    let mut times = Vec::new();
    let end = Instant::now() + budget(scale);
    for call in 0..WARM_UP + most(size) {
        let mut copy = bytes.clone();
        let start = Instant::now();
        let sum = contender.look_at_kept(&mut copy).await;
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

fn most(size: usize) -> usize {
    ((256 << 20) / size).clamp(4, 200)
}

fn budget(scale: Scale) -> Duration {
    Duration::from_millis(scale.pick(800, 100))
}

fn report(times: &[f64]) -> Figures {
    let times = Spread::of(times.iter().copied()).expect("there was at least one call");
    figures([("p50", times.median)])
}
