//! One row of a conference: who it is, where they are, what their leg is doing.

use std::{net::IpAddr, time::Instant};

use media::control::{MediaLeg, PlayId};
use model::{
    ConferenceRole, EndCause, Invitation, LegQuality, ParticipantId, ParticipantState,
    ParticipantView, Timestamp, UserId,
};

use super::Arrival;
use crate::Now;

/// How far someone has come. Each stage holds what only it knows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    /// Being called; true: a phone rings.
    Dialling { ringing: bool },
    /// Answered, keys in a PIN; not shown yet.
    EnteringPin(PinEntry),
    /// Hears why they cannot come in, and is hung up when it is said.
    Farewell {
        leg: MediaLeg,
        play: PlayId,
        /// Hung up then, said or not.
        until: Instant,
    },
    /// Waits to be admitted.
    Lobby(Heard),
    /// In.
    In { heard: Heard, keys: Keys },
    /// A hang-up was ordered; what is shown is final already.
    Leaving(ParticipantState),
    /// The leg is gone.
    Gone(ParticipantState),
}

/// A leg in the mix, and what the mix was told of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heard {
    pub leg: MediaLeg,
    pub muted: bool,
    pub deaf: bool,
    /// What plays to the leg by itself and goes on by itself.
    pub playing: Option<Playing>,
}

/// A sound that plays to one leg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Playing {
    pub play: PlayId,
    /// What follows when it ends.
    pub music_after: bool,
}

/// Digits of a PIN as they come.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PinEntry {
    pub leg: MediaLeg,
    pub source: IpAddr,
    pub digits: String,
    pub tries: u8,
    /// With no key until then the prompt comes again, or the caller goes in without a PIN.
    pub until: Instant,
    /// Then it is over, whatever was keyed.
    pub at_most: Instant,
}

/// Keys of the telephone menu as they come.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Keys {
    /// Nothing begun.
    #[default]
    None,
    /// `*` was pressed.
    Star { until: Instant },
    /// `*1`: the number to call in.
    Number { digits: String, until: Instant },
}

/// Whom a ban is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BanKey {
    User(UserId),
    Target(String),
    Number(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Participant {
    pub id: ParticipantId,
    pub user: Option<UserId>,
    pub name: String,
    pub target: String,
    pub role: ConferenceRole,
    pub invited: bool,
    /// On the pages: from the invitation, or once past the PIN.
    pub shown: bool,
    pub stage: Stage,
    pub muted: bool,
    /// Their phone holds the conference.
    pub held: bool,
    pub talking: bool,
    pub hand_raised: bool,
    pub joined_at: Option<Timestamp>,
    pub since: Timestamp,
    pub reason: Option<String>,
    pub quality: Option<LegQuality>,
}

impl Participant {
    pub fn invited(invitation: &Invitation, now: Now) -> Self {
        Self {
            id: invitation.participant,
            user: match invitation.reach {
                model::Reach::User { user, .. } => Some(user),
                _ => None,
            },
            name: invitation.name.clone(),
            target: invitation.target.to_string(),
            role: invitation.role,
            invited: true,
            shown: true,
            stage: Stage::Dialling { ringing: false },
            muted: false,
            held: false,
            talking: false,
            hand_raised: false,
            joined_at: None,
            since: now.wall,
            reason: None,
            quality: None,
        }
    }

    pub fn arrived(arrival: &Arrival, stage: Stage, now: Now) -> Self {
        Self {
            id: arrival.participant,
            user: arrival.user,
            name: arrival.name.clone(),
            target: arrival.number.clone(),
            role: arrival.role,
            invited: false,
            shown: false,
            stage,
            muted: false,
            held: false,
            talking: false,
            hand_raised: false,
            joined_at: None,
            since: now.wall,
            reason: None,
            quality: None,
        }
    }

    /// The leg, where there is one that is not being hung up.
    pub fn leg(&self) -> Option<MediaLeg> {
        match &self.stage {
            Stage::EnteringPin(entry) => Some(entry.leg),
            Stage::Farewell { leg, .. } => Some(*leg),
            Stage::Lobby(heard) | Stage::In { heard, .. } => Some(heard.leg),
            Stage::Dialling { .. } | Stage::Leaving(_) | Stage::Gone(_) => None,
        }
    }

    pub fn is_in(&self) -> bool {
        matches!(self.stage, Stage::In { .. })
    }

    /// Takes up a place: being called, waiting or in.
    pub fn is_live(&self) -> bool {
        !matches!(
            self.stage,
            Stage::Leaving(_) | Stage::Gone(_) | Stage::Farewell { .. }
        )
    }

    fn state(&self) -> ParticipantState {
        match &self.stage {
            Stage::Dialling { ringing: false } | Stage::EnteringPin(_) => ParticipantState::Calling,
            Stage::Dialling { ringing: true } => ParticipantState::Ringing,
            Stage::Lobby(_) => ParticipantState::Lobby,
            Stage::In { .. } => ParticipantState::Joined,
            Stage::Farewell { .. } => ParticipantState::Left,
            Stage::Leaving(state) | Stage::Gone(state) => *state,
        }
    }

    /// None: not shown, because nobody let them in yet.
    pub fn view(&self) -> Option<ParticipantView> {
        self.shown.then(|| ParticipantView {
            id: self.id,
            user: self.user,
            name: self.name.clone(),
            target: self.target.clone(),
            role: self.role,
            state: self.state(),
            muted: self.muted,
            talking: self.talking && !self.muted && !self.held && self.is_in(),
            hand_raised: self.hand_raised,
            joined_at: self.joined_at,
            since: self.since,
            reason: self.reason.clone(),
            quality: self.quality,
        })
    }

    /// Whom a ban of this participant is for; none: a withheld number.
    pub fn ban_key(&self) -> Option<BanKey> {
        match (self.user, self.invited) {
            (Some(user), _) => Some(BanKey::User(user)),
            (None, true) => Some(BanKey::Target(self.target.clone())),
            (None, false) if self.target.is_empty() => None,
            (None, false) => Some(BanKey::Number(self.target.clone())),
        }
    }

    /// Moves to a stage, noting when.
    pub fn enter(&mut self, stage: Stage, now: Now) {
        self.stage = stage;
        self.since = now.wall;
    }

    /// The row's last word, when its leg failed before it was answered.
    pub fn state_of_failure(cause: EndCause) -> ParticipantState {
        match cause {
            EndCause::Busy => ParticipantState::Busy,
            EndCause::NoAnswer => ParticipantState::NoAnswer,
            EndCause::Cancelled => ParticipantState::Left,
            _ => ParticipantState::Failed,
        }
    }
}

impl BanKey {
    pub fn fits(&self, who: Option<UserId>, number: &str) -> bool {
        match self {
            Self::User(user) => who == Some(*user),
            Self::Target(text) | Self::Number(text) => !number.is_empty() && *text == number,
        }
    }
}
