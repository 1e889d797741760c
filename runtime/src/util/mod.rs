//! Helpers that any room may use. They know nothing of calls, pools or workers.

pub(crate) mod latest;
pub(crate) mod panic;
pub(crate) mod sync;
pub(crate) mod timer;
pub(crate) mod wait;
