//! A thousand calls that block: how long all of them take, and how much memory they add.

use std::time::Instant;

use tokio::task::JoinSet;

use crate::contenders::Contender;
use crate::figures::{Figures, figures, milliseconds};
use crate::system::resident_memory;

pub(super) async fn measure<C: Contender>(contender: &C) -> Figures {
    contender.echo(0).await;
    let (before, _) = resident_memory();
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..1_000 {
        calls.spawn(contender.block(50));
    }
    while let Some(call) = calls.join_next().await {
        call.expect("no call fails");
    }
    let wall = start.elapsed();
    let (_, most) = resident_memory();
    figures([
        ("wall", milliseconds(wall)),
        ("memory", most.saturating_sub(before) as f64),
    ])
}
