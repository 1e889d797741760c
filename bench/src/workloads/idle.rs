//! The memory of a pool that waits for calls.

use std::time::Duration;

use crate::contenders::Contender;
use crate::figures::{Figures, figures};
use crate::system::{children, proportional};

pub(super) async fn measure<C: Contender>(contender: &C) -> Figures {
    // So many at a time that every worker has some.
    super::many::window(contender, 200, Duration::from_secs(5)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let workers: u64 = children().into_iter().map(proportional).sum();
    figures([
        ("workers", workers as f64),
        ("program", proportional(std::process::id()) as f64),
    ])
}
