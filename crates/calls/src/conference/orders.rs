//! What moderators order, from the portal, the API or the telephone: idempotent, all or nothing.

use std::{collections::HashSet, time::Duration};

use model::{
    ConferenceAction, ConferenceChange, EndCause, Invitation, ParticipantId, ParticipantState,
    Reach, Selection, SwitchError, SwitchReply,
};

use super::{
    Ban, Conference, ConferenceDeed,
    participant::{BanKey, Participant, Stage},
};
use crate::Now;

impl Conference {
    /// Does what a moderator or the portal orders, idempotently.
    ///
    /// # Errors
    /// [`SwitchError`]; nothing was done then.
    pub fn command(
        &mut self,
        action: ConferenceAction,
        now: Now,
    ) -> Result<SwitchReply, SwitchError> {
        if self.ended.is_some() {
            return match action {
                ConferenceAction::End => Ok(SwitchReply::Conference(self.view())),
                _ => Err(SwitchError::NotRunning),
            };
        }
        self.check_selection(&action)?;
        match action {
            ConferenceAction::Invite(invitations) => self.invite(invitations, now)?,
            ConferenceAction::Lock => self.set_locked(true),
            ConferenceAction::Unlock => self.set_locked(false),
            ConferenceAction::Mute(who) => self.set_muted(&who, true, now),
            ConferenceAction::Unmute(who) => self.set_muted(&who, false, now),
            ConferenceAction::Kick { who, ban_secs } => self.kick(&who, ban_secs, now),
            ConferenceAction::Admit(who) => {
                for id in self.selected(&who) {
                    self.admit(id, now);
                }
            }
            ConferenceAction::LowerHand(who) => self.lower_hands(&who),
            ConferenceAction::Record(on) => self.record(on, now),
            ConferenceAction::End => self.end(EndCause::ConferenceEnded, now),
        }
        self.tidy_up(now);
        Ok(SwitchReply::Conference(self.view()))
    }

    fn check_selection(&self, action: &ConferenceAction) -> Result<(), SwitchError> {
        let who = match action {
            ConferenceAction::Mute(who)
            | ConferenceAction::Unmute(who)
            | ConferenceAction::Kick { who, .. }
            | ConferenceAction::Admit(who)
            | ConferenceAction::LowerHand(who) => who,
            _ => return Ok(()),
        };
        let Selection::These(ids) = who else {
            return Ok(());
        };
        let known: HashSet<_> = self
            .participants
            .iter()
            .filter(|p| p.shown)
            .map(|p| p.id)
            .collect();
        let unknown: Vec<_> = ids
            .iter()
            .filter(|id| !known.contains(id))
            .copied()
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(SwitchError::UnknownParticipants(unknown))
        }
    }

    /// Those meant, and still there.
    fn selected(&self, who: &Selection) -> Vec<ParticipantId> {
        let live = self.participants.iter().filter(|p| p.shown && p.is_live());
        match who {
            Selection::All => live.filter(|p| !p.role.moderates()).map(|p| p.id).collect(),
            Selection::These(ids) => {
                let ids: HashSet<_> = ids.iter().collect();
                live.filter(|p| ids.contains(&p.id)).map(|p| p.id).collect()
            }
        }
    }

    fn invite(&mut self, invitations: Vec<Invitation>, now: Now) -> Result<(), SwitchError> {
        let mut wanted: Vec<Invitation> = Vec::new();
        for invitation in invitations {
            let is_there = self
                .participants
                .iter()
                .any(|p| p.is_live() && is_same(p, &invitation));
            let is_twice = wanted.iter().any(|other| other.target == invitation.target);
            if !is_there && !is_twice {
                wanted.push(invitation);
            }
        }
        let calls = wanted
            .iter()
            .filter(|i| !matches!(i.reach, Reach::Nowhere { .. }))
            .count();
        if self.places_taken() + calls > self.places() {
            let max = self.room.max_participants;
            return Err(SwitchError::RoomFull { max });
        }
        for invitation in wanted {
            self.lift_ban(&invitation);
            let row = Participant::invited(&invitation, now);
            // Calling again continues the row that failed or left.
            match self
                .participants
                .iter_mut()
                .find(|p| p.invited && is_same(p, &invitation))
            {
                Some(old) if matches!(old.stage, Stage::Gone(_)) => *old = row,
                _ => self.participants.push(row),
            }
            if let Reach::Nowhere { reason } = invitation.reach {
                self.gone(
                    invitation.participant,
                    ParticipantState::Failed,
                    reason,
                    now,
                );
            } else {
                self.deeds.push_back(ConferenceDeed::Dial(invitation));
            }
        }
        self.changed(ConferenceChange::Settings);
        Ok(())
    }

    fn lift_ban(&mut self, invitation: &Invitation) {
        let target = invitation.target.to_string();
        let user = match invitation.reach {
            Reach::User { user, .. } => Some(user),
            _ => None,
        };
        self.bans.retain(|ban| match &ban.key {
            BanKey::User(banned) => user != Some(*banned),
            BanKey::Target(text) | BanKey::Number(text) => *text != target,
        });
    }

    pub(super) fn set_locked(&mut self, locked: bool) {
        self.lock_when_complete = false;
        if self.locked != locked {
            self.locked = locked;
            self.changed(ConferenceChange::Settings);
        }
    }

    pub(super) fn set_muted(&mut self, who: &Selection, muted: bool, now: Now) {
        let ids: HashSet<_> = self.selected(who).into_iter().collect();
        let mut changed = Vec::new();
        for participant in self.participants.iter_mut().filter(|p| ids.contains(&p.id)) {
            if participant.muted != muted {
                participant.muted = muted;
                changed.push(participant.id);
            }
        }
        if changed.is_empty() {
            return;
        }
        self.settle(now);
        self.changed_all(&changed);
    }

    fn lower_hands(&mut self, who: &Selection) {
        let ids: HashSet<_> = self.selected(who).into_iter().collect();
        let mut changed = Vec::new();
        for participant in self.participants.iter_mut().filter(|p| ids.contains(&p.id)) {
            if std::mem::take(&mut participant.hand_raised) {
                changed.push(participant.id);
            }
        }
        if !changed.is_empty() {
            self.changed_all(&changed);
        }
    }

    fn kick(&mut self, who: &Selection, ban_secs: Option<u32>, now: Now) {
        let until = ban_secs.map(|secs| now.monotonic + Duration::from_secs(secs.into()));
        let mut ids = self.selected(who);
        let mut banned = Vec::new();
        for id in &ids {
            let key = self.row(*id).and_then(|p| p.ban_key());
            if let Some(participant) = self.row(*id) {
                // A withheld number cannot be banned, and the answer says so.
                participant.reason = key.is_none().then(|| "not_banned".to_owned());
            }
            if let Some(key) = key {
                self.bans.retain(|ban| ban.key != key);
                self.bans.push(Ban {
                    key: key.clone(),
                    until,
                });
                banned.push(key);
            }
        }
        if ban_secs != Some(0) {
            ids.extend(self.others_of(&banned, who, &ids));
        }
        for id in &ids {
            self.hang_up(*id, ParticipantState::Kicked, EndCause::Kicked, now);
        }
        if !ids.is_empty() {
            self.settle(now);
            self.changed_all(&ids);
        }
    }

    /// The other phones of those who are put out: the ban holds for the person.
    fn others_of(
        &self,
        banned: &[BanKey],
        who: &Selection,
        known: &[ParticipantId],
    ) -> Vec<ParticipantId> {
        self.participants
            .iter()
            .filter(|p| p.is_live() && !known.contains(&p.id))
            .filter(|p| *who != Selection::All || !p.role.moderates())
            .filter(|p| p.ban_key().is_some_and(|key| banned.contains(&key)))
            .map(|p| p.id)
            .collect()
    }

    /// Over for all: everyone is hung up, and the last view is given at once.
    pub(super) fn end(&mut self, cause: EndCause, now: Now) {
        if self.ended.is_some() {
            return;
        }
        self.record(false, now);
        self.ended = Some(now.wall);
        let ids: Vec<_> = self.participants.iter().map(|p| p.id).collect();
        for id in ids {
            self.hang_up(id, ParticipantState::Left, cause, now);
        }
        self.changed(ConferenceChange::Ended);
        self.over_when_empty();
    }
}

/// The invitation is for the one in this row.
fn is_same(participant: &Participant, invitation: &Invitation) -> bool {
    match invitation.reach {
        Reach::User { user, .. } => participant.user == Some(user),
        _ => participant.invited && participant.target == invitation.target.to_string(),
    }
}
