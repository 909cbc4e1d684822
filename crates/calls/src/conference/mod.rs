//! A running conference: roles, lock, mute, kick, lobby, PINs, call-outs, the telephone menu.
//!
//! [`Conference`] is pure over *participants*: it is told who arrives, answers, fails and hangs
//! up, what is keyed and what moderators order, and returns deeds. It knows no SIP: the engine
//! owns the mapping between a participant and its dialogs, and one participant that is called
//! out may have several phones ringing, of which the conference hears only the first answer.
//!
//! Order of life of a participant: `Arrived` (dialled in, already answered) or a `Dial` deed
//! followed by `Ringing`*, then `Answered` or `Failed`; then, once, `HungUp`, whoever hung up.
//! After a `HangUp` deed the conference hears `HungUp` (or `Failed`, if it never was answered).

mod entry;
mod hearing;
mod menu;
mod orders;
mod participant;
mod recording;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    net::IpAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use media::control::{MediaCommand, MediaEvent, MediaLeg, MixId, PlayId, Prompt, Sound};
use model::{
    ConferenceAction, ConferenceChange, ConferenceId, ConferenceRole, ConferenceView, EndCause,
    Invitation, LegQuality, ParticipantId, ParticipantState, RecordedFile, Room, Timestamp, UserId,
};

use participant::{BanKey, Participant, Stage};
use recording::Recording;

use crate::Now;

/// Someone who dialled in or was transferred in.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// The row it will be; minted by the engine.
    pub participant: ParticipantId,
    /// The user, where authenticated.
    pub user: Option<UserId>,
    /// Number as shown; empty when withheld.
    pub number: String,
    /// Name as shown.
    pub name: String,
    /// By ownership, moderation or operator group; a PIN may raise it.
    pub role: ConferenceRole,
    /// Where the signalling comes from: wrong PINs are counted by it.
    pub source: IpAddr,
}

/// Something that concerns the conference.
#[derive(Debug, Clone, PartialEq)]
pub enum ConferenceInput {
    /// A caller whom [`Conference::admits`] let in was answered: the leg is configured and
    /// silent. PIN, lobby and the rest are the conference's to ask.
    Arrived {
        /// Who.
        arrival: Arrival,
        /// Their media.
        leg: MediaLeg,
    },
    /// A phone of an invited one rings.
    Ringing {
        /// Which row.
        participant: ParticipantId,
    },
    /// An invited one answered: the leg is configured and silent.
    Answered {
        /// Which row.
        participant: ParticipantId,
        /// Their media.
        leg: MediaLeg,
    },
    /// An invited one was not reached.
    Failed {
        /// Which row.
        participant: ParticipantId,
        /// `Busy`, `NoAnswer`, `Offline`, `Declined`, `Cancelled`, …
        cause: EndCause,
        /// A more precise reason than the cause: `no_trunk`, `not_allowed`, …
        reason: Option<&'static str>,
    },
    /// The leg is gone, by itself or by a `HangUp` deed; its media is closed.
    HungUp {
        /// Which row.
        participant: ParticipantId,
        /// Why.
        cause: EndCause,
    },
    /// The participant went on in another leg (attended transfer into the room).
    Replaced {
        /// Which row.
        participant: ParticipantId,
        /// Who it is now.
        arrival: Arrival,
        /// Their media; the old leg is closed by the engine.
        leg: MediaLeg,
    },
    /// A participant's phone holds the conference, or takes it up again.
    Held {
        /// Which row.
        participant: ParticipantId,
        /// What the phone sends now is its music, if anything.
        held: bool,
    },
    /// Of the legs and the mix of this conference only.
    Media(MediaEvent),
    /// The number keyed in the menu's `*1`, resolved with the rights of who keyed it; none: it
    /// cannot be called.
    CalledIn {
        /// Who keyed it.
        by: ParticipantId,
        /// Whom to call.
        invitation: Option<Invitation>,
    },
    /// Too many wrong PINs from this source or for this room: no more are taken from them.
    PinsExhausted {
        /// Who.
        participant: ParticipantId,
    },
    /// The room's settings changed.
    RoomChanged(Box<Room>),
    /// Over for all, because the server stops.
    ServerStops,
    /// [`Conference::deadline`] is reached.
    Timer,
}

/// Something for the engine to do.
#[derive(Debug, Clone, PartialEq)]
pub enum ConferenceDeed {
    /// Call this one.
    Dial(Invitation),
    /// Cancel or BYE; the engine closes the media.
    HangUp {
        /// Which row.
        participant: ParticipantId,
        /// Shown in the call's record.
        cause: EndCause,
    },
    /// For the media worker: `CreateMix`, `Join`, `SetHearing`, `Play`, `PlayToMix`, `Record`, …
    Media(MediaCommand),
    /// The view changed; `version` counts up by one each time.
    View {
        /// As it is now.
        view: Arc<ConferenceView>,
        /// What changed.
        change: ConferenceChange,
    },
    /// An act by telephone that belongs in the audit log.
    PhoneAct {
        /// Who, where known.
        user: Option<UserId>,
        /// `conference.locked`, …
        action: &'static str,
    },
    /// A wrong PIN: the engine counts them by source and room over all calls.
    WrongPin {
        /// Who.
        participant: ParticipantId,
    },
    /// `*1`: resolve this number for the one who keyed it; answered by `CalledIn`.
    CallIn {
        /// Who keyed it.
        by: ParticipantId,
        /// Digits.
        dialled: String,
    },
    /// Who dialled in is past the door: their call is one of this conference.
    CameIn {
        /// Who.
        participant: ParticipantId,
    },
    /// Nobody is left and the last view was given: the engine forgets the conference.
    Over,
}

/// With what a conference begins.
#[derive(Debug, Clone, PartialEq)]
pub struct ConferenceSetup {
    /// Its id.
    pub id: ConferenceId,
    /// The room's settings.
    pub room: Box<Room>,
    /// The mix to create.
    pub mix: MixId,
    /// Folder for recordings; the file's name is the conference's to choose.
    pub recordings: PathBuf,
    /// By an order; else somebody is at the door, and it begins when the first is let in: who
    /// only listens to the PIN prompt has not made a conference.
    pub ordered: bool,
}

/// Between two tones for coming and going.
const BETWEEN_TONES: Duration = Duration::from_secs(1);
/// A room that everyone has left ends after this long: time to dial in again after a slip.
const EMPTY: Duration = Duration::from_secs(5);
/// A started room into which nobody came ends after this long.
const NOBODY_CAME: Duration = Duration::from_secs(300);
/// The tone before a time limit ends the conference.
const WARNING: Duration = Duration::from_secs(60);
/// Network quality alone is shown at most this often: it changes all the time.
const BETWEEN_QUALITIES: Duration = Duration::from_secs(5);

/// Whom a moderator has put out, and until when.
#[derive(Debug, Clone, PartialEq)]
struct Ban {
    key: BanKey,
    /// None: until the end.
    until: Option<Instant>,
}

/// A running conference.
#[derive(Debug)]
pub struct Conference {
    id: ConferenceId,
    room: Box<Room>,
    mix: MixId,
    recordings: PathBuf,
    started: Now,
    ordered: bool,
    /// It was told of: from the order, or from the first who was let in.
    begun: bool,
    ended: Option<Timestamp>,
    version: u64,
    locked: bool,
    /// Lock once all who were called at the start are in or out.
    lock_when_complete: bool,
    recording: Recording,
    files: Vec<RecordedFile>,
    participants: Vec<Participant>,
    bans: Vec<Ban>,
    had_anyone: bool,
    had_moderator: bool,
    /// Since when nobody is in or on the way.
    empty_since: Option<Instant>,
    announced: Option<Instant>,
    warned: bool,
    quality_shown: Instant,
    quality_changed: bool,
    plays: u64,
    is_over: bool,
    deeds: VecDeque<ConferenceDeed>,
}

impl Conference {
    /// Begins: the first deeds create the mix and, when it begins, show the view as `Started`.
    #[must_use]
    pub fn new(setup: ConferenceSetup, now: Now) -> Self {
        let lock_when_complete = setup.ordered && setup.room.lock_on_start;
        let mut conference = Self {
            id: setup.id,
            room: setup.room,
            mix: setup.mix,
            recordings: setup.recordings,
            started: now,
            ordered: setup.ordered,
            begun: setup.ordered,
            ended: None,
            version: 0,
            locked: false,
            lock_when_complete,
            recording: Recording::Off,
            files: Vec::new(),
            participants: Vec::new(),
            bans: Vec::new(),
            had_anyone: false,
            had_moderator: false,
            empty_since: Some(now.monotonic),
            announced: None,
            warned: false,
            quality_shown: now.monotonic,
            quality_changed: false,
            plays: 0,
            is_over: false,
            deeds: VecDeque::new(),
        };
        let mix = conference.mix;
        conference.media(MediaCommand::CreateMix { mix });
        conference.changed(ConferenceChange::Started);
        conference
    }

    /// Whether anybody was told of it yet.
    #[must_use]
    pub const fn is_begun(&self) -> bool {
        self.begun
    }

    /// An order starts the room while somebody is at its door: they are at that one's door now.
    pub fn begin_as(&mut self, id: ConferenceId, room: Box<Room>, now: Now) {
        self.id = id;
        self.lock_when_complete = room.lock_on_start;
        self.room = room;
        self.ordered = true;
        self.begin(now);
    }

    fn begin(&mut self, now: Now) {
        if !self.begun {
            self.begun = true;
            self.started = now;
            self.changed(ConferenceChange::Started);
        }
    }

    /// Which one.
    #[must_use]
    pub const fn id(&self) -> ConferenceId {
        self.id
    }

    /// Settings as they are now.
    #[must_use]
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// As every page draws it.
    #[must_use]
    pub fn view(&self) -> Arc<ConferenceView> {
        Arc::new(ConferenceView {
            id: self.id,
            room: self.room.id,
            customer: self.room.customer,
            version: self.version,
            locked: self.locked,
            recording: self.recording.is_on(),
            started_at: self.started.wall,
            ended_at: self.ended,
            participants: self
                .participants
                .iter()
                .filter_map(Participant::view)
                .collect(),
            recordings: self.files.clone(),
        })
    }

    /// Whether a participant is in and moderates.
    #[must_use]
    pub fn is_moderator(&self, id: ParticipantId) -> bool {
        let row = self.participants.iter().find(|p| p.id == id);
        row.is_some_and(|p| p.is_in() && p.role.moderates())
    }

    /// Takes in what happened.
    pub fn handle(&mut self, input: ConferenceInput, now: Now) {
        match input {
            ConferenceInput::Arrived { arrival, leg } => self.arrived(&arrival, leg, now),
            ConferenceInput::Ringing { participant } => self.ringing(participant, now),
            ConferenceInput::Answered { participant, leg } => self.answered(participant, leg, now),
            ConferenceInput::Failed {
                participant,
                cause,
                reason,
            } => {
                let state = Participant::state_of_failure(cause);
                self.gone(participant, state, reason.unwrap_or(cause.as_str()), now);
            }
            ConferenceInput::HungUp { participant, cause } => {
                self.gone(participant, ParticipantState::Left, cause.as_str(), now);
            }
            ConferenceInput::Replaced {
                participant,
                arrival,
                leg,
            } => {
                self.replaced(participant, &arrival, leg, now);
            }
            ConferenceInput::Held { participant, held } => self.held(participant, held, now),
            ConferenceInput::Media(event) => self.heard(event, now),
            ConferenceInput::CalledIn { by, invitation } => self.called_in(by, invitation, now),
            ConferenceInput::PinsExhausted { participant } => {
                if let Some(leg) = self.row(participant).and_then(|p| p.leg()) {
                    self.farewell(participant, leg, Prompt::TooManyAttempts, now);
                }
            }
            ConferenceInput::RoomChanged(room) => self.room_changed(room, now),
            ConferenceInput::ServerStops => self.end(EndCause::ServerStopped, now),
            ConferenceInput::Timer => self.time(now),
        }
        self.tidy_up(now);
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<ConferenceDeed> {
        self.deeds.pop_front()
    }

    /// When [`ConferenceInput::Timer`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if self.ended.is_some() {
            return None;
        }
        let keys = self.participants.iter().filter_map(|p| match &p.stage {
            Stage::EnteringPin(entry) => Some(entry.until),
            Stage::Farewell { until, .. } => Some(*until),
            Stage::In { keys, .. } => keys.until(),
            _ => None,
        });
        let empty = self.empty_since.map(|since| since + self.empty_for());
        let limit = self.limit().map(|limit| {
            if self.warned {
                limit
            } else {
                limit - WARNING.min(self.half_limit())
            }
        });
        let quality = self
            .quality_changed
            .then(|| self.quality_shown + BETWEEN_QUALITIES);
        keys.chain(empty).chain(limit).chain(quality).min()
    }

    fn limit(&self) -> Option<Instant> {
        let secs = self.room.time_limit_secs.filter(|_| self.begun)?;
        Some(self.started.monotonic + Duration::from_secs(secs.into()))
    }

    fn half_limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.room.time_limit_secs.unwrap_or(0)) / 2)
    }

    fn empty_for(&self) -> Duration {
        if self.ordered && !self.had_anyone {
            NOBODY_CAME
        } else {
            EMPTY
        }
    }

    fn time(&mut self, now: Now) {
        self.pin_timeouts(now);
        self.farewell_timeouts(now);
        self.key_timeouts(now);
        if let Some(limit) = self.limit() {
            if now.monotonic >= limit {
                self.end(EndCause::ConferenceEnded, now);
            } else if !self.warned && now.monotonic >= limit - WARNING.min(self.half_limit()) {
                self.warned = true;
                let mix = self.mix;
                self.media(MediaCommand::PlayToMix {
                    mix,
                    sound: Sound::Beep,
                });
            }
        }
        if self
            .empty_since
            .is_some_and(|since| now.monotonic >= since + self.empty_for())
        {
            self.end(EndCause::ConferenceEnded, now);
        }
        if self.quality_changed && now.monotonic >= self.quality_shown + BETWEEN_QUALITIES {
            self.changed(ConferenceChange::Settings);
            self.quality_shown = now.monotonic;
        }
    }

    fn ringing(&mut self, id: ParticipantId, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        if participant.stage == (Stage::Dialling { ringing: false }) {
            participant.enter(Stage::Dialling { ringing: true }, now);
            self.changed(ConferenceChange::Participant(id));
        }
    }

    fn heard(&mut self, event: MediaEvent, now: Now) {
        match event {
            MediaEvent::Digit { leg, digit } => {
                let Some(id) = self.by_leg(leg) else { return };
                self.pin_digit(id, digit, now);
                self.menu_digit_if_in(id, digit, now);
            }
            MediaEvent::Talking { leg, talking } => {
                let Some(id) = self.by_leg(leg) else { return };
                let Some(participant) = self.row(id) else {
                    return;
                };
                let before = participant.view();
                participant.talking = talking;
                if participant.view() != before {
                    self.changed(ConferenceChange::Participant(id));
                }
            }
            MediaEvent::Played { leg, play } => {
                self.farewell_said(leg, play, now);
                self.played(leg, play);
                self.settle(now);
            }
            MediaEvent::Stats { leg, stats } => {
                // Nothing is known of who was never heard, least of all that nothing was lost.
                let Some(id) = self.by_leg(leg).filter(|_| stats.received > 0) else {
                    return;
                };
                self.measured(
                    id,
                    LegQuality {
                        loss_percent: stats.loss_percent,
                        jitter_ms: stats.jitter_ms,
                        rtt_ms: stats.rtt_ms,
                    },
                );
            }
            MediaEvent::RecordingBegan { path, .. } => self.recording_began(&path),
            MediaEvent::RecordingFailed { path, failure, .. } => {
                self.recording_failed(&path, failure, now);
            }
            MediaEvent::Silent { .. } | MediaEvent::Closed { .. } => {}
        }
    }

    /// Figures wait for their turn to be shown; that nothing arrives any more does not.
    fn measured(&mut self, id: ParticipantId, quality: LegQuality) {
        let Some(participant) = self.row(id) else {
            return;
        };
        let before = participant.quality.replace(quality);
        if before.is_some_and(LegQuality::is_cut_off) == quality.is_cut_off() {
            self.quality_changed = true;
        } else {
            self.changed(ConferenceChange::Participant(id));
        }
    }

    /// The key that completes a PIN is none of the menu's: only who was in before has a menu.
    fn menu_digit_if_in(&mut self, id: ParticipantId, digit: u8, now: Now) {
        let came_in_now =
            digit == b'#' && self.row(id).is_some_and(|p| p.joined_at == Some(now.wall));
        if !came_in_now {
            self.menu_digit(id, digit, now);
        }
    }

    fn called_in(&mut self, by: ParticipantId, invitation: Option<Invitation>, now: Now) {
        let invited = invitation.is_some_and(|invitation| {
            self.command(ConferenceAction::Invite(vec![invitation]), now)
                .is_ok()
        });
        if !invited && let Some(leg) = self.row(by).and_then(|p| p.leg()) {
            self.plays += 1;
            let play = PlayId(self.plays);
            self.media(MediaCommand::Play {
                leg,
                play,
                sound: Sound::Error,
                repeat: false,
            });
        }
    }

    fn room_changed(&mut self, room: Box<Room>, now: Now) {
        self.room = room;
        self.settle(now);
        self.changed(ConferenceChange::Settings);
    }

    /// What follows from the rows as they are now: lock, end.
    fn tidy_up(&mut self, now: Now) {
        if self.ended.is_some() {
            self.over_when_empty();
            return;
        }
        let dialling = self
            .participants
            .iter()
            .any(|p| matches!(p.stage, Stage::Dialling { .. }));
        if self.lock_when_complete && self.had_anyone && !dialling {
            self.set_locked(true);
        }
        let moderated = self
            .participants
            .iter()
            .any(|p| p.is_in() && p.role.moderates());
        if self.room.end_when_moderator_leaves && self.had_moderator && !moderated {
            self.end(EndCause::ConferenceEnded, now);
            return;
        }
        let live = self.participants.iter().any(Participant::is_live);
        self.empty_since = (!live).then(|| self.empty_since.unwrap_or(now.monotonic));
    }

    fn over_when_empty(&mut self) {
        let empty = self
            .participants
            .iter()
            .all(|p| matches!(p.stage, Stage::Gone(_)));
        if self.ended.is_some() && empty && !self.is_over {
            self.is_over = true;
            let mix = self.mix;
            self.media(MediaCommand::DestroyMix { mix });
            self.deeds.push_back(ConferenceDeed::Over);
        }
    }

    fn row(&mut self, id: ParticipantId) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|p| p.id == id)
    }

    fn by_leg(&self, leg: MediaLeg) -> Option<ParticipantId> {
        self.participants
            .iter()
            .find(|p| p.leg() == Some(leg))
            .map(|p| p.id)
    }

    fn media(&mut self, command: MediaCommand) {
        self.deeds.push_back(ConferenceDeed::Media(command));
    }

    /// One change is told by name, several as a change of the whole.
    fn changed_all(&mut self, ids: &[ParticipantId]) {
        match ids {
            [id] => self.changed(ConferenceChange::Participant(*id)),
            _ => self.changed(ConferenceChange::Settings),
        }
    }

    fn changed(&mut self, change: ConferenceChange) {
        if !self.begun {
            return;
        }
        self.version += 1;
        self.quality_changed = false;
        let view = self.view();
        self.deeds.push_back(ConferenceDeed::View { view, change });
    }
}
