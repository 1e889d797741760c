//! A thousand calls that block: the time of all, and the memory that it takes.

use std::time::Instant;

use tokio::task::JoinSet;

use crate::contenders::Contender;
use crate::figures::{Figures, figures, milliseconds};
use crate::system::resident;

pub(super) async fn measure<C: Contender>(contender: &C) -> Figures {
    contender.nothing(0).await;
    let (before, _) = resident();
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..1_000 {
        calls.spawn(contender.block(50));
    }
    while let Some(call) = calls.join_next().await {
        call.expect("no call fails");
    }
    let wall = start.elapsed();
    let (_, most) = resident();
    figures([
        ("wall", milliseconds(wall)),
        ("memory", most.saturating_sub(before) as f64),
    ])
}
