//! The plan of a call: what `services::routing` answers and the switch carries out.

use crate::{
    ConferenceRole, CustomerId, EndCause, Extension, Room, StepView, Timestamp, TonePlan, UserId,
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
    /// Why, in a sentence.
    pub reason: String,
    /// Where the call goes if the step does not take it.
    pub next: Next,
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
            reason: self.reason.clone(),
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
