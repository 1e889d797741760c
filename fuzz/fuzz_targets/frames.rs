//! Frames of a worker, whole or not, in pieces of any length.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| offloop_fuzz::frames::check(bytes));
