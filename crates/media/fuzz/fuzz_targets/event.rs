//! Any bytes as telephone events.
#![no_main]

#[expect(dead_code, reason = "the other targets do the rest")]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::event(bytes));
