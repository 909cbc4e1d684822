//! Digits from and to a leg.

use std::{collections::VecDeque, time::Instant};

use super::{
    leg::{Leg, send},
    outlet::Outlet,
    turn::Turn,
};
use crate::{
    dtmf::{DigitTone, EventReceiver, EventSender},
    mixer::{MAX_TICK_SAMPLES, Place},
    rtp::Packet,
};

/// Digits that wait at most.
const WAITING: usize = 32;

/// Ticks between two digits: 60 ms.
const GAP_TICKS: u8 = 3;

/// Makes presses of what the peer sends.
#[derive(Debug, Clone)]
pub struct DigitsIn(EventReceiver);

impl Default for DigitsIn {
    fn default() -> Self {
        Self::new(8_000)
    }
}

impl DigitsIn {
    /// For events that count time with this clock.
    pub fn new(clock_rate: u32) -> Self {
        Self(EventReceiver::new(clock_rate))
    }

    /// Takes an event packet; says which keys it tells of.
    pub fn receive(&mut self, now: Instant, packet: &Packet<'_>) -> [Option<u8>; 2] {
        self.0.receive(now, packet.timestamp, packet.payload)
    }

    /// The peer began another stream.
    pub fn restart(&mut self) {
        self.0.restart();
    }

    /// Tells a press whose end was lost.
    pub fn poll(&mut self, now: Instant) -> Option<u8> {
        self.0.poll(now)
    }
}

#[derive(Debug)]
enum Current {
    Event(EventSender, u8),
    Tone(DigitTone),
}

/// Digits on their way to the peer, one after the other.
#[derive(Debug)]
pub struct DigitsOut {
    waiting: VecDeque<(u8, u16)>,
    current: Option<Current>,
    gap: u8,
}

impl Default for DigitsOut {
    fn default() -> Self {
        Self {
            waiting: VecDeque::with_capacity(WAITING),
            current: None,
            gap: 0,
        }
    }
}

impl DigitsOut {
    /// Sends this one after those that wait; too many are left out.
    pub fn queue(&mut self, digit: u8, duration_ms: u16) {
        if self.waiting.len() < WAITING {
            self.waiting.push_back((digit, duration_ms));
        }
    }

    /// A digit is being sent instead of audio.
    pub fn is_active(&self) -> bool {
        self.current.is_some()
    }
}

impl Leg {
    /// Sends a tick of a digit, if there is one.
    pub(super) fn send_digit(
        &mut self,
        place: Place,
        turn: &mut Turn<'_>,
        outlet: &mut impl Outlet,
    ) -> bool {
        if self.digits_out.current.is_none() && !self.next_digit(turn) {
            return false;
        }
        let sent = match &mut self.digits_out.current {
            Some(Current::Event(sender, payload_type)) => {
                let packet = sender.tick();
                let payload_type = *payload_type;
                packet.is_some_and(|packet| {
                    self.send_event(place, &packet, payload_type, outlet);
                    true
                })
            }
            Some(Current::Tone(_)) => self.send_tone(place, turn, outlet),
            None => false,
        };
        if !sent {
            self.digits_out.current = None;
            self.digits_out.gap = GAP_TICKS;
            self.stream.mark();
        }
        sent
    }

    fn next_digit(&mut self, turn: &Turn<'_>) -> bool {
        if self.digits_out.waiting.is_empty() {
            return false;
        }
        if self.digits_out.gap > 0 {
            self.digits_out.gap -= 1;
            return false;
        }
        let Some(session) = &mut self.session else {
            return false;
        };
        let Some((digit, duration_ms)) = self.digits_out.waiting.pop_front() else {
            return false;
        };
        let codec = session.params.codec;
        self.digits_out.current = match session.params.telephone_event {
            Some(payload_type) => {
                let start = self.stream.event_start(turn.start(codec));
                EventSender::new(digit, duration_ms, start, session.params.event_clock)
                    .map(|sender| Current::Event(sender, payload_type))
            }
            None => {
                session.private.reset();
                let rate = session.private.source_rate();
                DigitTone::new(digit, u32::from(duration_ms.clamp(40, 6_000)), rate)
                    .map(Current::Tone)
            }
        };
        self.digits_out.current.is_some()
    }

    fn send_event(
        &mut self,
        place: Place,
        packet: &crate::dtmf::EventPacket,
        payload_type: u8,
        outlet: &mut impl Outlet,
    ) {
        let Some(session) = &self.session else { return };
        let Some(target) = session.rtp.target() else {
            return;
        };
        let [_, _, high, low] = packet.payload;
        let elapsed = u32::from(u16::from_be_bytes([high, low]));
        let (audio, events) = (
            session.params.codec.clock_rate(),
            session.params.event_clock,
        );
        let elapsed = elapsed * (audio / 1_000) / (events / 1_000).max(1);
        let header = self.stream.stamp_event(
            packet.timestamp,
            packet.timestamp.wrapping_add(elapsed),
            packet.marker,
            payload_type,
            packet.payload.len(),
        );
        send(place, target, header, &packet.payload, outlet);
    }

    fn send_tone(&mut self, place: Place, turn: &mut Turn<'_>, outlet: &mut impl Outlet) -> bool {
        let (Some(Current::Tone(tone)), Some(session)) =
            (&mut self.digits_out.current, &mut self.session)
        else {
            return false;
        };
        let mut samples = [0; MAX_TICK_SAMPLES];
        let count = (session.private.source_rate() / 50) as usize;
        let more = tone.fill(&mut samples[..count]);
        let start = turn.start(session.params.codec);
        session.private.push(&samples[..count], start);
        self.send_private(place, outlet);
        if !more {
            // Told as not sent in the next tick, when there is nothing left.
            self.digits_out.gap = GAP_TICKS;
            self.digits_out.current = None;
            if let Some(session) = &mut self.session {
                session.private.reset();
            }
        }
        true
    }
}
