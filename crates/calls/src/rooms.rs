//! The conferences that run here, and which call sits in which of their rows.

use std::{
    collections::{BTreeSet, HashMap},
    net::IpAddr,
    time::Duration,
};

use media::control::{MediaEvent, MixId};
use model::{
    CallId, Caller, ConferenceId, ConferenceRole, CustomerId, EndCause, Invitation, Party, Room,
    RoomId, RouteQuery, SwitchError, SwitchEvent, SwitchReply, UserId,
};

use crate::{
    Engine, Now, Output,
    call::ConferenceSeat,
    conference::{Arrival, Conference, ConferenceDeed, ConferenceInput, ConferenceSetup},
    engine::RouteAsker,
    guard::{self, Counts},
    wire::Alarm,
};

/// Wrong PINs an hour from one source.
const PINS_PER_SOURCE: u32 = 10;
/// Wrong PINs an hour for one room.
const PINS_PER_ROOM: u32 = 30;
const PIN_WINDOW: Duration = Duration::from_secs(3600);

#[derive(Debug)]
struct Running {
    conference: Conference,
    mix: MixId,
    seats: HashMap<model::ParticipantId, CallId>,
}

/// Running conferences.
#[derive(Debug)]
pub(crate) struct Rooms {
    running: HashMap<ConferenceId, Running>,
    by_room: HashMap<RoomId, ConferenceId>,
    by_mix: HashMap<MixId, ConferenceId>,
    /// Those that may have deeds to take.
    stirred: BTreeSet<ConferenceId>,
    pins_by_source: Counts<IpAddr>,
    pins_by_room: Counts<RoomId>,
    limit: usize,
}

impl Rooms {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            running: HashMap::new(),
            by_room: HashMap::new(),
            by_mix: HashMap::new(),
            stirred: BTreeSet::new(),
            pins_by_source: Counts::new(PIN_WINDOW),
            pins_by_room: Counts::new(PIN_WINDOW),
            limit,
        }
    }

    /// How many run.
    pub(crate) fn len(&self) -> usize {
        self.running.len()
    }

    /// Those that run, in the order they began.
    pub(crate) fn ids(&self) -> Vec<ConferenceId> {
        let mut ids: Vec<_> = self.running.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// The one that runs in a room.
    pub(crate) fn of_room(&self, room: RoomId) -> Option<ConferenceId> {
        self.by_room.get(&room).copied()
    }

    fn is_begun(&self, id: ConferenceId) -> bool {
        let running = self.running.get(&id);
        running.is_some_and(|running| running.conference.is_begun())
    }

    /// Whether another may go on in the place of a participant.
    pub(crate) fn admits_in_place(
        &self,
        seat: ConferenceSeat,
        arrival: &Arrival,
        now: Now,
    ) -> Result<(), EndCause> {
        match self.running.get(&seat.conference) {
            Some(running) => running.conference.admits_in_place(arrival, now),
            None => Err(EndCause::Forbidden),
        }
    }

    /// Whether the participant is in and moderates.
    pub(crate) fn moderates(&self, seat: ConferenceSeat) -> bool {
        let running = self.running.get(&seat.conference);
        running.is_some_and(|running| running.conference.is_moderator(seat.participant))
    }

    /// What a user may do in the room of a conference by its settings.
    pub(crate) fn role_in(&self, id: ConferenceId, user: Option<UserId>) -> ConferenceRole {
        match (self.running.get(&id), user) {
            (Some(running), Some(user)) => running.conference.room().role_of(user),
            _ => ConferenceRole::Participant,
        }
    }

    pub(crate) fn has_space(&self) -> bool {
        self.running.len() < self.limit
    }

    /// Whether a caller may come to the room's door.
    pub(crate) fn admits(&self, room: &Room, arrival: &Arrival, now: Now) -> Result<(), EndCause> {
        // PINs are limited, not people: who needs none is let in whatever others have guessed.
        let asks_pin = room.participant_pin.is_some() || room.moderator_pin.is_some();
        if asks_pin && !arrival.role.moderates() && !self.may_guess(room.id, arrival.source, now) {
            return Err(EndCause::Forbidden);
        }
        match self.of_room(room.id).and_then(|id| self.running.get(&id)) {
            Some(running) => running.conference.admits(arrival, now),
            None if self.has_space() => Ok(()),
            None => Err(EndCause::Overload),
        }
    }

    /// Whether a caller is asked for a PIN: a room that is being guessed at asks only those from
    /// where no wrong one came.
    fn may_guess(&self, room: RoomId, source: IpAddr, now: Now) -> bool {
        let wrong = self
            .pins_by_source
            .failures(&guard::network(source), now.monotonic);
        let guessed_at = self.pins_by_room.failures(&room, now.monotonic) >= PINS_PER_ROOM;
        wrong == 0 || wrong < PINS_PER_SOURCE && !guessed_at
    }

    fn pins_exhausted(&self, room: RoomId, source: IpAddr, now: Now) -> bool {
        let source = guard::network(source);
        self.pins_by_source.failures(&source, now.monotonic) >= PINS_PER_SOURCE
            || self.pins_by_room.failures(&room, now.monotonic) >= PINS_PER_ROOM
    }

    pub(crate) fn start(&mut self, setup: ConferenceSetup, now: Now) {
        let (id, room, mix) = (setup.id, setup.room.id, setup.mix);
        self.by_room.insert(room, id);
        self.by_mix.insert(mix, id);
        self.stirred.insert(id);
        self.running.insert(
            id,
            Running {
                conference: Conference::new(setup, now),
                mix,
                seats: HashMap::new(),
            },
        );
    }

    pub(crate) fn sit(&mut self, seat: ConferenceSeat, call: CallId) {
        if let Some(running) = self.running.get_mut(&seat.conference) {
            running.seats.insert(seat.participant, call);
        }
    }

    pub(crate) fn stand_up(&mut self, seat: ConferenceSeat) {
        if let Some(running) = self.running.get_mut(&seat.conference) {
            running.seats.remove(&seat.participant);
        }
    }

    /// Whose it is and who calls, as those called by it see it.
    pub(crate) fn caller(&self, id: ConferenceId) -> Option<(CustomerId, Party)> {
        let room = self.running.get(&id)?.conference.room();
        let party = Party {
            user: None,
            number: room.number.to_string(),
            name: room.name.to_string(),
        };
        Some((room.customer, party))
    }

    fn forget(&mut self, id: ConferenceId) -> Vec<CallId> {
        let Some(running) = self.running.remove(&id) else {
            return Vec::new();
        };
        self.by_mix.remove(&running.mix);
        let room = running.conference.room().id;
        if self.by_room.get(&room) == Some(&id) {
            self.by_room.remove(&room);
        }
        running.seats.into_values().collect()
    }
}

impl Engine {
    /// The conference that runs in the room; a new one if none does.
    pub(crate) fn running_or_new(&mut self, room: &Room) -> ConferenceId {
        if let Some(id) = self.rooms.of_room(room.id) {
            return id;
        }
        let id = self.wire.conference_id();
        self.start_conference(id, room.clone(), false);
        id
    }

    fn start_conference(&mut self, id: ConferenceId, room: Room, ordered: bool) {
        let setup = ConferenceSetup {
            id,
            room: Box::new(room),
            mix: self.wire.mix_id(),
            recordings: self.wire.config.recordings.clone(),
            ordered,
        };
        self.rooms.start(setup, self.wire.now);
    }

    pub(crate) fn tell_conference(&mut self, id: ConferenceId, input: ConferenceInput) {
        if let Some(running) = self.rooms.running.get_mut(&id) {
            running.conference.handle(input, self.wire.now);
            self.rooms.stirred.insert(id);
        }
    }

    /// What a mix has to say.
    pub(crate) fn mix_event(&mut self, mix: MixId, event: MediaEvent) {
        if let Some(id) = self.rooms.by_mix.get(&mix).copied() {
            self.tell_conference(id, ConferenceInput::Media(event));
        }
    }

    /// A command to a running conference.
    pub(crate) fn order_conference(
        &mut self,
        id: ConferenceId,
        action: model::ConferenceAction,
    ) -> Result<SwitchReply, SwitchError> {
        let running = self
            .rooms
            .running
            .get_mut(&id)
            .ok_or(SwitchError::NotRunning)?;
        self.rooms.stirred.insert(id);
        running.conference.command(action, self.wire.now)
    }

    /// `StartConference`.
    pub(crate) fn order_start(
        &mut self,
        id: ConferenceId,
        room: Room,
        invitations: Vec<Invitation>,
    ) -> Result<SwitchReply, SwitchError> {
        let at_the_door = self.rooms.of_room(room.id);
        if let Some(running) = at_the_door.filter(|id| self.rooms.is_begun(*id)) {
            return Err(SwitchError::AlreadyRunning(running));
        }
        let max = room.max_participants;
        if invitations.len() > max as usize {
            return Err(SwitchError::RoomFull { max });
        }
        let has_space = at_the_door.is_some() || self.rooms.has_space();
        if self.draining() || !has_space {
            return Err(SwitchError::Unavailable);
        }
        match at_the_door {
            Some(waiting) => self.begin_conference(waiting, id, room),
            None => self.start_conference(id, room, true),
        }
        self.order_conference(id, model::ConferenceAction::Invite(invitations))
    }

    /// What people wait for at a door begins by an order, and under the order's id.
    fn begin_conference(&mut self, waiting: ConferenceId, id: ConferenceId, room: Room) {
        let Some(mut running) = self.rooms.running.remove(&waiting) else {
            return;
        };
        self.wire.timers.cancel(Alarm::Conference(waiting));
        self.rooms.stirred.remove(&waiting);
        self.rooms.by_room.insert(room.id, id);
        self.rooms.by_mix.insert(running.mix, id);
        running
            .conference
            .begin_as(id, Box::new(room), self.wire.now);
        for call in running.seats.values() {
            if let Some(call) = self.calls.get_mut(call) {
                call.stage.move_seat(id);
            }
        }
        self.rooms.running.insert(id, running);
        self.rooms.stirred.insert(id);
    }

    /// Does what the stirred conferences want; whether there was anything.
    pub(crate) fn run_conferences(&mut self) -> bool {
        let mut any = false;
        while let Some(id) = self.rooms.stirred.pop_first() {
            while let Some(deed) = self
                .rooms
                .running
                .get_mut(&id)
                .and_then(|running| running.conference.poll())
            {
                any = true;
                self.conference_deed(id, deed);
            }
            let deadline = self
                .rooms
                .running
                .get(&id)
                .and_then(|running| running.conference.deadline());
            match deadline {
                Some(at) => self.wire.timers.set(Alarm::Conference(id), at),
                None => self.wire.timers.cancel(Alarm::Conference(id)),
            }
        }
        any
    }

    fn conference_deed(&mut self, id: ConferenceId, deed: ConferenceDeed) {
        match deed {
            ConferenceDeed::Dial(invitation) => self.call_out(id, invitation),
            ConferenceDeed::HangUp { participant, cause } => {
                let call = self
                    .rooms
                    .running
                    .get(&id)
                    .and_then(|running| running.seats.get(&participant).copied());
                if let Some(call) = call {
                    self.end_call(call, cause);
                }
            }
            ConferenceDeed::Media(command) => self.wire.media(command),
            ConferenceDeed::View { view, change } => {
                self.wire
                    .put(Output::Event(SwitchEvent::Conference { view, change }));
            }
            ConferenceDeed::PhoneAct { user, action } => self.phone_act(id, user, action),
            ConferenceDeed::WrongPin { participant } => {
                self.wrong_pin(ConferenceSeat {
                    conference: id,
                    participant,
                });
            }
            ConferenceDeed::CallIn { by, dialled } => self.call_in(
                ConferenceSeat {
                    conference: id,
                    participant: by,
                },
                dialled,
            ),
            ConferenceDeed::CameIn { participant } => {
                let running = self.rooms.running.get(&id);
                let call = running.and_then(|running| running.seats.get(&participant));
                if let Some(call) = call.and_then(|call| self.calls.get_mut(call)) {
                    call.record.conference(id);
                    let call = call.id();
                    self.touch(call);
                }
            }
            ConferenceDeed::Over => {
                for call in self.rooms.forget(id) {
                    self.end_call(call, EndCause::ConferenceEnded);
                }
                self.wire.timers.cancel(Alarm::Conference(id));
            }
        }
    }

    pub(crate) fn phone_act(
        &mut self,
        conference: ConferenceId,
        user: Option<model::UserId>,
        action: &'static str,
    ) {
        if let Some((customer, _)) = self.rooms.caller(conference) {
            self.wire.put(Output::Event(SwitchEvent::PhoneAct {
                customer,
                user,
                conference,
                action,
            }));
        }
    }

    fn wrong_pin(&mut self, seat: ConferenceSeat) {
        let Some(running) = self.rooms.running.get(&seat.conference) else {
            return;
        };
        let room = running.conference.room().id;
        let call = running.seats.get(&seat.participant).copied();
        let Some(source) = call.and_then(|call| self.source_of_call(call)) else {
            return;
        };
        let now = self.wire.now;
        let network = guard::network(source);
        self.rooms.pins_by_source.add(network, now.monotonic);
        let by_room = self.rooms.pins_by_room.add(room, now.monotonic).failures;
        if by_room == PINS_PER_ROOM {
            self.phone_act(seat.conference, None, "conference.pins_exhausted");
        }
        if self.rooms.pins_exhausted(room, source, now) {
            let participant = seat.participant;
            self.tell_conference(
                seat.conference,
                ConferenceInput::PinsExhausted { participant },
            );
        }
    }

    fn call_in(&mut self, seat: ConferenceSeat, dialled: String) {
        let call = self
            .rooms
            .running
            .get(&seat.conference)
            .and_then(|running| running.seats.get(&seat.participant).copied());
        let Some((customer, party)) = call.and_then(|call| self.party_of_call(call)) else {
            return;
        };
        let query = RouteQuery {
            caller: Caller {
                customer,
                user: party.user,
                number: party.number,
                name: party.name,
            },
            entrant: party.user,
            dialled: dialled.clone(),
            at: self.wire.now.wall,
        };
        let number = dialled;
        self.ask_route(RouteAsker::Menu { seat, number }, query);
    }
}
