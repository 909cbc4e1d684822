//! The place of a conference's participant, taken over by another leg: attended transfers into and
//! out of a room, and INVITE with Replaces (RFC 3891).

use model::{Caller, EndCause, RouteQuery};

use crate::{
    Engine,
    call::{Call, ConferenceSeat, Seat, Stage, Transfer, outcome, transfer::Target},
    conference::{Arrival, ConferenceInput},
    engine::RouteAsker,
    leg::{LegKey, ReferRequest},
};

impl Engine {
    /// Gives a participant's place to another leg. Much may have been decided in the room while
    /// that was being answered.
    ///
    /// # Errors
    /// The SIP status that says why not.
    pub(crate) fn take_seat(&mut self, taken: Seat, newcomer: LegKey) -> Result<Stage, u16> {
        self.may_take(taken.seat, newcomer)?;
        if !self.is_established(newcomer) {
            return Err(480);
        }
        let leg = newcomer;
        let seat = Seat { leg, ..taken };
        self.replaced_in_conference(seat);
        Ok(Stage::InConference(seat))
    }

    /// Whether the room lets them: lock, ban and how far the other had come.
    pub(crate) fn may_take(&self, seat: ConferenceSeat, newcomer: LegKey) -> Result<(), u16> {
        let arrival = self.arrival_in_place(seat, newcomer);
        self.rooms
            .admits_in_place(seat, &arrival, self.wire.now)
            .map_err(outcome::status)
    }

    /// The seat stays, the leg is another.
    fn replaced_in_conference(&mut self, Seat { leg, seat }: Seat) {
        let arrival = self.arrival_in_place(seat, leg);
        self.tell_conference(
            seat.conference,
            ConferenceInput::Replaced {
                participant: seat.participant,
                arrival,
                leg: leg.media(),
            },
        );
        self.tell_held(Seat { leg, seat });
    }

    /// Tells the room whether the participant's phone holds it.
    pub(crate) fn tell_held(&mut self, Seat { leg, seat }: Seat) {
        let held = self.legs.get(&leg).is_some_and(|leg| leg.holds());
        let participant = seat.participant;
        self.tell_conference(seat.conference, ConferenceInput::Held { participant, held });
    }

    fn arrival_in_place(&self, seat: ConferenceSeat, newcomer: LegKey) -> Arrival {
        let party = self.party_of(newcomer);
        Arrival {
            participant: seat.participant,
            role: self.rooms.role_in(seat.conference, party.user),
            user: party.user,
            number: party.number,
            name: party.name,
            source: self.source_of(newcomer),
        }
    }

    /// A participant of a conference sends REFER: with Replaces, whom they consulted takes their
    /// place; without, a moderator has the number called in (RFC 4579 §5.5) and is let go.
    pub(crate) fn refer_in_conference(
        &mut self,
        call: &mut Call,
        seat: Seat,
        refer: Box<ReferRequest>,
    ) -> Stage {
        let status = match self.transfer_target(call, seat.leg, &refer) {
            Target::Refused(status) => status,
            Target::Number(dialled) if self.rooms.moderates(seat.seat) => {
                self.call_in_by_refer(call, seat, &refer, dialled);
                return Stage::InConference(seat);
            }
            Target::Number(_) => 403,
            Target::Leg(theirs) => match self.seat_for_consulted(call, seat, theirs, &refer) {
                Ok(seat) => return Stage::InConference(seat),
                Err(status) => status,
            },
        };
        self.with_leg(seat.leg, |leg, wire| leg.answer_refer(wire, &refer, status));
        Stage::InConference(seat)
    }

    fn call_in_by_refer(&mut self, call: &Call, seat: Seat, refer: &ReferRequest, dialled: String) {
        self.with_leg(seat.leg, |leg, wire| {
            leg.answer_refer(wire, refer, 202);
            // It is done once the conference calls: how that goes is seen in the room.
            leg.notify_refer(wire, refer.cseq, 200);
        });
        let party = self.party_of(seat.leg);
        self.phone_act(seat.seat.conference, party.user, "conference.invited");
        let query = RouteQuery {
            entrant: party.user,
            caller: Caller {
                customer: call.customer,
                user: party.user,
                number: party.number,
                name: party.name,
            },
            dialled: dialled.clone(),
            at: self.wire.now.wall,
        };
        let (seat, number) = (seat.seat, dialled);
        self.ask_route(RouteAsker::Menu { seat, number }, query);
    }

    /// The other end of the participant's own call `theirs` comes into the participant's place.
    fn seat_for_consulted(
        &mut self,
        call: &mut Call,
        seat: Seat,
        theirs: LegKey,
        refer: &ReferRequest,
    ) -> Result<Seat, u16> {
        let id = self.legs.get(&theirs).map(|leg| leg.call).ok_or(481_u16)?;
        let consultation = self.calls.get(&id).ok_or(481_u16)?;
        let talk = match &consultation.stage {
            Stage::Talking(talk) if talk.bridged => *talk,
            // Nobody is there yet who could take the place.
            Stage::Talking(_) | Stage::Hunting(_) | Stage::Routing(_) => return Err(480),
            _ => return Err(403),
        };
        let newcomer = talk.other(theirs).ok_or(481_u16)?;
        self.may_take(seat.seat, newcomer)?;
        let mut from = self.calls.remove(&id).ok_or(481_u16)?;
        let transfer = Transfer {
            by: Some(seat.leg),
            refer: refer.cseq,
            was_first: false,
        };
        self.with_leg(seat.leg, |leg, wire| leg.answer_refer(wire, refer, 202));
        self.transfer_progress(Some(transfer), 100);
        self.wait_apart(talk, newcomer);
        call.transfers += 1;
        self.move_leg(&mut from, call, newcomer);
        let leg = newcomer;
        let seat = Seat { leg, ..seat };
        self.replaced_in_conference(seat);
        self.transfer_done(call, transfer);
        from.stage = self.end(&mut from, EndCause::Transferred);
        self.calls.insert(id, from);
        self.touch(id);
        Ok(seat)
    }
}
