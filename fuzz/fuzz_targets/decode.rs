//! Any bytes, as values of many types.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| offloop_fuzz::decode::check(bytes));
