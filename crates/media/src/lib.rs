//! SDP, RTP and RTCP, codecs, the jitter buffer and the conference mixer: sans-IO.
//!
//! This crate must never open a socket, read a clock, lock, or know SIP.

pub mod control;
