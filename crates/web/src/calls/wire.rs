//! Calls on the wire.

use std::sync::Arc;

use model::{CallLeg, CallView, EndCause, Party, StepView, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answer::{Versioned, time, time_if, words},
    conferences::Quality,
};

/// One end of a call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CallParty {
    /// Null: not one of ours.
    user_id: Option<String>,
    #[schema(example = "201")]
    number: String,
    /// Empty if unknown.
    #[schema(example = "Anna Berg")]
    name: String,
}

impl From<&Party> for CallParty {
    fn from(party: &Party) -> Self {
        Self {
            user_id: party.user.map(|id| id.to_string()),
            number: party.number.clone(),
            name: party.name.clone(),
        }
    }
}

/// One leg of a call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Leg {
    id: String,
    party: CallParty,
    /// Inbound: they called us.
    #[schema(schema_with = words::direction)]
    direction: String,
    /// Where it is.
    #[schema(schema_with = words::call_state)]
    state: String,
    /// Empty before answer.
    #[schema(example = "PCMA")]
    codec: String,
    started_at: String,
    answered_at: Option<String>,
    ended_at: Option<String>,
    /// Why it ended.
    #[schema(example = "caller_hung_up")]
    cause: Option<String>,
    /// Last known.
    quality: Option<Quality>,
    /// SIP Call-ID, to find it in a trace.
    sip_call_id: String,
}

impl From<&CallLeg> for Leg {
    fn from(leg: &CallLeg) -> Self {
        let direction = if leg.inbound { "inbound" } else { "outbound" };
        Self {
            id: leg.id.to_string(),
            party: CallParty::from(&leg.party),
            direction: direction.to_owned(),
            state: leg.state.as_str().to_owned(),
            codec: leg.codec.clone(),
            started_at: time(leg.started_at),
            answered_at: time_if(leg.answered_at),
            ended_at: time_if(leg.ended_at),
            cause: leg.cause.map(cause),
            quality: leg.quality.map(Quality::from),
            sip_call_id: leg.sip_call_id.clone(),
        }
    }
}

fn cause(cause: EndCause) -> String {
    cause.as_str().to_owned()
}

/// A step of a plan, or of the way a call took.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Step {
    /// What is done.
    #[schema(schema_with = words::step_action)]
    action: String,
    /// The extension, the room's number, or the cause.
    #[schema(example = "202")]
    target: String,
    /// How long, where it has a length.
    #[schema(example = 20)]
    secs: Option<u32>,
    /// The setting that decided it.
    #[schema(example = "features.no_answer")]
    setting: String,
    /// Why, in a sentence.
    reason: String,
}

impl From<StepView> for Step {
    fn from(view: StepView) -> Self {
        Self {
            action: view.action,
            target: view.target,
            secs: view.secs,
            setting: view.setting,
            reason: view.reason,
        }
    }
}

/// A call, live or past.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Call {
    id: String,
    customer_id: String,
    /// Where it is.
    #[schema(schema_with = words::call_state)]
    state: String,
    /// Who called.
    from: CallParty,
    /// What was dialled and whom it reached.
    to: CallParty,
    started_at: String,
    answered_at: Option<String>,
    ended_at: Option<String>,
    /// Why it ended.
    #[schema(example = "caller_hung_up")]
    cause: Option<String>,
    /// All legs there were.
    legs: Vec<Leg>,
    /// The steps taken, in the form of explain.
    steps: Vec<Step>,
    /// The conference it went into.
    conference_id: Option<String>,
    /// Counts changes; the ETag.
    version: u64,
}

impl Versioned for Call {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<Arc<CallView>> for Call {
    fn from(view: Arc<CallView>) -> Self {
        Self {
            id: view.id.to_string(),
            customer_id: view.customer.to_string(),
            state: view.state.as_str().to_owned(),
            from: CallParty::from(&view.from),
            to: CallParty::from(&view.to),
            started_at: time(view.started_at),
            answered_at: time_if(view.answered_at),
            ended_at: time_if(view.ended_at),
            cause: view.cause.map(cause),
            legs: view.legs.iter().map(Leg::from).collect(),
            steps: view.steps.iter().cloned().map(Step::from).collect(),
            conference_id: view.conference.map(|id| id.to_string()),
            version: view.version,
        }
    }
}

/// The plan of a call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// In the order in which they are taken if nobody answers.
    pub(super) steps: Vec<Step>,
}

crate::body! {
    /// What happens when this one calls that?
    pub(crate) struct ExplainCall {
        /// One's own customer unless given.
        optional customer_id: Option<String>,
        /// The caller's number.
        #[schema(example = "201")]
        required from: String,
        /// What is dialled.
        #[schema(example = "202")]
        required to: String,
        /// When; now unless given.
        #[schema(value_type = Option<String>, format = DateTime)]
        optional at: Option<Timestamp>,
    }
}

impl From<ExplainCall> for services::calls::ExplainCall {
    fn from(question: ExplainCall) -> Self {
        Self {
            customer_id: question.customer_id,
            from: question.from,
            to: question.to,
            at: question.at,
        }
    }
}

crate::query! {
    /// Filters of the calls list.
    pub(crate) struct CallFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// `live` or `ended`.
        #[param(nullable = false)]
        optional state: Option<String>,
        /// One user's.
        #[param(nullable = false)]
        optional user_id: Option<String>,
        /// Begun at or after.
        #[param(value_type = String, required = false, format = DateTime)]
        optional since: Option<Timestamp>,
        /// Begun before.
        #[param(value_type = String, required = false, format = DateTime)]
        optional until: Option<Timestamp>,
    }
}

impl From<CallFilter> for services::calls::CallFilter {
    fn from(filter: CallFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            state: filter.state,
            user_id: filter.user_id,
            since: filter.since,
            until: filter.until,
        }
    }
}
