//! Where a worker's deeds go: sockets and rings outside, lists in tests.

use std::net::SocketAddr;

use crate::{control::MixId, mixer::Place};

/// Which of a leg's two sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The even port.
    Rtp,
    /// The odd port.
    Rtcp,
}

/// A tick of a mix for its recording.
#[derive(Debug, Clone, Copy)]
pub struct RecordedTick<'a> {
    /// Which mix.
    pub mix: MixId,
    /// Ticks since the worker began: a gap is silence.
    pub tick: u64,
    /// Samples a second: 8000, 16000 or 48000.
    pub rate: u32,
    /// 20 ms of samples.
    pub samples: &'a [i16],
}

/// Takes what a worker sends. Must not block, lock or allocate.
pub trait Outlet {
    /// Sends a packet out of a socket of the leg at this place.
    fn send(&mut self, place: Place, channel: Channel, to: SocketAddr, packet: &[u8]);

    /// Takes what everyone in a recorded mix hears.
    fn record(&mut self, recorded: RecordedTick<'_>);
}
