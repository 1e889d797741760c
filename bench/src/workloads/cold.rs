//! The first result of a pool that nobody has used yet.

use std::time::Instant;

use crate::contenders::Contender;
use crate::figures::{Figures, figures, milliseconds};

pub(super) async fn measure<C: Contender>(workers: Option<usize>) -> Figures {
    let start = Instant::now();
    let contender = C::start(workers);
    assert_eq!(contender.nothing(7).await, 7);
    figures([("wall", milliseconds(start.elapsed()))])
}
