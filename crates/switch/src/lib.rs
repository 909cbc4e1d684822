//! The only place with SIP and RTP sockets, media threads and timers.
//!
//! [`signalling`] reads SIP and drives the call engine of `calls`; [`media`] owns the threads that
//! mix and relay. Both carry out what the sans-IO crates decide. This crate must never decide where
//! a call goes (`services::routing` does) or what a message means (`calls` does), and never read a
//! database.
//!
//! Start reading at [`signalling::Signalling::start`].

pub mod media;
pub mod signalling;
