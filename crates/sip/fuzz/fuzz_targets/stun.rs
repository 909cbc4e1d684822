//! Any bytes, as the attributes of a STUN request.
#![no_main]

mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::attributes(bytes));
