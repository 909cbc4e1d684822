//! A media worker without its sockets and its clock: it is given packets, commands and ticks,
//! and gives back packets and events.
//!
//! [`Worker::receive`] and [`Worker::tick`] neither allocate nor lock. What a command needs is
//! allocated where it is prepared ([`Order::prepare`]), on another thread. Start reading at
//! [`Worker::tick`] and `room.rs`.

mod arrivals;
mod bridge;
mod commands;
mod digits;
mod latch;
mod leg;
mod legs;
mod outlet;
mod playing;
mod receive;
mod reports;
mod room;
mod stream;
mod turn;

use std::{collections::VecDeque, sync::Arc, time::Instant};

pub use self::commands::Order;
pub use self::leg::{Leg, Session};
pub use self::outlet::{Channel, Outlet, RecordedTick};
pub use self::stream::Seed;
pub use crate::mixer::Place;

use self::{
    leg::Role,
    legs::Legs,
    room::Room,
    turn::{Events, Turn},
};
use crate::{
    codec::CodecError,
    control::{MediaEvent, MediaLeg, MixId},
    mixer::Silence,
    prompt::SoundLibrary,
};

/// Length of a tick.
pub const TICK: std::time::Duration = std::time::Duration::from_millis(20);

/// Legs and mixes that one thread serves.
#[derive(Debug)]
pub struct Worker {
    library: Arc<SoundLibrary>,
    silence: Silence,
    tick: u64,
    relays: bool,
    legs: Legs,
    rooms: Vec<Option<Box<Room>>>,
    events: Events,
    retired: VecDeque<(Place, Box<Leg>)>,
}

impl Worker {
    /// A worker without legs.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn new(library: Arc<SoundLibrary>) -> Result<Self, CodecError> {
        crate::resample::prepare();
        Ok(Self {
            library,
            silence: Silence::new()?,
            tick: 0,
            relays: false,
            legs: Legs::default(),
            rooms: Vec::new(),
            events: Events::new(),
            retired: VecDeque::new(),
        })
    }

    /// Takes over a leg: a new one, or one that another worker gave up.
    pub fn adopt(&mut self, mut leg: Box<Leg>) -> Place {
        leg.role = Role::Idle;
        if let Some(session) = &mut leg.session {
            // A packet that was begun elsewhere has that worker's time.
            session.private.reset();
        }
        if let Some(codec) = leg.format().map(|format| format.codec) {
            leg.stream.reclock(turn::media_time(self.tick, codec));
        }
        self.legs.insert(leg)
    }

    /// Gives up a leg for another worker; it leaves its mix or bridge.
    pub fn surrender(&mut self, id: MediaLeg) -> Option<(Place, Box<Leg>)> {
        let place = self.legs.find(id)?;
        self.detach(place);
        Some((place, self.legs.remove(place)?))
    }

    /// What there is to say, in order.
    pub fn event(&mut self) -> Option<MediaEvent> {
        self.events.next()
    }

    /// A leg that was closed: its sockets can be, too. To be taken before the next leg comes,
    /// which may get the same place.
    pub fn retired(&mut self) -> Option<(Place, Box<Leg>)> {
        self.retired.pop_front()
    }

    /// How many legs there are.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// Packets of some leg are passed on as they come; as of the last tick.
    #[must_use]
    pub fn relays(&self) -> bool {
        self.relays
    }

    /// Nothing to do until a command comes.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.legs.len() == 0 && self.rooms.iter().all(Option::is_none)
    }

    /// Hands what all in a mix hear to [`Outlet::record`], or no more.
    pub fn record(&mut self, mix: MixId, recording: bool) {
        self.set_recording(mix, recording);
    }

    /// Leaves out ticks that could not be kept: timestamps go on, nothing is sent for them.
    pub fn skip(&mut self, ticks: u64) {
        self.tick += ticks;
    }

    /// 20 ms: everything that is due is mixed, encoded and sent.
    pub fn tick(&mut self, now: Instant, outlet: &mut impl Outlet) {
        let mut turn = Turn {
            now,
            tick: self.tick,
            library: &self.library,
            silence: &self.silence,
            events: &mut self.events,
        };
        for room in self.rooms.iter_mut().flatten() {
            room.tick(&mut self.legs, &mut turn, outlet);
        }
        self.relays = false;
        for place in 0..self.legs.bound() {
            let Some(leg) = self.legs.get_mut(place) else {
                continue;
            };
            match leg.role {
                Role::Mixed { .. } => {}
                Role::Idle => leg.tick_idle(place, &mut turn, outlet),
                Role::Bridged { peer, relayed } => {
                    self.relays |= relayed;
                    bridge::tick(&mut self.legs, place, peer, relayed, &mut turn, outlet);
                }
            }
            if let Some(leg) = self.legs.get_mut(place) {
                leg.tick_reports(place, &mut turn, outlet);
            }
        }
        self.tick += 1;
    }
}

impl Leg {
    /// A leg that hears nobody: its sounds, or silence that keeps its way open.
    fn tick_idle(&mut self, place: Place, turn: &mut Turn<'_>, outlet: &mut impl Outlet) {
        self.discard_input(turn.now);
        if !self.sends() || self.send_own(place, turn, outlet) {
            return;
        }
        if let Some(format) = self.format() {
            let start = turn.start(format.codec);
            self.send_silence(place, start, turn.silence, outlet);
        }
    }

    /// Sends digits or a sound of its own, if there is one.
    fn send_own(&mut self, place: Place, turn: &mut Turn<'_>, outlet: &mut impl Outlet) -> bool {
        self.send_digit(place, turn, outlet) || self.send_playing(place, turn, outlet)
    }

    /// What is due every five seconds, and when nothing comes.
    fn tick_reports(&mut self, place: Place, turn: &mut Turn<'_>, outlet: &mut impl Outlet) {
        if let Some(digit) = self.digits_in.poll(turn.now) {
            turn.tell(MediaEvent::Digit {
                leg: self.id,
                digit,
            });
        }
        if let Some(secs) = self.note_quiet() {
            turn.tell(MediaEvent::Silent { leg: self.id, secs });
        }
        let expected = self.receives() && !self.is_held();
        let changed = self.arrivals.tick(expected);
        let due = self.reports.tick() && self.session.is_some();
        if due {
            self.send_report(place, turn.tick, turn.now, outlet);
        }
        if changed || due && self.receives() {
            let stats = self.stats();
            turn.tell(MediaEvent::Stats {
                leg: self.id,
                stats,
            });
        }
    }
}

#[cfg(test)]
mod tests;
