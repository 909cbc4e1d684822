//! What a worker is told, and what it does about it.

use std::time::Instant;

use super::{
    Worker, bridge,
    digits::DigitsIn,
    leg::{Leg, Role, Session},
    outlet::Outlet,
    playing::Playing,
    room::Room,
    turn::{Turn, media_time},
};
use crate::{
    codec::CodecError,
    control::{MediaCommand, MediaEvent, MediaLeg, MixId},
    mixer::{Place, Talking},
    rtp::Reception,
};

/// A command with everything allocated that carrying it out needs for a leg.
#[derive(Debug)]
pub enum Order {
    /// [`MediaCommand::Configure`].
    Configure {
        /// Which leg.
        leg: MediaLeg,
        /// Codecs and buffers for it.
        session: Box<Session>,
    },
    /// Any other.
    Plain(MediaCommand),
}

impl Order {
    /// Prepares a command; to be called outside the worker's thread.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn prepare(command: MediaCommand) -> Result<Self, CodecError> {
        Ok(match command {
            MediaCommand::Configure { leg, params } => Self::Configure {
                leg,
                session: Box::new(Session::new(params)?),
            },
            other => Self::Plain(other),
        })
    }
}

impl Worker {
    /// Carries out an order. One that names a leg or mix that is gone changes nothing.
    pub fn order(&mut self, now: Instant, order: Order, outlet: &mut impl Outlet) {
        match order {
            Order::Configure { leg, session } => {
                if let Some(place) = self.legs.find(leg) {
                    self.configure(place, session);
                }
            }
            Order::Plain(MediaCommand::Close { leg }) => self.close(now, leg, outlet),
            Order::Plain(command) => self.carry_out(now, command),
        }
    }

    fn carry_out(&mut self, now: Instant, command: MediaCommand) {
        match command {
            // Orders of their own.
            MediaCommand::Configure { .. } | MediaCommand::Close { .. } => {}
            MediaCommand::Bridge { a, b } => self.bridge(a, b),
            MediaCommand::Unbridge { leg } => {
                if let Some(place) = self.legs.find(leg)
                    && self
                        .role(place)
                        .is_some_and(|role| matches!(role, Role::Bridged { .. }))
                {
                    self.detach(place);
                }
            }
            MediaCommand::CreateMix { mix } => self.create_mix(mix),
            MediaCommand::Join {
                leg,
                mix,
                muted,
                deaf,
            } => self.join(leg, mix, muted, deaf),
            MediaCommand::SetHearing { leg, muted, deaf } => self.set_hearing(leg, muted, deaf),
            MediaCommand::Leave { leg } => {
                if let Some(place) = self.legs.find(leg)
                    && self
                        .role(place)
                        .is_some_and(|role| matches!(role, Role::Mixed { .. }))
                {
                    self.detach(place);
                }
            }
            MediaCommand::DestroyMix { mix } => self.destroy_mix(mix),
            MediaCommand::PlayToMix { mix, sound } => {
                if let Some(room) = self.room(mix) {
                    room.play(sound);
                }
            }
            MediaCommand::Record { mix, .. } => self.set_recording(mix, true),
            MediaCommand::StopRecording { mix } => self.set_recording(mix, false),
            MediaCommand::Play { .. }
            | MediaCommand::StopPlaying { .. }
            | MediaCommand::SendDigit { .. } => self.tell_leg(now, &command),
        }
    }

    fn tell_leg(&mut self, now: Instant, command: &MediaCommand) {
        let (MediaCommand::Play { leg, .. }
        | MediaCommand::StopPlaying { leg }
        | MediaCommand::SendDigit { leg, .. }) = command
        else {
            return;
        };
        let Some(place) = self.legs.find(*leg) else {
            return;
        };
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let mut turn = Turn {
            now,
            tick: self.tick,
            library: &self.library,
            silence: &self.silence,
            events: &mut self.events,
        };
        match command {
            MediaCommand::Play {
                play,
                sound,
                repeat,
                ..
            } => leg.play(Playing::new(*play, *sound, *repeat), &mut turn),
            MediaCommand::StopPlaying { .. } => leg.stop_playing(&mut turn),
            MediaCommand::SendDigit {
                digit, duration_ms, ..
            } => leg.digits_out.queue(*digit, *duration_ms),
            _ => {}
        }
    }

    /// A first or a further agreement: what can stay stays. Most further ones change nothing
    /// (a refresh of the session, RFC 4028) or only a direction (hold), and nobody hears those.
    fn configure(&mut self, place: Place, session: Box<Session>) {
        let role = self.role(place).unwrap_or(Role::Idle);
        if let Some(leg) = self.legs.get_mut(place)
            && leg.format() == Some(session.format())
        {
            leg.agree(session, self.tick);
            if !leg.receives() || leg.is_held() {
                self.hush(place);
            }
            return;
        }
        if let Role::Mixed { mix, class, .. } = role
            && let Some(Some(room)) = self.rooms.get_mut(mix)
        {
            room.detach(place, class);
        }
        if let Some(leg) = self.legs.get_mut(place) {
            leg.agree(session, self.tick);
        }
        match role {
            Role::Idle => {}
            Role::Bridged { peer, .. } => bridge::connect(&mut self.legs, place, peer),
            Role::Mixed {
                mix, muted, deaf, ..
            } => {
                let attached = match self.rooms.get_mut(mix) {
                    Some(Some(room)) => room.attach(place, &mut self.legs),
                    _ => Ok(None),
                };
                self.set_role(
                    place,
                    Role::Mixed {
                        mix,
                        class: attached.ok().flatten(),
                        muted,
                        deaf,
                        private: false,
                    },
                );
            }
        }
    }

    fn bridge(&mut self, a: MediaLeg, b: MediaLeg) {
        let (Some(a), Some(b)) = (self.legs.find(a), self.legs.find(b)) else {
            return;
        };
        if a == b || matches!(self.role(a), Some(Role::Bridged { peer, .. }) if peer == b) {
            return;
        }
        self.detach(a);
        self.detach(b);
        bridge::connect(&mut self.legs, a, b);
    }

    fn create_mix(&mut self, mix: MixId) {
        if self.room_index(mix).is_some() {
            return;
        }
        let room = Some(Box::new(Room::new(mix)));
        match self.rooms.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = room,
            None => self.rooms.push(room),
        }
    }

    fn destroy_mix(&mut self, mix: MixId) {
        let Some(index) = self.room_index(mix) else {
            return;
        };
        let Some(room) = self.rooms[index].take() else {
            return;
        };
        for &member in room.members() {
            self.set_role(member, Role::Idle);
        }
    }

    fn join(&mut self, leg: MediaLeg, mix: MixId, muted: bool, deaf: bool) {
        let (Some(place), Some(index)) = (self.legs.find(leg), self.room_index(mix)) else {
            return;
        };
        if matches!(self.role(place), Some(Role::Mixed { mix, .. }) if mix == index) {
            self.set_hearing(leg, muted, deaf);
            return;
        }
        self.detach(place);
        let Some(Some(room)) = self.rooms.get_mut(index) else {
            return;
        };
        // Without memory for an encoder the leg is in the room but hears nothing.
        let class = room.enter(place, &mut self.legs).ok().flatten();
        self.set_role(
            place,
            Role::Mixed {
                mix: index,
                class,
                muted,
                deaf,
                private: false,
            },
        );
    }

    fn set_hearing(&mut self, leg: MediaLeg, now_muted: bool, now_deaf: bool) {
        let Some(place) = self.legs.find(leg) else {
            return;
        };
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let Role::Mixed { muted, deaf, .. } = &mut leg.role else {
            return;
        };
        *muted = now_muted;
        *deaf = now_deaf;
        if now_muted {
            self.hush(place);
        }
    }

    /// From now on nobody hears this leg.
    fn hush(&mut self, place: Place) {
        self.stop_talking(place);
        if let Some(leg) = self.legs.get_mut(place)
            && let Role::Mixed { mix, private, .. } = &mut leg.role
        {
            *private = false;
            if let Some(Some(room)) = self.rooms.get_mut(*mix) {
                room.silence(place);
            }
        }
    }

    pub(super) fn set_recording(&mut self, mix: MixId, recording: bool) {
        if let Some(room) = self.room(mix) {
            room.recording = recording;
        }
    }

    fn close(&mut self, now: Instant, id: MediaLeg, outlet: &mut impl Outlet) {
        let Some(place) = self.legs.find(id) else {
            return;
        };
        self.detach(place);
        if let Some(leg) = self.legs.get_mut(place) {
            leg.send_farewell(place, self.tick, now, outlet);
        }
        if let Some(leg) = self.legs.remove(place) {
            self.events.tell(MediaEvent::Closed {
                leg: id,
                stats: leg.stats(),
            });
            self.retired.push_back((place, leg));
        }
    }

    /// Takes a leg out of whatever it is in; a bridged one leaves its peer alone.
    pub(super) fn detach(&mut self, place: Place) {
        match self.role(place) {
            Some(Role::Bridged { peer, .. }) => {
                self.set_role(peer, Role::Idle);
            }
            Some(Role::Mixed { mix, class, .. }) => {
                if let Some(Some(room)) = self.rooms.get_mut(mix) {
                    room.leave(place, class);
                }
            }
            Some(Role::Idle) | None => {}
        }
        self.set_role(place, Role::Idle);
    }

    fn set_role(&mut self, place: Place, role: Role) {
        self.stop_talking(place);
        if let Some(leg) = self.legs.get_mut(place) {
            leg.role = role;
            leg.talking = Talking::default();
            leg.stream.mark();
        }
    }

    /// Who is no longer listened to is no longer shown as talking.
    fn stop_talking(&mut self, place: Place) {
        if let Some(leg) = self.legs.get_mut(place)
            && leg.talking.stop().is_some()
        {
            self.events.tell(MediaEvent::Talking {
                leg: leg.id,
                talking: false,
            });
        }
    }

    fn role(&self, place: Place) -> Option<Role> {
        self.legs.get(place).map(|leg| leg.role)
    }

    fn room_index(&self, mix: MixId) -> Option<usize> {
        self.rooms
            .iter()
            .position(|room| room.as_ref().is_some_and(|room| room.id == mix))
    }

    fn room(&mut self, mix: MixId) -> Option<&mut Room> {
        let index = self.room_index(mix)?;
        self.rooms[index].as_deref_mut()
    }
}

impl Leg {
    /// Takes what was agreed. The same codec and packet length keep decoder, encoder and
    /// buffer; an unchanged address keeps the lock on its source.
    fn agree(&mut self, mut session: Box<Session>, tick: u64) {
        let codec = session.params.codec;
        let clock_before = self
            .session
            .as_ref()
            .map(|session| session.params.codec.clock_rate());
        let event_clock = session.params.event_clock;
        let event_clock_before = self
            .session
            .as_ref()
            .map(|session| session.params.event_clock);
        let sent_before = self.sends();
        match &mut self.session {
            Some(old) if old.format() == session.format() => {
                old.update(session.params);
                if !sent_before {
                    self.stream.mark();
                }
            }
            Some(old) => {
                old.update(session.params.clone());
                std::mem::swap(&mut session.rtp, &mut old.rtp);
                std::mem::swap(&mut session.rtcp, &mut old.rtcp);
                *old = session;
                if let Some(playing) = &mut self.playing {
                    playing.reconsider();
                }
            }
            none => *none = Some(session),
        }
        if clock_before != Some(codec.clock_rate()) {
            self.earlier.0 += self.reception.received();
            self.earlier.1 += self.reception.lost();
            self.reception = Reception::new(codec.clock_rate());
            self.stream.reclock(media_time(tick, codec));
        }
        self.listened |= self.sends();
        if event_clock_before != Some(event_clock) {
            self.digits_in = DigitsIn::new(event_clock);
        }
    }
}

impl Session {
    fn update(&mut self, params: crate::control::LegParams) {
        self.rtp.update(params.remote, params.may_latch.clone());
        self.rtcp
            .update(params.remote_rtcp, params.may_latch.clone());
        self.params = params;
    }
}
