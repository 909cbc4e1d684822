//! The PBX's mind: registrar and location, back-to-back calls, transfers, conferences.
//!
//! One [`Engine`] holds the transaction layer, the bindings, the calls and the conferences. It is
//! given datagrams, facts, commands and the time ([`Input`]) and returns deeds ([`Output`]); its
//! driver in `switch` owns the sockets, the media workers and the routing function. This crate
//! must never await, lock, sleep, read the clock, draw randomness of its own or touch a socket:
//! so every race can be played in virtual time (see `tests/`).
//!
//! Start reading at [`Input`] and [`Engine::handle`]; then `screening` (what is let in), `auth`
//! (who sends it), `registrar` (where phones are), `call` (a call from INVITE to record), `leg`
//! (one dialog of it) and [`conference`].

mod auth;
mod call;
mod command;
pub mod conference;
mod engine;
mod guard;
mod io;
mod leg;
mod outside;
mod registrar;
mod rooms;
mod screening;
mod streams;
mod timers;
mod wire;

pub use engine::{Engine, Figures, Tally};
pub use io::*;
