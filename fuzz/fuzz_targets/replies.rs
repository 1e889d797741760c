//! What a worker says of a call, and what it says that descriptors are for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| offloop_fuzz::replies::check(bytes));
