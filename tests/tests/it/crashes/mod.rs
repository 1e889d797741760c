//! Whatever dies costs one call.

mod deaths;
mod faults;
mod panics;
mod retry;
mod useless;
