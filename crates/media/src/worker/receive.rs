//! Packets from outside: whose they are, what they are, and where they go.

use std::{net::SocketAddr, time::Instant};

use super::{
    Worker,
    leg::{Leg, Role},
    outlet::{Channel, Outlet},
};
use crate::{
    codec::{alaw_from_linear, alaw_to_linear, ulaw_from_linear, ulaw_to_linear},
    control::{Codec, LegParams, MediaEvent},
    mixer::Place,
    rtp::{COMFORT_NOISE, NotRtp, Packet, Verdict},
};

/// Octets of the longest packet of G.711 that is taken: 80 ms.
const LONGEST_G711: usize = 640;

/// What a packet turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Audio,
    /// G.711 by the law that is not the leg's codec.
    OtherLaw,
    Digit,
    ComfortNoise,
}

impl Worker {
    /// Takes a packet that came in on a socket of the leg at this place. A packet of a
    /// bridged leg is passed on at once.
    pub fn receive(
        &mut self,
        now: Instant,
        place: Place,
        channel: Channel,
        source: SocketAddr,
        octets: &[u8],
        outlet: &mut impl Outlet,
    ) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        if channel == Channel::Rtcp {
            leg.receive_report(now, source, octets);
            return;
        }
        let packet = match Packet::parse(octets) {
            Ok(packet) => packet,
            Err(NotRtp::Rtcp) => {
                leg.receive_report(now, source, octets);
                return;
            }
            Err(_) => {
                leg.refused += 1;
                return;
            }
        };
        let Some(kind) = leg.admit(now, source, &packet) else {
            leg.refused += 1;
            return;
        };
        if kind != Kind::OtherLaw {
            self.take(now, place, kind, &packet, outlet);
            return;
        }
        let mut room = [0; LONGEST_G711];
        if let Some(translated) = leg.translate(&packet, &mut room) {
            self.take(now, place, Kind::Audio, &translated, outlet);
        }
    }

    /// Takes a packet that is the peer's.
    fn take(
        &mut self,
        now: Instant,
        place: Place,
        kind: Kind,
        packet: &Packet<'_>,
        outlet: &mut impl Outlet,
    ) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let id = leg.id;
        let digits = match kind {
            Kind::Digit => leg.digits_in.receive(now, packet),
            _ => [None, None],
        };
        for digit in digits.into_iter().flatten() {
            self.events.tell(MediaEvent::Digit { leg: id, digit });
        }
        let receives = leg.receives();
        match leg.role {
            Role::Bridged { peer, relayed } if receives => {
                if relayed {
                    let event_clock = leg.event_clock();
                    self.pass_on(peer, (kind, event_clock), packet, digits, outlet);
                    return;
                }
                leg.keep(now, kind, packet);
                self.repeat_digits(peer, digits);
            }
            _ if receives => leg.keep(now, kind, packet),
            _ => {}
        }
    }

    /// To the other leg of a bridge whose two sides speak the same.
    fn pass_on(
        &mut self,
        peer: Place,
        (kind, event_clock): (Kind, Option<u32>),
        packet: &Packet<'_>,
        digits: [Option<u8>; 2],
        outlet: &mut impl Outlet,
    ) {
        let tick = self.tick;
        let Some(other) = self.legs.get_mut(peer) else {
            return;
        };
        let Some(params) = other.session.as_ref().map(|session| &session.params) else {
            return;
        };
        let payload_type = match kind {
            Kind::Audio => Some(params.payload_type),
            // Durations in another clock would be other durations.
            Kind::Digit => params
                .telephone_event
                .filter(|_| event_clock == Some(params.event_clock)),
            Kind::ComfortNoise | Kind::OtherLaw => None,
        };
        match payload_type {
            Some(payload_type) => other.relay(peer, packet, payload_type, tick, outlet),
            None => self.repeat_digits(peer, digits),
        }
    }

    /// A digit of one side is made anew for the other.
    fn repeat_digits(&mut self, peer: Place, digits: [Option<u8>; 2]) {
        if let Some(other) = self.legs.get_mut(peer) {
            for digit in digits.into_iter().flatten() {
                other.digits_out.queue(digit, 100);
            }
        }
    }
}

/// What a payload type means: by our own description, else by the peer's.
fn kind_of(params: &LegParams, payload_type: u8) -> Option<Kind> {
    let number = Some(payload_type);
    let inbound = params.inbound;
    if payload_type == inbound.payload_type {
        Some(Kind::Audio)
    } else if number == inbound.telephone_event {
        Some(Kind::Digit)
    } else if number == inbound.other_law {
        Some(Kind::OtherLaw)
    } else if payload_type == params.payload_type {
        Some(Kind::Audio)
    } else if number == params.telephone_event {
        Some(Kind::Digit)
    } else if payload_type == COMFORT_NOISE {
        Some(Kind::ComfortNoise)
    } else {
        None
    }
}

impl Leg {
    /// Whether the packet is the peer's, and what it is. A good one locks the source.
    fn admit(&mut self, now: Instant, source: SocketAddr, packet: &Packet<'_>) -> Option<Kind> {
        let session = self.session.as_mut()?;
        if !session.rtp.admits(source) {
            return None;
        }
        let kind = kind_of(&session.params, packet.payload_type)?;
        session.rtp.lock(source);
        self.lifeless_ticks = 0;
        match kind {
            Kind::Audio | Kind::OtherLaw => self.arrivals.sound(),
            Kind::ComfortNoise => self.arrivals.comfort_noise(),
            Kind::Digit => self.arrivals.digit(),
        }
        let reception = &mut self.reception;
        let verdict = match kind {
            Kind::Digit => reception.count(packet.ssrc, packet.sequence),
            _ => reception.receive(now, packet.ssrc, packet.sequence, packet.timestamp),
        };
        if verdict == Verdict::Restarted {
            self.digits_in.restart();
        }
        Some(kind)
    }

    /// A packet of the other law by that of the leg's codec.
    fn translate<'a>(&self, packet: &Packet<'_>, room: &'a mut [u8]) -> Option<Packet<'a>> {
        let codec = self.session.as_ref()?.params.codec;
        let translated = room.get_mut(..packet.payload.len())?;
        for (ours, theirs) in translated.iter_mut().zip(packet.payload) {
            *ours = match codec {
                Codec::Pcma => alaw_from_linear(ulaw_to_linear(*theirs)),
                _ => ulaw_from_linear(alaw_to_linear(*theirs)),
            };
        }
        Some(Packet {
            marker: packet.marker,
            payload_type: packet.payload_type,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: packet.ssrc,
            payload: translated,
        })
    }

    /// Keeps a packet for its tick.
    fn keep(&mut self, now: Instant, kind: Kind, packet: &Packet<'_>) {
        let Some(session) = &mut self.session else {
            return;
        };
        if kind == Kind::Audio {
            session.input.put(now, packet);
        } else {
            session.input.skip(packet);
        }
    }
}
