//! The checks of the fuzz targets. Each `check` takes any bytes, and panics if a promise is broken.
//!
//! The targets in `fuzz_targets/` call it with bytes from libFuzzer, and `tests/replay.rs` with
//! those that fuzzing has found so far.

pub mod decode;
pub mod frames;
pub mod memory;
pub mod replies;
pub mod round_trip;
pub mod shapes;
pub mod shared;
