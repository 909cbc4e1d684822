//! Calls, live and past.

use crate::{CallId, ConferenceId, CustomerId, LegId, LegQuality, Timestamp, UserId};

/// Where a call or a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallState {
    /// Being routed or called.
    Calling,
    /// A phone rings.
    Ringing,
    /// Two talk.
    Answered,
    /// One has put the other on hold.
    Held,
    /// Over.
    Ended,
}

crate::access::names!(CallState {
    Calling => "calling", Ringing => "ringing", Answered => "answered", Held => "held",
    Ended => "ended",
});

/// Why a call or leg ended; the words a person reads are in message files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndCause {
    /// Hung up by the caller after answer.
    CallerHungUp,
    /// Hung up by the called after answer.
    CalleeHungUp,
    /// The caller gave up before an answer.
    Cancelled,
    /// 486 or 600.
    Busy,
    /// Rang, nobody came.
    NoAnswer,
    /// 603, or 403 from the phone.
    Declined,
    /// No phone registered.
    Offline,
    /// Nothing has that number.
    UnknownNumber,
    /// External, and there is no trunk.
    NoTrunk,
    /// Not allowed: limit reached, room locked, banned, wrong PIN.
    Forbidden,
    /// No codec in common (488).
    NoCommonCodec,
    /// Another phone of the same person took it.
    AnsweredElsewhere,
    /// The leg went on as part of another call.
    Transferred,
    /// The conference that it was in, or was called for, ended.
    ConferenceEnded,
    /// A moderator put them out of the conference.
    Kicked,
    /// An administrator ended it: its user was disabled or deleted.
    Administrator,
    /// No media or no session refresh arrived any more.
    MediaTimeout,
    /// The peer did not answer at the SIP level, or the network failed.
    NetworkFailure,
    /// The server was stopped or restarted.
    ServerStopped,
    /// Too much load: 503.
    Overload,
    /// The peer answered with something else.
    Failed(u16),
}

/// Every cause but [`EndCause::Failed`], which says more than its name.
macro_rules! causes {
    ($($variant:ident => $name:literal),* $(,)?) => {
        impl EndCause {
            /// All that their name says all of: the others are [`EndCause::Failed`].
            pub const NAMED: &[Self] = &[$(Self::$variant),*];

            /// Its name in API and messages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Failed(_) => "failed",
                }
            }

            /// One of [`Self::NAMED`] by its name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

causes!(
    CallerHungUp => "caller_hung_up",
    CalleeHungUp => "callee_hung_up",
    Cancelled => "cancelled",
    Busy => "busy",
    NoAnswer => "no_answer",
    Declined => "declined",
    Offline => "offline",
    UnknownNumber => "unknown_number",
    NoTrunk => "no_trunk",
    Forbidden => "forbidden",
    NoCommonCodec => "no_common_codec",
    AnsweredElsewhere => "answered_elsewhere",
    Transferred => "transferred",
    ConferenceEnded => "conference_ended",
    Kicked => "kicked",
    Administrator => "administrator",
    MediaTimeout => "media_timeout",
    NetworkFailure => "network_failure",
    ServerStopped => "server_stopped",
    Overload => "overload",
);

/// One end of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The user, if one of ours.
    pub user: Option<UserId>,
    /// Number or address.
    pub number: String,
    /// Name shown; empty if unknown.
    pub name: String,
}

/// One leg of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallLeg {
    /// Identity.
    pub id: LegId,
    /// Who is at its end.
    pub party: Party,
    /// True: they called us.
    pub inbound: bool,
    /// Where it is.
    pub state: CallState,
    /// `PCMA`, `opus`, …; empty before answer.
    pub codec: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub cause: Option<EndCause>,
    /// Last known.
    pub quality: Option<LegQuality>,
    /// SIP Call-ID, to find it in a trace.
    pub sip_call_id: String,
}

/// A step of a plan as shown by explain and by a call's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// `ring`, `conference`, `hang_up`.
    pub action: String,
    /// The extension, room number, or cause.
    pub target: String,
    /// How long, in seconds, where it has a length.
    pub secs: Option<u32>,
    /// The setting that decided it: `features.no_answer`, `dial_plan`, …
    pub setting: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// A call, live or past; replaced, never edited.
#[derive(Debug, Clone, PartialEq)]
pub struct CallView {
    /// Identity.
    pub id: CallId,
    /// Whose.
    pub customer: CustomerId,
    /// Counts changes.
    pub version: u64,
    /// Where it is.
    pub state: CallState,
    /// Who called.
    pub from: Party,
    /// What was dialled and whom it reached.
    pub to: Party,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub cause: Option<EndCause>,
    /// All legs there were.
    pub legs: Vec<CallLeg>,
    /// The steps taken, in the form of explain.
    pub steps: Vec<StepView>,
    /// The conference it went into, if so.
    pub conference: Option<ConferenceId>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cause_has_a_name_of_its_own() {
        // The match that writes the names has no other arm: a variant that is not in the table
        // does not compile.
        for cause in EndCause::NAMED {
            assert_eq!(EndCause::from_name(cause.as_str()), Some(*cause));
        }
        let failed = EndCause::Failed(503).as_str();
        let names: BTreeSet<_> = EndCause::NAMED.iter().map(|cause| cause.as_str()).collect();
        assert_eq!(names.len(), EndCause::NAMED.len());
        assert!(!names.contains(failed) && EndCause::from_name(failed).is_none());
    }
}
