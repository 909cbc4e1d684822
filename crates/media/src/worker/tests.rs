//! Worker stories in virtual time: phones that send tones and say what they hear.

mod arrivals;
mod bench_room;
mod bridges;
mod commands;
mod mixes;
mod phone;
mod security;
