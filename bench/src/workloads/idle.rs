//! The memory of a pool that waits for calls.

use std::time::Duration;

use crate::contenders::Contender;
use crate::figures::{Figures, figures};
use crate::system::{child_pids, proportional_memory};

pub(super) async fn measure<C: Contender>(contender: &C) -> Figures {
    // With so many calls in flight every worker runs some.
    super::many::run_window(contender, 200, Duration::from_secs(5)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let workers: u64 = child_pids().into_iter().map(proportional_memory).sum();
    figures([
        ("workers", workers as f64),
        ("program", proportional_memory(std::process::id()) as f64),
    ])
}
