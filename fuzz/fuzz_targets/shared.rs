//! Any bytes, as values with `Shared` buffers in them, with any descriptors.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| offloop_fuzz::shared::check(bytes));
