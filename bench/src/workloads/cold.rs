//! The first result of a pool that has no worker yet.

use std::time::Instant;

use crate::contenders::Contender;
use crate::figures::{Figures, figures, milliseconds};

pub(super) async fn measure<C: Contender>(workers: Option<usize>) -> Figures {
    let start = Instant::now();
    let contender = C::start(workers);
    assert_eq!(contender.echo(7).await, 7);
    figures([("wall", milliseconds(start.elapsed()))])
}
