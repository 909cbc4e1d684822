//! Two legs that hear each other: their packets are passed on as they are where both speak the
//! same, and decoded and encoded once a tick where they don't.

use super::{
    leg::{Leg, Role, send},
    legs::Legs,
    outlet::Outlet,
    turn::{Turn, media_time},
};
use crate::{
    mixer::{MAX_TICK_SAMPLES, Place},
    rtp::Packet,
};

/// Connects two legs, which have been taken out of whatever they were in.
pub fn connect(legs: &mut Legs, a: Place, b: Place) {
    let relayed = agree(legs, a, b);
    for (place, peer) in [(a, b), (b, a)] {
        let source_rate = rate_of(legs, peer);
        if let Some(leg) = legs.get_mut(place) {
            leg.role = Role::Bridged { peer, relayed };
            if let Some(session) = &mut leg.session {
                session.input.reset();
                session.private.reset();
                session
                    .private
                    .set_source_rate(source_rate.unwrap_or(session.params.codec.pcm_rate()));
            }
        }
    }
}

/// Both speak the same: packets can be passed on.
fn agree(legs: &Legs, a: Place, b: Place) -> bool {
    let format = |place| legs.get(place).and_then(Leg::format);
    format(a).is_some() && format(a) == format(b)
}

fn rate_of(legs: &Legs, place: Place) -> Option<u32> {
    Some(legs.get(place)?.format()?.codec.pcm_rate())
}

/// A tick for the one who listens at `place`.
pub fn tick(
    legs: &mut Legs,
    place: Place,
    peer: Place,
    relayed: bool,
    turn: &mut Turn<'_>,
    outlet: &mut impl Outlet,
) {
    let mut heard = [0; MAX_TICK_SAMPLES];
    let mut samples = 0;
    if !relayed
        && let Some(leg) = legs.get_mut(peer)
        && let Some(session) = &mut leg.session
    {
        samples = session.input.codec().tick_samples();
        session.input.advance(turn.now);
        session.input.decode(&mut heard[..samples]);
    }
    let Some(leg) = legs.get_mut(place) else {
        return;
    };
    if !leg.sends() || leg.send_own(place, turn, outlet) || relayed {
        return;
    }
    let Some(session) = &mut leg.session else {
        return;
    };
    let start = turn.start(session.format().codec);
    if samples == 0 {
        leg.send_silence(place, start, turn.silence, outlet);
        return;
    }
    session.private.push(&heard[..samples], start);
    leg.send_private(place, outlet);
}

impl Leg {
    /// Passes a packet of the other leg on; `payload_type` is what this leg's peer calls it.
    pub(super) fn relay(
        &mut self,
        place: Place,
        packet: &Packet<'_>,
        payload_type: u8,
        tick: u64,
        outlet: &mut impl Outlet,
    ) {
        if !self.sends() || self.playing.is_some() || self.digits_out.is_active() {
            self.stream.pause_relay();
            return;
        }
        let Some(session) = &self.session else { return };
        let Some(target) = session.rtp.target() else {
            return;
        };
        let now = media_time(tick, session.params.codec);
        if let Some(header) = self.stream.relay(packet, payload_type, now) {
            send(place, target, header, packet.payload, outlet);
        }
    }
}
