//! What the fuzz targets check. Each `check` takes any bytes and panics if a promise is broken.
//!
//! The targets in `fuzz_targets/` give it what libFuzzer makes up, `tests/replay.rs` what has been
//! found so far.

pub mod decode;
pub mod frames;
pub mod memory;
pub mod replies;
pub mod round_trip;
pub mod shapes;
pub mod shared;
