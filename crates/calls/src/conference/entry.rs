//! The way in: PIN, lobby, the join itself, and the way out.

use std::time::{Duration, Instant};

use media::control::{MediaCommand, MediaLeg, PlayId, Prompt, Sound};
use model::{ConferenceChange, ConferenceRole, EndCause, ParticipantId, ParticipantState, UserId};

use super::{
    Arrival, Conference, ConferenceDeed,
    participant::{Keys, Participant, PinEntry, Stage},
};
use crate::Now;

/// Wrong PINs in one call.
const TRIES: u8 = 3;
/// Without a key for this long the prompt comes again, or the caller goes in without a PIN.
const PIN_WAIT: Duration = Duration::from_secs(12);
/// How long anybody stands at the door, whatever they key.
const AT_THE_DOOR: Duration = Duration::from_secs(60);
/// Rows of those who are gone, beyond as many as the room holds.
const GONE_ROWS: usize = 200;
/// A farewell that cannot be heard, because the caller holds, ends all the same.
const FAREWELL: Duration = Duration::from_secs(15);
/// Longest PIN; more digits than that are not kept.
const PIN_DIGITS: usize = 10;

impl PinEntry {
    /// Gives them time for the next key.
    fn wait(&mut self, now: Now) {
        self.until = self.at_most.min(now.monotonic + PIN_WAIT);
    }
}

impl Conference {
    /// Whether a caller may be answered at all, before any PIN.
    ///
    /// # Errors
    /// `Forbidden`: locked, full, banned, or over.
    pub fn admits(&self, arrival: &Arrival, now: Now) -> Result<(), EndCause> {
        let banned = self.is_banned(arrival.user, &arrival.number, now);
        if self.locked || self.ended.is_some() || self.is_full_for(arrival.user) || banned {
            return Err(EndCause::Forbidden);
        }
        Ok(())
    }

    /// Whether nobody more comes in. The place of somebody who is being called is their own,
    /// whichever phone they come by.
    fn is_full_for(&self, user: Option<UserId>) -> bool {
        let own = |p: &&Participant| {
            user.is_some() && p.user == user && matches!(p.stage, Stage::Dialling { .. })
        };
        let kept = self.participants.iter().filter(own).count();
        self.places_taken() - kept >= self.places()
    }

    pub(super) fn places(&self) -> usize {
        usize::try_from(self.room.max_participants).unwrap_or(usize::MAX)
    }

    /// Who is in, waits or is called. Whoever stands at the door without having said the PIN keeps
    /// nobody out.
    pub(super) fn places_taken(&self) -> usize {
        let takes = |p: &&Participant| p.shown && p.is_live();
        self.participants.iter().filter(takes).count()
    }

    /// Whether another may go on in the place of the participant that the arrival names: where
    /// that one has not been let in yet, as if they came to the door themselves.
    ///
    /// # Errors
    /// `Forbidden`: locked, banned, or a place that is given up.
    pub fn admits_in_place(&self, arrival: &Arrival, now: Now) -> Result<(), EndCause> {
        let row = self
            .participants
            .iter()
            .find(|p| p.id == arrival.participant);
        let open = match row.map(|row| &row.stage) {
            Some(Stage::In { .. }) => true,
            Some(Stage::Lobby(_) | Stage::EnteringPin(_)) => !self.locked,
            _ => false,
        };
        if open && self.ended.is_none() && !self.is_banned(arrival.user, &arrival.number, now) {
            return Ok(());
        }
        Err(EndCause::Forbidden)
    }

    fn is_banned(&self, user: Option<UserId>, number: &str, now: Now) -> bool {
        self.bans.iter().any(|ban| {
            ban.until.is_none_or(|until| now.monotonic < until) && ban.key.fits(user, number)
        })
    }

    pub(super) fn arrived(&mut self, arrival: &Arrival, leg: MediaLeg, now: Now) {
        let id = arrival.participant;
        let asks = self.room.participant_pin.is_some() || self.room.moderator_pin.is_some();
        let stage = Stage::EnteringPin(PinEntry {
            leg,
            source: arrival.source,
            digits: String::new(),
            tries: 0,
            until: now.monotonic + PIN_WAIT,
            at_most: now.monotonic + AT_THE_DOOR,
        });
        self.participants
            .push(Participant::arrived(arrival, stage, now));
        if self.ended.is_some() {
            self.hang_up(id, ParticipantState::Left, EndCause::ConferenceEnded, now);
        } else if asks && !arrival.role.moderates() {
            self.play_once(leg, Prompt::EnterPin);
        } else {
            self.let_in(id, leg, now);
        }
    }

    pub(super) fn answered(&mut self, id: ParticipantId, leg: MediaLeg, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        if !matches!(participant.stage, Stage::Dialling { .. }) {
            // The hang-up crossed the answer: the engine closes what it opened.
            self.deeds.push_back(ConferenceDeed::HangUp {
                participant: id,
                cause: EndCause::Cancelled,
            });
            return;
        }
        self.join(id, leg, now);
    }

    /// Another leg takes the place of the participant's own, as far as that one had come: what
    /// they had not given yet, a PIN or a moderator's nod, is asked of who comes.
    pub(super) fn replaced(
        &mut self,
        id: ParticipantId,
        arrival: &Arrival,
        leg: MediaLeg,
        now: Now,
    ) {
        let Some(participant) = self.row(id) else {
            return;
        };
        if participant.user.is_none() || participant.user != arrival.user {
            // What the earlier person was by name or PIN does not pass to the next.
            participant.role = arrival.role;
        }
        participant.user = arrival.user;
        participant.name.clone_from(&arrival.name);
        participant.target.clone_from(&arrival.number);
        participant.held = false;
        participant.talking = false;
        participant.quality = None;
        let moderates = participant.role.moderates();
        match &mut participant.stage {
            Stage::In { .. } => self.join(id, leg, now),
            Stage::EnteringPin(entry) if !moderates => {
                entry.leg = leg;
                entry.source = arrival.source;
                entry.digits.clear();
                entry.wait(now);
                self.play_once(leg, Prompt::EnterPin);
            }
            Stage::EnteringPin(_) | Stage::Lobby(_) => self.let_in(id, leg, now),
            // The hang-up crossed the transfer: the engine closes what it opened.
            _ => self.deeds.push_back(ConferenceDeed::HangUp {
                participant: id,
                cause: EndCause::Cancelled,
            }),
        }
    }

    /// Past the PIN: into the lobby, or in.
    fn let_in(&mut self, id: ParticipantId, leg: MediaLeg, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        let moderates = participant.role.moderates();
        let (user, number) = (participant.user, participant.target.clone());
        let has_place = participant.shown;
        if self.is_banned(user, &number, now) {
            // Put out with another phone while a PIN was keyed with this one.
            self.hang_up(id, ParticipantState::Left, EndCause::Forbidden, now);
        } else if self.locked {
            self.farewell(id, leg, Prompt::Locked, now);
        } else if !has_place && self.is_full_for(user) {
            self.farewell(id, leg, Prompt::Full, now);
        } else if !moderates && self.room.lobby {
            let heard = self.join_mix(leg);
            self.show(id, now);
            if let Some(participant) = self.row(id) {
                participant.enter(Stage::Lobby(heard), now);
            }
            self.settle(now);
            self.changed(ConferenceChange::Participant(id));
        } else {
            self.join(id, leg, now);
        }
    }

    /// Into the conference.
    pub(super) fn join(&mut self, id: ParticipantId, leg: MediaLeg, now: Now) {
        let (join_muted, webinar) = (self.room.join_muted, self.room.webinar);
        let heard = self.join_mix(leg);
        self.show(id, now);
        let Some(participant) = self.row(id) else {
            return;
        };
        let first_time = participant.joined_at.is_none();
        if first_time {
            // Who was muted on the way in stays muted; who was not is as the room wants it.
            participant.muted |= (join_muted || webinar) && !participant.role.moderates();
            participant.joined_at = Some(now.wall);
        }
        participant.reason = None;
        participant.enter(
            Stage::In {
                heard,
                keys: Keys::None,
            },
            now,
        );
        self.had_moderator |= self.row(id).is_some_and(|p| p.role.moderates());
        self.had_anyone = true;
        self.record_from_start(now);
        self.announce(Sound::JoinTone, now);
        self.settle(now);
        self.changed(ConferenceChange::Participant(id));
    }

    /// Shows a row from now on; it takes the place of the one that the same person left behind.
    fn show(&mut self, id: ParticipantId, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        if std::mem::replace(&mut participant.shown, true) {
            return;
        }
        if let Some(key) = participant.ban_key() {
            self.participants.retain(|p| {
                !matches!(p.stage, Stage::Gone(_)) || p.ban_key().as_ref() != Some(&key)
            });
        }
        self.call_no_more(id, now);
        self.begin(now);
        self.deeds
            .push_back(ConferenceDeed::CameIn { participant: id });
    }

    /// Somebody who has come by another phone need not be called any more.
    fn call_no_more(&mut self, id: ParticipantId, now: Now) {
        let user = self.row(id).and_then(|p| p.user);
        let mut called = Vec::new();
        for p in &mut self.participants {
            if user.is_some() && p.user == user && matches!(p.stage, Stage::Dialling { .. }) {
                p.shown = false;
                called.push(p.id);
            }
        }
        for id in called {
            self.hang_up(id, ParticipantState::Left, EndCause::AnsweredElsewhere, now);
        }
    }

    /// In from the lobby.
    pub(super) fn admit(&mut self, id: ParticipantId, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        if let Stage::Lobby(heard) = participant.stage {
            self.media(MediaCommand::StopPlaying { leg: heard.leg });
            self.join(id, heard.leg, now);
        }
    }

    pub(super) fn pin_digit(&mut self, id: ParticipantId, digit: u8, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        let Stage::EnteringPin(entry) = &mut participant.stage else {
            return;
        };
        let leg = entry.leg;
        entry.wait(now);
        match digit {
            b'#' => {
                let digits = std::mem::take(&mut entry.digits);
                self.pin_given(id, leg, &digits, now);
            }
            b'*' => entry.digits.clear(),
            _ if entry.digits.len() < PIN_DIGITS => {
                if entry.digits.is_empty() {
                    self.media(MediaCommand::StopPlaying { leg });
                }
                if let Some(Stage::EnteringPin(entry)) = self.row(id).map(|p| &mut p.stage) {
                    entry.digits.push(char::from(digit));
                }
            }
            _ => {}
        }
    }

    fn pin_given(&mut self, id: ParticipantId, leg: MediaLeg, digits: &str, now: Now) {
        let is =
            |pin: &Option<model::Pin>| pin.as_ref().is_some_and(|pin| same(pin.as_str(), digits));
        let (moderator, participant) =
            (is(&self.room.moderator_pin), is(&self.room.participant_pin));
        let none_needed = self.room.participant_pin.is_none() && digits.is_empty();
        if moderator && let Some(row) = self.row(id) {
            row.role = ConferenceRole::Moderator;
        }
        if moderator || participant || none_needed {
            self.let_in(id, leg, now);
            return;
        }
        self.deeds
            .push_back(ConferenceDeed::WrongPin { participant: id });
        let Some(Stage::EnteringPin(entry)) = self.row(id).map(|p| &mut p.stage) else {
            return;
        };
        entry.tries += 1;
        if entry.tries >= TRIES {
            self.farewell(id, leg, Prompt::TooManyAttempts, now);
        } else {
            self.play_once(leg, Prompt::WrongPin);
        }
    }

    /// Nobody pressed a key: once more, or in where no PIN is needed.
    pub(super) fn pin_timeouts(&mut self, now: Now) {
        let due: Vec<(ParticipantId, MediaLeg)> = self
            .participants
            .iter()
            .filter_map(|p| match &p.stage {
                Stage::EnteringPin(entry) if entry.until <= now.monotonic => {
                    Some((p.id, entry.leg))
                }
                _ => None,
            })
            .collect();
        for (id, leg) in due {
            if self.room.participant_pin.is_none() {
                self.let_in(id, leg, now);
                continue;
            }
            let Some(Stage::EnteringPin(entry)) = self.row(id).map(|p| &mut p.stage) else {
                continue;
            };
            entry.digits.clear();
            entry.tries += 1;
            entry.wait(now);
            if entry.tries >= TRIES || entry.at_most <= now.monotonic {
                self.farewell(id, leg, Prompt::TooManyAttempts, now);
            } else {
                self.play_once(leg, Prompt::EnterPin);
            }
        }
    }

    /// Says why not, then hangs up.
    pub(super) fn farewell(&mut self, id: ParticipantId, leg: MediaLeg, prompt: Prompt, now: Now) {
        let play = self.play_once(leg, prompt);
        let until = now.monotonic + FAREWELL;
        if let Some(participant) = self.row(id) {
            participant.stage = Stage::Farewell { leg, play, until };
        }
    }

    pub(super) fn farewell_said(&mut self, leg: MediaLeg, play: PlayId, now: Now) {
        self.end_farewells(now, |at, _| at == (leg, play));
    }

    pub(super) fn farewell_timeouts(&mut self, now: Now) {
        self.end_farewells(now, |_, until| until <= now.monotonic);
    }

    fn end_farewells(&mut self, now: Now, ends: impl Fn((MediaLeg, PlayId), Instant) -> bool) {
        let over: Vec<ParticipantId> = self
            .participants
            .iter()
            .filter(|p| match &p.stage {
                Stage::Farewell { leg, play, until } => ends((*leg, *play), *until),
                _ => false,
            })
            .map(|p| p.id)
            .collect();
        for id in over {
            self.hang_up(id, ParticipantState::Left, EndCause::Forbidden, now);
        }
    }

    fn play_once(&mut self, leg: MediaLeg, prompt: Prompt) -> PlayId {
        self.plays += 1;
        let play = PlayId(self.plays);
        self.media(MediaCommand::Play {
            leg,
            play,
            sound: Sound::Prompt(prompt),
            repeat: false,
        });
        play
    }

    /// Orders the end of a leg, or of the attempt to make one; shows the row's last state at once.
    pub(super) fn hang_up(
        &mut self,
        id: ParticipantId,
        last: ParticipantState,
        cause: EndCause,
        now: Now,
    ) {
        let Some(participant) = self.row(id) else {
            return;
        };
        if matches!(participant.stage, Stage::Leaving(_) | Stage::Gone(_)) {
            return;
        }
        participant.talking = false;
        participant.hand_raised = false;
        participant.enter(Stage::Leaving(last), now);
        self.deeds.push_back(ConferenceDeed::HangUp {
            participant: id,
            cause,
        });
    }

    /// The leg is gone, or never came.
    pub(super) fn gone(
        &mut self,
        id: ParticipantId,
        last: ParticipantState,
        reason: &str,
        now: Now,
    ) {
        self.forget_oldest();
        let Some(participant) = self.row(id) else {
            return;
        };
        let (was_in, shown) = (participant.joined_at.is_some(), participant.shown);
        match participant.stage {
            Stage::Gone(_) => return,
            Stage::Leaving(state) => participant.stage = Stage::Gone(state),
            _ => {
                participant.enter(Stage::Gone(last), now);
                participant.reason = Some(reason.to_owned());
            }
        }
        participant.talking = false;
        participant.hand_raised = false;
        if !shown {
            self.participants.retain(|p| p.id != id);
        }
        if was_in {
            self.announce(Sound::LeaveTone, now);
        }
        self.settle(now);
        if shown {
            self.changed(ConferenceChange::Participant(id));
        }
    }

    /// Keeps the rows of those who are gone bounded: each change tells all of them.
    fn forget_oldest(&mut self) {
        let is_gone = |p: &Participant| matches!(p.stage, Stage::Gone(_));
        let most = self.room.max_participants as usize + GONE_ROWS;
        if self.participants.iter().filter(|p| is_gone(p)).count() < most {
            return;
        }
        let oldest = self.participants.iter().filter(|p| is_gone(p));
        if let Some(id) = oldest.min_by_key(|p| p.since).map(|p| p.id) {
            self.participants.retain(|p| p.id != id);
        }
    }
}

/// Compares in a time that depends on the lengths only.
fn same(pin: &str, given: &str) -> bool {
    pin.len() == given.len()
        && pin
            .bytes()
            .zip(given.bytes())
            .fold(0, |d, (a, b)| d | (a ^ b))
            == 0
}
