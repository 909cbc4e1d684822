//! How a called phone that did not answer ended, and what that means for the person called.

use model::{EndCause, Next};

/// How one phone ended that did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Nothing was sent or nothing came back: 408, 430, 480, 503, no route.
    Unreachable,
    /// We have no media for it: it was not called at all.
    Overload,
    /// Any other refusal, with its status.
    Refused(u16),
    /// 488, 606, or an answer that shares no codec.
    NoCommonCodec,
    /// It rang, and nobody came in time.
    NoAnswer,
    /// 486.
    Busy,
    /// 600 and 603: the person, not only the phone, says no (RFC 3261 §21.6).
    Declined,
}

impl Miss {
    /// From the final status of a phone.
    pub(crate) const fn from_status(status: u16) -> Self {
        match status {
            408 | 410 | 430 | 480 | 502 | 503 | 504 => Self::Unreachable,
            486 => Self::Busy,
            488 | 606 => Self::NoCommonCodec,
            600 | 603 => Self::Declined,
            other => Self::Refused(other),
        }
    }

    /// A phone that rang was reached, whatever it says in the end: some have a shorter time of
    /// their own to ring and then send 480 or 408.
    pub(crate) const fn after_ringing(self, rang: bool) -> Self {
        match self {
            Self::Unreachable if rang => Self::NoAnswer,
            other => other,
        }
    }

    /// Whether no other phone of the person has to be asked.
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Declined)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Unreachable => 0,
            Self::Overload => 1,
            Self::Refused(_) => 2,
            Self::NoCommonCodec => 3,
            Self::NoAnswer => 4,
            Self::Busy => 5,
            Self::Declined => 6,
        }
    }

    /// The one that says more about the person: a phone that is busy tells more than one that is
    /// switched off.
    pub(crate) const fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }

    /// For records.
    pub(crate) const fn cause(self) -> EndCause {
        match self {
            Self::Unreachable => EndCause::Offline,
            Self::Overload => EndCause::Overload,
            Self::Refused(status) => EndCause::Failed(status),
            Self::NoCommonCodec => EndCause::NoCommonCodec,
            Self::NoAnswer => EndCause::NoAnswer,
            Self::Busy => EndCause::Busy,
            Self::Declined => EndCause::Declined,
        }
    }

    /// Where the plan goes on. A declined call goes where a busy one goes: the same key of a
    /// phone sends 486 on some models and 603 on others.
    pub(crate) const fn next(self, next: Next) -> Option<usize> {
        match self {
            Self::Busy | Self::Declined => next.busy,
            Self::NoAnswer | Self::NoCommonCodec | Self::Refused(_) => next.no_answer,
            Self::Unreachable => next.offline,
            // It says nothing of the person, and the next step would want media too: who calls
            // tries again in a moment.
            Self::Overload => None,
        }
    }
}

/// The final status that the caller gets.
pub(crate) const fn status(cause: EndCause) -> u16 {
    match cause {
        EndCause::Busy => 486,
        EndCause::NoAnswer
        | EndCause::Offline
        | EndCause::AnsweredElsewhere
        | EndCause::ConferenceEnded
        | EndCause::Kicked
        | EndCause::Administrator
        | EndCause::CallerHungUp
        | EndCause::CalleeHungUp
        | EndCause::Transferred
        | EndCause::MediaTimeout
        | EndCause::NetworkFailure => 480,
        EndCause::Cancelled => 487,
        EndCause::Declined => 603,
        EndCause::UnknownNumber | EndCause::NoTrunk => 404,
        EndCause::Forbidden => 403,
        EndCause::NoCommonCodec => 488,
        EndCause::ServerStopped | EndCause::Overload => 503,
        // 401, 407 and redirections of a phone mean nothing to the caller.
        EndCause::Failed(status) => match status {
            400 | 401 | 407 => 500,
            402..=699 => status,
            _ => 480,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phone_that_tells_most_decides() {
        let unreachable = Miss::from_status(408);
        assert_eq!(unreachable.or(Miss::Busy), Miss::Busy);
        assert_eq!(Miss::Busy.or(unreachable), Miss::Busy);
        assert_eq!(Miss::NoAnswer.or(Miss::Refused(500)), Miss::NoAnswer);
        assert_eq!(Miss::Busy.or(Miss::from_status(603)), Miss::Declined);
    }

    #[test]
    fn causes_are_answered_as_the_contract_says() {
        for (cause, expect) in [
            (EndCause::Busy, 486),
            (EndCause::NoAnswer, 480),
            (EndCause::Offline, 480),
            (EndCause::UnknownNumber, 404),
            (EndCause::Forbidden, 403),
            (EndCause::Overload, 503),
            (EndCause::NoCommonCodec, 488),
            (EndCause::Failed(407), 500),
            (EndCause::Failed(302), 480),
        ] {
            assert_eq!(status(cause), expect, "{cause:?}");
        }
    }
}
