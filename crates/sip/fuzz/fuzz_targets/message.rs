//! Any bytes, as a datagram and as a stream.
#![no_main]

#[expect(dead_code, reason = "the other target does the rest")]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::exercise(bytes));
