//! Calls into and out of conferences: the conference decides, the engine dials and hangs up.

use media::control::MediaEvent;
use model::{
    CallState, ConferenceId, DialTarget, EndCause, Invitation, Party, Reach, RouteAction, RoutePlan,
};

use crate::{
    Engine,
    call::{
        Call, CallOut, ConferenceSeat, Entering, Miss, REDIRECTED, Ring, Seat, Stage, Transfer,
    },
    conference::{Arrival, ConferenceInput},
    leg::{Dial, LegKey, News},
    wire::Alarm,
};

/// How long an address outside rings, in seconds.
const OUTSIDE_RINGS_SECS: u32 = 60;

impl Engine {
    /// Someone is on the way into a room: refused before they are answered, where possible.
    pub(crate) fn approach(
        &mut self,
        call: &mut Call,
        entering: Entering,
        transfer: Option<Transfer>,
    ) -> Stage {
        let room = &entering.entry.room;
        call.record.reached(Party {
            user: None,
            number: room.number.to_string(),
            name: room.name.to_string(),
        });
        let arrival = self.arrival(entering.leg, &entering);
        if let Err(cause) = self.rooms.admits(room, &arrival, self.wire.now) {
            return self.give_up(call, entering.leg, cause, transfer);
        }
        if let Some(transfer) = transfer {
            self.transfer_done(call, transfer);
        }
        if self.has_media(entering.leg) {
            self.silence(entering.leg);
        }
        if self.is_established(entering.leg) {
            return self.enter(call, entering);
        }
        self.with_leg(entering.leg, |leg, wire| leg.answer(wire, None));
        Stage::Entering(entering)
    }

    /// The caller is answered: into the running conference, or a new one.
    pub(crate) fn enter(&mut self, call: &mut Call, entering: Entering) -> Stage {
        let arrival = self.arrival(entering.leg, &entering);
        if let Err(cause) = self
            .rooms
            .admits(&entering.entry.room, &arrival, self.wire.now)
        {
            return self.end(call, cause);
        }
        let conference = self.running_or_new(&entering.entry.room);
        let seat = ConferenceSeat {
            conference,
            participant: arrival.participant,
        };
        call.record.answered(self.wire.now.wall);
        self.rooms.sit(seat, call.id());
        let leg = entering.leg.media();
        self.tell_conference(conference, ConferenceInput::Arrived { arrival, leg });
        let leg = entering.leg;
        let seat = Seat { leg, seat };
        self.tell_held(seat);
        Stage::InConference(seat)
    }

    fn arrival(&self, key: LegKey, entering: &Entering) -> Arrival {
        let party = self.party_of(key);
        Arrival {
            participant: self.wire.participant_id(),
            user: party.user,
            number: party.number,
            name: party.name,
            role: entering.entry.role,
            source: self.source_of(key),
        }
    }

    /// A key pressed in a conference and sent by INFO.
    pub(crate) fn conference_digit(&mut self, seat: ConferenceSeat, key: LegKey, digit: u8) {
        let leg = key.media();
        let event = MediaEvent::Digit { leg, digit };
        self.tell_conference(seat.conference, ConferenceInput::Media(event));
    }

    /// The conference asks for someone.
    pub(crate) fn call_out(&mut self, conference: ConferenceId, invitation: Invitation) {
        let seat = ConferenceSeat {
            conference,
            participant: invitation.participant,
        };
        let Some((customer, from)) = self.rooms.caller(conference) else {
            return;
        };
        let to = Party {
            user: match invitation.reach {
                Reach::User { user, .. } => Some(user),
                _ => None,
            },
            number: invitation.target.to_string(),
            name: invitation.name.clone(),
        };
        let mut call = self.new_call(customer, from.clone(), to.clone());
        call.record.conference(conference);
        let ring_secs = match invitation.reach {
            Reach::User { user, ring_secs } => {
                let forks = self.call_phones(&mut call, user, &to, &from, &[]);
                if forks.is_empty() {
                    return self.unreachable(seat, EndCause::Offline, Some("offline"));
                }
                call.stage = Self::calling_out(seat, forks);
                ring_secs
            }
            Reach::Address { address } => {
                let Some(flow) = self.flow_to_outside(address) else {
                    return self.unreachable(seat, EndCause::Forbidden, Some("not_allowed"));
                };
                let dial = Dial::outside(&invitation.target, flow, &to, &from);
                let fork = self.dial(&mut call, dial);
                call.stage = Self::calling_out(seat, vec![fork]);
                OUTSIDE_RINGS_SECS
            }
            Reach::Nowhere { reason } => {
                let cause = match reason {
                    "no_trunk" => EndCause::NoTrunk,
                    _ => EndCause::UnknownNumber,
                };
                return self.unreachable(seat, cause, Some(reason));
            }
        };
        self.ring_timer(&call, ring_secs);
        self.rooms.sit(seat, call.id());
        self.touch(call.id());
        self.calls.insert(call.id(), call);
    }

    fn calling_out(seat: ConferenceSeat, forks: Vec<LegKey>) -> Stage {
        let ring = Ring {
            forks,
            ..Ring::default()
        };
        Stage::CallingOut(CallOut { seat, ring })
    }

    /// Nothing was sent: the row alone says so.
    fn unreachable(&mut self, seat: ConferenceSeat, cause: EndCause, reason: Option<&'static str>) {
        self.tell_conference(
            seat.conference,
            ConferenceInput::Failed {
                participant: seat.participant,
                cause,
                reason,
            },
        );
    }

    pub(crate) fn call_out_news(
        &mut self,
        call: &mut Call,
        mut out: CallOut,
        key: LegKey,
        news: News,
    ) -> Stage {
        let participant = out.seat.participant;
        match news {
            News::Ringing | News::Early if !out.ring.rang => {
                out.ring.rang = true;
                call.record.state(CallState::Ringing);
                self.tell_conference(
                    out.seat.conference,
                    ConferenceInput::Ringing { participant },
                );
                Stage::CallingOut(out)
            }
            News::Answered if out.ring.forks.contains(&key) => {
                let elsewhere = EndCause::AnsweredElsewhere;
                self.end_forks(call, &mut out.ring, Some(key), elsewhere);
                self.call_out_answered(call, out, key)
            }
            News::Missed(miss) => self.fork_missed(call, out, key, miss),
            // The room calls people, not where their phones send others.
            News::Redirected(..) => self.fork_missed(call, out, key, REDIRECTED),
            News::Refer(refer) => {
                self.refuse_refer(key, &refer);
                Stage::CallingOut(out)
            }
            _ => Stage::CallingOut(out),
        }
    }

    /// Whom the conference called is there, at one of their phones.
    pub(crate) fn call_out_answered(
        &mut self,
        call: &mut Call,
        out: CallOut,
        key: LegKey,
    ) -> Stage {
        let seat = out.seat;
        self.wire.timers.cancel(Alarm::RingOver(call.id()));
        call.record.answered(self.wire.now.wall);
        let input = ConferenceInput::Answered {
            participant: seat.participant,
            leg: key.media(),
        };
        self.tell_conference(seat.conference, input);
        let seat = Seat { leg: key, seat };
        self.tell_held(seat);
        Stage::InConference(seat)
    }

    fn fork_missed(&mut self, call: &mut Call, mut out: CallOut, key: LegKey, miss: Miss) -> Stage {
        match out.ring.missed(key, miss) {
            None => Stage::CallingOut(out),
            Some(miss) => {
                self.end_forks(call, &mut out.ring, None, EndCause::Declined);
                self.call_out_missed(call, out, miss)
            }
        }
    }

    /// Nobody answered the conference's call.
    pub(crate) fn call_out_missed(&mut self, call: &mut Call, out: CallOut, miss: Miss) -> Stage {
        let reason = (miss == REDIRECTED).then_some("forwarded");
        self.tell_call_out_failed(&out, miss.cause(), reason);
        self.end(call, miss.cause())
    }

    pub(crate) fn tell_call_out_failed(
        &mut self,
        out: &CallOut,
        cause: EndCause,
        reason: Option<&'static str>,
    ) {
        self.rooms.stand_up(out.seat);
        self.unreachable(out.seat, cause, reason);
    }

    /// The leg of a participant is gone.
    pub(crate) fn left(&mut self, seat: ConferenceSeat, cause: EndCause) {
        self.rooms.stand_up(seat);
        self.tell_conference(
            seat.conference,
            ConferenceInput::HungUp {
                participant: seat.participant,
                cause,
            },
        );
    }

    /// The number keyed in the menu has a route.
    pub(crate) fn called_in(&mut self, seat: ConferenceSeat, number: &str, plan: &RoutePlan) {
        let invitation = plan.steps.first().and_then(|step| match &step.action {
            RouteAction::Ring {
                user,
                name,
                ring_secs,
                ..
            } => Some(Invitation {
                participant: self.wire.participant_id(),
                target: DialTarget::parse(number).ok()?,
                name: name.clone(),
                role: model::ConferenceRole::Participant,
                reach: Reach::User {
                    user: *user,
                    ring_secs: *ring_secs,
                },
            }),
            RouteAction::Conference(_) | RouteAction::Refuse(_) => None,
        });
        self.tell_conference(
            seat.conference,
            ConferenceInput::CalledIn {
                by: seat.participant,
                invitation,
            },
        );
    }
}
