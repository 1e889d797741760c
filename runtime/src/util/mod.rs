//! Helpers that any room may use. They know nothing of calls, pools or workers.
//!
//! - [`latest`]: a pair of numbers of which only the newest counts.
//! - [`mod@panic`]: catches a panic of a user's function, with its place and backtrace.
//! - [`sync`]: takes a lock; wakes a caller.
//! - [`timer`]: deadlines without an async runtime.
//! - [`wait`]: awaits a future by parking the thread.

pub(crate) mod latest;
pub(crate) mod panic;
pub(crate) mod sync;
pub(crate) mod timer;
pub(crate) mod wait;
