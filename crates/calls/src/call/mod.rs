//! A call: from an INVITE (or a conference's call-out) to its record.
//!
//! A call owns its legs and carries out a [`RoutePlan`]. What it is doing is its [`Stage`]; each
//! event takes the stage out, and what comes of it is put back, so that nothing of the past is
//! left lying about. The legs speak SIP ([`crate::leg`]); the call hears only their news.

mod busy;
mod dispatch;
mod end;
mod hunt;
mod outcome;
mod record;
mod replace;
mod room;
mod route;
mod seat;
mod talk;
mod transfer;

use media::control::{Codec, TonePlan};
use model::{CallId, CustomerId, EndCause, ParticipantId, RoomEntry, RoutePlan, Timestamp, UserId};

pub(crate) use busy::{Activity, BusyUsers};
pub(crate) use outcome::{Miss, status};
pub(crate) use record::Record;

use crate::leg::LegKey;

/// Transfers in one call, and forwards by phones: more are a loop.
pub(crate) const TRANSFERS: u8 = 16;
/// A phone that forwards a call where it cannot go.
pub(crate) const REDIRECTED: Miss = Miss::Refused(302);
/// Phones called at the same time for one step.
pub(crate) const FORKS: usize = 32;

/// A call and everything that belongs to it alone.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) customer: CustomerId,
    pub(crate) record: Record,
    pub(crate) stage: Stage,
    /// Legs whose media or dialog is not gone yet.
    pub(crate) legs: Vec<LegKey>,
    /// Transfers so far.
    pub(crate) transfers: u8,
    /// What was last told about whom.
    pub(crate) told: Vec<(UserId, Activity)>,
    /// Who is on the way into the place of one of the legs, whatever the call is doing.
    pub(crate) takeover: Option<Takeover>,
}

/// What a call is doing.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The routing function was asked.
    Routing(Routing),
    /// Phones ring for someone who waits.
    Hunting(Hunt),
    /// Phones ring for a conference.
    CallingOut(CallOut),
    /// A caller is being answered to go into a room.
    Entering(Entering),
    /// Two talk.
    Talking(Talk),
    /// In a conference.
    InConference(Seat),
    /// Everybody was told; the last numbers of media are awaited.
    Closing(Closing),
}

/// Someone waits for a route.
#[derive(Debug)]
pub(crate) struct Routing {
    pub(crate) waiting: LegKey,
    pub(crate) transfer: Option<Transfer>,
}

/// A plan being carried out for the one who waits: a caller who has not been answered, or a
/// party of an answered call that is being transferred.
#[derive(Debug)]
pub(crate) struct Hunt {
    pub(crate) waiting: LegKey,
    pub(crate) plan: Box<RoutePlan>,
    pub(crate) at: usize,
    pub(crate) ring: Ring,
    pub(crate) transfer: Option<Transfer>,
}

/// Phones of one person that ring at the same time.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    pub(crate) forks: Vec<LegKey>,
    pub(crate) miss: Option<Miss>,
    pub(crate) rang: bool,
    pub(crate) tones: TonePlan,
}

/// Who transfers, while the outcome is open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfer {
    /// None: has hung up and trusts that it works.
    pub(crate) by: Option<LegKey>,
    /// CSeq of the REFER: the `id` of its event (RFC 3515 §2.4.6).
    pub(crate) refer: u32,
    /// The transferor was the first of the two.
    pub(crate) was_first: bool,
}

/// A conference calls someone.
#[derive(Debug)]
pub(crate) struct CallOut {
    pub(crate) seat: ConferenceSeat,
    pub(crate) ring: Ring,
}

/// A row of a running conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConferenceSeat {
    pub(crate) conference: model::ConferenceId,
    pub(crate) participant: ParticipantId,
}

/// On the way into a room.
#[derive(Debug)]
pub(crate) struct Entering {
    pub(crate) leg: LegKey,
    pub(crate) entry: Box<RoomEntry>,
}

/// In a room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) leg: LegKey,
    pub(crate) seat: ConferenceSeat,
}

/// A caller on the way into the place of a leg, which stays until the caller's ACK is there: one
/// who fails before that has taken nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takeover {
    pub(crate) newcomer: LegKey,
    pub(crate) old: LegKey,
    /// Only what still rings is to be taken (RFC 3891 §3).
    pub(crate) early_only: bool,
}

/// Two parties.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    /// The caller, or who took their place.
    pub(crate) first: LegKey,
    /// The called, or who took their place.
    pub(crate) second: LegKey,
    /// Who hears music because the other one holds.
    pub(crate) music: Option<LegKey>,
    /// The media of both is connected.
    pub(crate) bridged: bool,
}

impl Stage {
    /// Where the call sits in a conference.
    pub(crate) const fn seat(&self) -> Option<Seat> {
        match self {
            Self::InConference(seat) => Some(*seat),
            _ => None,
        }
    }

    /// The conference has another id from now on.
    pub(crate) const fn move_seat(&mut self, conference: model::ConferenceId) {
        if let Self::InConference(seat) = self {
            seat.seat.conference = conference;
        }
    }
}

impl Talk {
    pub(crate) const fn new(first: LegKey, second: LegKey) -> Self {
        Self {
            first,
            second,
            music: None,
            bridged: false,
        }
    }

    /// The one at the other end.
    pub(crate) fn other(&self, leg: LegKey) -> Option<LegKey> {
        if leg == self.first {
            Some(self.second)
        } else if leg == self.second {
            Some(self.first)
        } else {
            None
        }
    }

    /// Why the call ends, as the place of the leg has it: who picked a call up with another phone
    /// has called us, and is the called one all the same.
    pub(crate) fn cause_from(&self, leg: LegKey, cause: EndCause) -> EndCause {
        match cause {
            EndCause::CallerHungUp | EndCause::CalleeHungUp if leg == self.first => {
                EndCause::CallerHungUp
            }
            EndCause::CallerHungUp | EndCause::CalleeHungUp => EndCause::CalleeHungUp,
            other => other,
        }
    }
}

/// How and when it ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closing {
    pub(crate) cause: EndCause,
    pub(crate) at: Timestamp,
}

/// What both sides of a call would best agree on: the codec the other one has.
pub(crate) type Preference = Option<Codec>;

impl Call {
    pub(crate) fn id(&self) -> CallId {
        self.record.view().id
    }

    /// Takes the stage out, to put what comes of it back.
    pub(crate) fn take_stage(&mut self) -> Stage {
        let nothing = Stage::Closing(Closing {
            cause: EndCause::NetworkFailure,
            at: self.record.view().started_at,
        });
        std::mem::replace(&mut self.stage, nothing)
    }
}
