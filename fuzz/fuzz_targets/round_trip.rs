//! Any value, there and back, beside another codec.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| offloop_fuzz::round_trip::check(bytes));
