//! The `convoke` binary: command line, configuration, wiring, start and stop.
//!
//! Nothing is decided here that a door or the switch could decide: this crate reads the options,
//! makes the clock, the entropy and the parts, connects them, and ends them in order.
//! Start reading at [`cli`] and `serve.rs`.

mod cli;
mod client;
mod conference;
mod config;
mod key;
mod table;
mod user;

fn main() {}
