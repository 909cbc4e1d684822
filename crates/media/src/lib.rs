//! SDP, RTP and RTCP, codecs, the jitter buffer and the conference mixer: sans-IO.
//!
//! This crate must never open a socket, read a clock, lock, or know SIP. Start reading at
//! [`control`] for what a worker is told, at [`codec`] and [`jitter`] for what it does to
//! packets, at [`sdp`] for what is agreed beforehand.

pub mod codec;
pub mod control;
pub mod dtmf;
pub mod jitter;
pub mod mixer;
pub mod ogg_opus;
pub mod plc;
pub mod prompt;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
#[cfg(test)]
mod signal;
pub mod tone;
pub mod wav;
pub mod worker;
