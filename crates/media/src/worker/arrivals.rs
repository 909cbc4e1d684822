//! Whether what the peer should send arrives.
//!
//! A phone that dies says nothing: its packets cease. One that is silent may send nothing either,
//! but says so before by comfort noise (RFC 3389), or goes on with its reports. Opus without
//! transmission of silence needs no exception: it sends a frame every 400 ms.

use super::leg::{RTCP_PATIENCE_TICKS, TICKS_PER_SECOND};

/// So long without a packet of either kind from a peer that was heard, and nothing arrives.
const PATIENCE_TICKS: u32 = 4 * TICKS_PER_SECOND as u32;

/// A report so long after the last audio: silence is not sent.
const LONE_REPORT_TICKS: u32 = 2 * TICKS_PER_SECOND as u32;

/// What the last audio was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Last {
    /// There was none yet.
    #[default]
    Nothing,
    Sound,
    ComfortNoise,
}

/// The packets of one peer.
#[derive(Debug, Default)]
pub struct Arrivals {
    last: Last,
    /// It sends reports.
    reports: bool,
    /// Reports came while no audio did.
    pauses: bool,
    /// Ticks without audio.
    silent_ticks: u32,
    /// Ticks without a packet of either kind.
    quiet_ticks: u32,
    ceased: bool,
}

impl Arrivals {
    /// Audio came.
    pub fn sound(&mut self) {
        self.audio(Last::Sound);
    }

    /// The peer says that it is silent.
    pub fn comfort_noise(&mut self) {
        self.audio(Last::ComfortNoise);
    }

    fn audio(&mut self, last: Last) {
        self.last = last;
        self.silent_ticks = 0;
        self.quiet_ticks = 0;
    }

    /// A key is pressed: in a silence that goes on afterwards, perhaps.
    pub fn digit(&mut self) {
        self.quiet_ticks = 0;
    }

    /// A report came.
    pub fn report(&mut self) {
        self.reports = true;
        self.pauses |= self.last == Last::Sound && self.silent_ticks >= LONE_REPORT_TICKS;
        self.quiet_ticks = 0;
    }

    /// Moves on by a tick, in which the peer was to send or not; says whether [`Self::ceased`]
    /// is another now.
    pub fn tick(&mut self, expected: bool) -> bool {
        if expected {
            self.silent_ticks = self.silent_ticks.saturating_add(1);
            self.quiet_ticks = self.quiet_ticks.saturating_add(1);
        } else {
            self.silent_ticks = 0;
            self.quiet_ticks = 0;
        }
        let ceased = self
            .patience()
            .is_some_and(|ticks| self.quiet_ticks >= ticks);
        std::mem::replace(&mut self.ceased, ceased) != ceased
    }

    /// Nothing arrives although it should.
    pub fn ceased(&self) -> bool {
        self.ceased
    }

    /// How many quiet ticks say that the peer is gone; none: it never was heard, or may be silent
    /// for as long as it likes.
    fn patience(&self) -> Option<u32> {
        match self.last {
            Last::Nothing => None,
            Last::Sound if !self.pauses => Some(PATIENCE_TICKS),
            Last::Sound => Some(RTCP_PATIENCE_TICKS),
            Last::ComfortNoise => self.reports.then_some(RTCP_PATIENCE_TICKS),
        }
    }
}
