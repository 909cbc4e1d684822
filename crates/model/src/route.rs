//! The plan of a call: what `services::routing` answers and the switch carries out.

use std::{fmt, sync::Arc};

use crate::{
    ConferenceRole, CustomerId, EndCause, Extension, Room, StepView, Timestamp, TonePlan, User,
    UserId,
};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The authenticated device's customer.
    pub customer: CustomerId,
    /// The authenticated device's user.
    pub user: Option<UserId>,
    /// Number shown.
    pub number: String,
    /// Name shown.
    pub name: String,
}

/// A question to the routing function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteQuery {
    /// Who calls: with whose rights the number is reached.
    pub caller: Caller,
    /// Who would enter a room: the caller, or whom the caller transfers. A role in a room is
    /// never passed on with a transfer.
    pub entrant: Option<UserId>,
    /// What was dialled: the user part of the request's URI.
    pub dialled: String,
    /// When.
    pub at: Timestamp,
}

/// What routing has to know of the present: given by the switch, or assumed by explain.
pub trait LiveState {
    /// Registered phones of the user.
    fn endpoints(&self, user: UserId) -> usize;
    /// Calls the user has now, ringing ones included.
    fn calls(&self, user: UserId) -> usize;
}

/// Steps, of which the first is done first; where each goes on is in [`RouteStep::next`].
#[derive(Debug, Clone, PartialEq)]
pub struct RoutePlan {
    /// Never empty; indices in [`Next`] point into it and only forward.
    pub steps: Vec<RouteStep>,
}

/// One step with the setting that decided it.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteStep {
    /// What is done.
    pub action: RouteAction,
    /// The setting that decided it.
    pub setting: &'static str,
    /// Why.
    pub reason: Reason,
    /// Where the call goes if the step does not take it.
    pub next: Next,
}

/// Why a step is what it is. It becomes a sentence when somebody reads it: most steps of a plan
/// are never taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The number was dialled.
    Dialled(Extension),
    /// An outside number without a trunk.
    NoTrunk(String),
    /// Nothing has the number.
    UnknownNumber(String),
    /// The destination was taken away since it was set.
    DestinationGone(Extension),
    /// The person was tried already on this path.
    Circle(Arc<User>),
    /// Too many forwards, or too many steps.
    ForwardedTooOften,
    /// The account is disabled.
    Disabled(Arc<User>),
    /// Do not disturb is on.
    DoNotDisturb(Arc<User>),
    /// No phone is registered.
    NotRegistered(Arc<User>),
    /// As many calls as the person may have.
    MaxCalls(Arc<User>, usize),
    /// In a call, without call waiting.
    NoCallWaiting(Arc<User>),
    /// What the person does not take goes on.
    NotTaken(Arc<User>),
    /// Nobody answered in the ring time.
    NoAnswer(Arc<User>),
    /// All phones said busy.
    AllBusy(Arc<User>),
    /// No phone could be reached.
    Unreachable(Arc<User>),
    /// Why the call came to this person, and why it does not stay.
    Both(Box<(Reason, Reason)>),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialled(number) => write!(f, "{number} was dialled"),
            Self::NoTrunk(number) => {
                write!(f, "{number} is an outside number, and there is no trunk")
            }
            Self::UnknownNumber(number) => write!(f, "nothing has the number {number}"),
            Self::DestinationGone(number) => {
                write!(f, "the destination {number} does not exist any more")
            }
            Self::Circle(user) => write!(
                f,
                "{} was tried already; the forwarding goes round in a circle",
                user.display_name()
            ),
            Self::ForwardedTooOften => f.write_str("the call was forwarded too often"),
            Self::Disabled(user) => {
                write!(f, "the account of {} is disabled", user.display_name())
            }
            Self::DoNotDisturb(user) => {
                write!(f, "{} does not want to be disturbed", user.display_name())
            }
            Self::NotRegistered(user) => {
                write!(f, "no phone of {} is registered", user.display_name())
            }
            Self::MaxCalls(user, calls) => write!(
                f,
                "{} has {calls} calls, the most allowed",
                user.display_name()
            ),
            Self::NoCallWaiting(user) => {
                write!(f, "{} is busy and call waiting is off", user.display_name())
            }
            Self::NotTaken(user) => {
                write!(
                    f,
                    "calls that {} does not take go here",
                    user.display_name()
                )
            }
            Self::NoAnswer(user) => write!(
                f,
                "nobody answered at {} for {} seconds",
                user.display_name(),
                user.features.ring_time_secs
            ),
            Self::AllBusy(user) => {
                write!(f, "all phones of {} are busy", user.display_name())
            }
            Self::Unreachable(user) => {
                write!(f, "no phone of {} could be reached", user.display_name())
            }
            Self::Both(both) => write!(f, "{}; {}", both.0, both.1),
        }
    }
}

/// What is done with a call.
#[derive(Debug, Clone, PartialEq)]
pub enum RouteAction {
    /// Ring all phones of a user.
    Ring {
        /// Whose phones.
        user: UserId,
        /// Their extension.
        extension: Extension,
        /// Their name, for the record.
        name: String,
        /// How long, in seconds.
        ring_secs: u32,
        /// What the caller hears if the server has to make it.
        tones: TonePlan,
    },
    /// Into a room.
    Conference(Box<RoomEntry>),
    /// End it with this cause.
    Refuse(EndCause),
}

/// A room with the role that this caller has by being who they are.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomEntry {
    /// The settings as configured now.
    pub room: Room,
    /// By ownership, moderation or operator group; a PIN may raise it.
    pub role: ConferenceRole,
}

/// Indices of the steps that follow; none: the call ends with the step's own cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Next {
    /// All phones said busy.
    pub busy: Option<usize>,
    /// Nobody came in time.
    pub no_answer: Option<usize>,
    /// No phone could be reached.
    pub offline: Option<usize>,
}

impl RouteStep {
    /// The step as explain and history show it.
    #[must_use]
    pub fn view(&self) -> StepView {
        let (action, target, secs) = match &self.action {
            RouteAction::Ring {
                extension,
                ring_secs,
                ..
            } => ("ring", extension.to_string(), Some(*ring_secs)),
            RouteAction::Conference(entry) => ("conference", entry.room.number.to_string(), None),
            RouteAction::Refuse(cause) => ("hang_up", cause.as_str().to_owned(), None),
        };
        StepView {
            action: action.to_owned(),
            target,
            secs,
            setting: self.setting.to_owned(),
            reason: self.reason.to_string(),
        }
    }
}

impl RoutePlan {
    /// The steps that a call takes if nobody ever answers: what explain shows.
    #[must_use]
    pub fn unanswered_path(&self) -> Vec<&RouteStep> {
        let mut path = Vec::new();
        let mut at = Some(0);
        while let Some(step) = at.and_then(|index| self.steps.get(index)) {
            path.push(step);
            at = step.next.no_answer;
        }
        path
    }
}
