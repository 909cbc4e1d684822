//! One leg: a phone's RTP session, with everything it owns. It moves between workers whole.

use std::time::Instant;

use super::{
    arrivals::Arrivals,
    digits::{DigitsIn, DigitsOut},
    latch::Latch,
    outlet::{Channel, Outlet},
    playing::Playing,
    reports::Reports,
    stream::{Seed, Stream},
};
use crate::{
    codec::CodecError,
    control::{LegParams, LegStats, MediaLeg},
    mixer::{Encoding, Format, Input, Place, Silence, Talking},
    resample::Resampler,
    rtp::{HEADER_OCTETS, Header, Reception},
};

/// Longest packet sent.
pub const MAX_PACKET: usize = HEADER_OCTETS + 1_275;

/// Ticks in a second.
pub const TICKS_PER_SECOND: u64 = 50;

/// So long without audio from the peer's address, and another port of it may take its place.
const RTP_PATIENCE_TICKS: u32 = 5 * TICKS_PER_SECOND as u32;

/// The same for reports, of which one comes every five seconds.
pub const RTCP_PATIENCE_TICKS: u32 = 20 * TICKS_PER_SECOND as u32;

/// What a leg hears and who hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing, nobody.
    Idle,
    /// One other leg.
    Bridged {
        /// Which.
        peer: Place,
        /// Packets are passed on as they are, without decoding.
        relayed: bool,
    },
    /// The legs of a mix.
    Mixed {
        /// Which mix, by its place.
        mix: usize,
        /// The class of listeners it belongs to, once its codec is known.
        class: Option<usize>,
        /// Not heard.
        muted: bool,
        /// Does not hear.
        deaf: bool,
        /// Gets an encoding of its own in this tick, because it is heard.
        private: bool,
    },
}

/// What offer and answer agreed, and what is needed to carry it out.
#[derive(Debug)]
pub struct Session {
    /// As agreed.
    pub params: LegParams,
    /// What the leg says.
    pub input: Input,
    /// An encoding for this leg alone.
    pub private: Encoding,
    /// From the codec's rate to that of the mix, where they differ.
    pub to_mix: Option<Resampler>,
    /// Where packets come from and go to.
    pub rtp: Latch,
    /// The same for reports.
    pub rtcp: Latch,
}

impl Session {
    /// Allocates all that the session needs.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn new(params: LegParams) -> Result<Self, CodecError> {
        let format = Format::new(params.codec, params.ptime_ms);
        Ok(Self {
            input: Input::new(params.codec)?,
            private: Encoding::new(format)?,
            to_mix: None,
            rtp: Latch::new(params.remote, params.may_latch.clone(), RTP_PATIENCE_TICKS),
            rtcp: Latch::new(
                params.remote_rtcp,
                params.may_latch.clone(),
                RTCP_PATIENCE_TICKS,
            ),
            params,
        })
    }

    /// What is sent.
    pub fn format(&self) -> Format {
        self.private.format()
    }

    /// Reports go over the socket of RTP (RFC 5761).
    pub fn report_channel(&self) -> Channel {
        if self.params.remote_rtcp == self.params.remote {
            Channel::Rtp
        } else {
            Channel::Rtcp
        }
    }
}

/// A phone's RTP session.
#[derive(Debug)]
pub struct Leg {
    /// Its name.
    pub id: MediaLeg,
    pub(super) session: Option<Box<Session>>,
    pub(super) stream: Stream,
    pub(super) reception: Reception,
    pub(super) role: Role,
    /// The peer took what we sent, once.
    pub(super) listened: bool,
    pub(super) playing: Option<Playing>,
    pub(super) digits_in: DigitsIn,
    pub(super) digits_out: DigitsOut,
    pub(super) talking: Talking,
    pub(super) reports: Reports,
    pub(super) refused: u64,
    /// Received and lost by an earlier clock.
    pub(super) earlier: (u64, u64),
    /// Ticks without a packet of either kind.
    pub(super) lifeless_ticks: u64,
    pub(super) arrivals: Arrivals,
    /// Milliseconds of silence that are due.
    pub(super) silence_due_ms: u16,
}

impl Leg {
    /// A leg that was just opened. Allocates: to be called by who opens it.
    #[must_use]
    pub fn new(id: MediaLeg, seed: Seed, opened: Instant) -> Self {
        Self {
            id,
            session: None,
            stream: Stream::new(seed),
            reception: Reception::new(8_000),
            role: Role::Idle,
            listened: false,
            playing: None,
            digits_in: DigitsIn::default(),
            digits_out: DigitsOut::default(),
            talking: Talking::default(),
            reports: Reports::new(seed.ssrc, opened),
            refused: 0,
            earlier: (0, 0),
            lifeless_ticks: 0,
            arrivals: Arrivals::default(),
            silence_due_ms: 0,
        }
    }

    /// What the leg says and hears in which way.
    pub(super) fn format(&self) -> Option<Format> {
        self.session.as_ref().map(|session| session.format())
    }

    /// We send to the peer.
    pub(super) fn sends(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.params.send)
    }

    /// We take what the peer sends.
    pub(super) fn receives(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.params.receive)
    }

    /// The peer listened and does not any more: it holds us. What it sends now is not its voice
    /// but the music of its telephone system. One that never listened is a source of its own.
    pub(super) fn is_held(&self) -> bool {
        self.listened && !self.sends()
    }

    /// Clock in which durations of its telephone events count.
    pub(super) fn event_clock(&self) -> Option<u32> {
        Some(self.session.as_ref()?.params.event_clock)
    }

    /// Its numbers since its opening.
    #[must_use]
    pub fn stats(&self) -> LegStats {
        LegStats {
            received: self.earlier.0 + self.reception.received(),
            sent: self.stream.packets(),
            lost: self.earlier.1 + self.reception.lost(),
            loss_percent: if self.arrivals.ceased() {
                100.0
            } else {
                self.reports.loss_percent()
            },
            jitter_ms: self.reception.jitter_ms(),
            rtt_ms: self.reports.round_trip_ms(),
            refused: self.refused,
        }
    }

    /// Sends a packet with this payload, which begins at media time `start`.
    pub(super) fn send_audio(
        &mut self,
        place: Place,
        payload: &[u8],
        start: u32,
        outlet: &mut impl Outlet,
    ) {
        let Some(session) = &self.session else { return };
        let Some(target) = session.rtp.target() else {
            return;
        };
        let header = self.stream.stamp(
            start,
            session.format().units(),
            session.params.payload_type,
            payload.len(),
        );
        send(place, target, header, payload, outlet);
    }

    /// Sends what the private encoding has made.
    pub(super) fn send_private(&mut self, place: Place, outlet: &mut impl Outlet) {
        let Some(session) = &self.session else { return };
        let Some(target) = session.rtp.target() else {
            return;
        };
        for packet in session.private.packets() {
            let payload = packet.payload();
            let header = self.stream.stamp(
                packet.start,
                session.format().units(),
                session.params.payload_type,
                payload.len(),
            );
            send(place, target, header, payload, outlet);
        }
    }

    /// Sends silence, at the pace of the packets.
    pub(super) fn send_silence(
        &mut self,
        place: Place,
        tick_start: u32,
        silence: &Silence,
        outlet: &mut impl Outlet,
    ) {
        let Some(format) = self.format() else { return };
        let ptime = u16::from(format.ptime_ms);
        self.silence_due_ms = (self.silence_due_ms + 20).min(120);
        let per_ms = format.codec.clock_rate() / 1_000;
        while self.silence_due_ms >= ptime {
            let late = u32::from(self.silence_due_ms) * per_ms;
            let start = tick_start.wrapping_add(20 * per_ms).wrapping_sub(late);
            self.silence_due_ms -= ptime;
            self.send_audio(place, silence.payload(format), start, outlet);
        }
    }

    /// Takes note of time without packets; says after how many seconds of it somebody should
    /// know: every ten. Reports count: a muted phone may send nothing else.
    pub(super) fn note_quiet(&mut self) -> Option<u32> {
        let expected = self.session.as_mut().is_some_and(|session| {
            session.rtp.tick();
            session.rtcp.tick();
            session.params.receive
        });
        if !expected {
            self.lifeless_ticks = 0;
            return None;
        }
        self.lifeless_ticks += 1;
        let seconds = self.lifeless_ticks / TICKS_PER_SECOND;
        (self.lifeless_ticks.is_multiple_of(10 * TICKS_PER_SECOND))
            .then(|| u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    /// Moves the input on without anybody hearing it.
    pub(super) fn discard_input(&mut self, now: Instant) {
        if let Some(session) = &mut self.session {
            session.input.advance(now);
        }
    }
}

/// Puts header and payload together and sends them.
pub(super) fn send(
    place: Place,
    target: std::net::SocketAddr,
    header: Header,
    payload: &[u8],
    outlet: &mut impl Outlet,
) {
    let mut packet = [0; MAX_PACKET];
    if let Some(length) = header.write(payload, &mut packet) {
        outlet.send(place, Channel::Rtp, target, &packet[..length]);
    }
}
