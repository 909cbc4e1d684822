//! Conferences on the wire.

use std::sync::Arc;

use model::{ConferenceView, LegQuality, ParticipantView};
use serde::Serialize;
use serde_json::Value;
use services::{Patch, conferences::Who};
use utoipa::ToSchema;

use crate::{
    answer::{Versioned, time, time_if, words},
    input::{Findings, FromJson, StandIn},
};

/// Packet loss, jitter and delay of a leg.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Quality {
    /// Of the last reports; 100 while nothing arrives that should.
    loss_percent: f32,
    jitter_ms: f32,
    /// Null: not known.
    rtt_ms: Option<f32>,
}

impl From<LegQuality> for Quality {
    fn from(quality: LegQuality) -> Self {
        Self {
            loss_percent: quality.loss_percent,
            jitter_ms: quality.jitter_ms,
            rtt_ms: quality.rtt_ms,
        }
    }
}

/// One row of a conference.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Participant {
    id: String,
    /// Null: not one of ours.
    user_id: Option<String>,
    #[schema(example = "Anna Berg")]
    name: String,
    /// What was dialled, or who dialled in.
    #[schema(example = "202")]
    target: String,
    /// What they may do.
    #[schema(schema_with = words::conference_role)]
    role: String,
    /// Where they are.
    #[schema(schema_with = words::participant_state)]
    state: String,
    /// Heard by nobody.
    muted: bool,
    /// Sound above the threshold now.
    talking: bool,
    /// Asks to speak.
    hand_raised: bool,
    joined_at: Option<String>,
    /// When the state last changed.
    since: String,
    /// Why the state is what it is: `no_trunk`, `offline`, `declined`, …
    reason: Option<String>,
    /// Network quality, once known.
    quality: Option<Quality>,
}

impl From<&ParticipantView> for Participant {
    fn from(view: &ParticipantView) -> Self {
        Self {
            id: view.id.to_string(),
            user_id: view.user.map(|id| id.to_string()),
            name: view.name.clone(),
            target: view.target.clone(),
            role: view.role.as_str().to_owned(),
            state: view.state.as_str().to_owned(),
            muted: view.muted,
            talking: view.talking,
            hand_raised: view.hand_raised,
            joined_at: time_if(view.joined_at),
            since: time(view.since),
            reason: view.reason.clone(),
            quality: view.quality.map(Quality::from),
        }
    }
}

/// A conference, running or ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Conference {
    id: String,
    room_id: String,
    customer_id: String,
    /// Whether it goes on.
    #[schema(schema_with = words::conference_state)]
    state: String,
    /// Nobody may come in.
    locked: bool,
    /// Being recorded.
    recording: bool,
    /// Why the last recording ended by itself, if it did.
    #[schema(schema_with = words::recording_failure_or_null)]
    recording_failure: Option<String>,
    started_at: String,
    ended_at: Option<String>,
    /// In order of arrival, the gone ones included.
    participants: Vec<Participant>,
    /// Counts changes; the ETag.
    version: u64,
}

impl Versioned for Conference {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<Arc<ConferenceView>> for Conference {
    fn from(view: Arc<ConferenceView>) -> Self {
        let state = if view.ended_at.is_some() {
            "ended"
        } else {
            "running"
        };
        Self {
            id: view.id.to_string(),
            room_id: view.room.to_string(),
            customer_id: view.customer.to_string(),
            state: state.to_owned(),
            locked: view.locked,
            recording: view.recording,
            recording_failure: view
                .recordings
                .last()
                .and_then(|file| file.failure)
                .map(|failure| failure.as_str().to_owned()),
            started_at: time(view.started_at),
            ended_at: time_if(view.ended_at),
            participants: view.participants.iter().map(Participant::from).collect(),
            version: view.version,
        }
    }
}

crate::body! {
    /// Whom to call at the start.
    pub(crate) struct StartConference {
        /// Numbers and `#sip:` addresses.
        #[schema(value_type = Option<Vec<String>>,
            example = json!(["202", "0049301234", "#sip:a@127.0.0.1:5099"]))]
        optional invite: Option<Vec<String>>,
        /// An extension that is called too, as a moderator, or as owner in a room of their own.
        /// Null: nobody's; left out: one's own, if one has one.
        #[schema(value_type = Option<String>, example = "201")]
        patch host: Patch<String>,
    }
}

impl From<StartConference> for services::conferences::StartConference {
    fn from(start: StartConference) -> Self {
        let invite = start.invite.unwrap_or_default();
        Self {
            invite,
            host: start.host,
        }
    }
}

crate::body! {
    /// Whom one thinks of calling.
    pub(crate) struct Reach {
        /// Numbers and `#sip:` addresses, 1 to 500.
        #[schema(example = json!(["202", "0049301234"]))]
        required targets: Vec<String>,
    }
}

impl From<Reach> for Vec<String> {
    fn from(reach: Reach) -> Self {
        reach.targets
    }
}

/// What would become of calling one target.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Reached {
    /// As it was asked for.
    #[schema(example = "202")]
    target: String,
    /// It would ring.
    reachable: bool,
    /// Of the user or contact; empty: nobody is known by it.
    #[schema(example = "Kim Ito")]
    name: String,
    /// Null: not one of ours.
    user_id: Option<String>,
    /// Why it would not ring: `unknown_number`, `no_trunk`, `disabled`, `offline`, `unknown_host`,
    /// `not_allowed`.
    reason: Option<String>,
}

impl From<services::conferences::Reached> for Reached {
    fn from(reached: services::conferences::Reached) -> Self {
        Self {
            target: reached.target,
            reachable: reached.reason.is_none(),
            name: reached.name,
            user_id: reached.user.map(|id| id.to_string()),
            reason: reached.reason.map(str::to_owned),
        }
    }
}

/// The judgement of each target, in the order asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReachedAll {
    pub(crate) items: Vec<Reached>,
}

crate::body! {
    /// Whom to call in.
    pub(crate) struct Invite {
        /// Numbers and `#sip:` addresses.
        #[schema(example = json!(["203"]))]
        required targets: Vec<String>,
    }
}

impl From<Invite> for Vec<String> {
    fn from(invite: Invite) -> Self {
        invite.targets
    }
}

/// Participants' ids, or all but those who moderate.
#[derive(Debug, Clone, ToSchema)]
#[serde(untagged)]
pub(crate) enum Selection {
    /// These.
    #[schema(value_type = Vec<String>)]
    These(Vec<String>),
    /// All but those who moderate.
    All(All),
}

/// All but those who moderate.
#[derive(Debug, Clone, Copy, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum All {
    /// The one word for it.
    All,
}

impl FromJson for Selection {
    fn from_json(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        if value.as_str() == Some("all") {
            return Some(Self::All(All::All));
        }
        if !value.is_array() {
            findings.add(at, "invalid_type", "a list of ids, or \"all\"");
            return None;
        }
        Vec::from_json(value, at, findings).map(Self::These)
    }
}

impl StandIn for Selection {
    fn stand_in() -> Self {
        Self::These(Vec::new())
    }
}

impl From<Selection> for Who {
    fn from(selection: Selection) -> Self {
        match selection {
            Selection::These(ids) => Self::These(ids),
            Selection::All(All::All) => Self::All,
        }
    }
}

crate::body! {
    /// Whom an action is for.
    pub(crate) struct Participants {
        /// Ids, or `"all"`: all but those who moderate.
        required participants: Selection,
    }
}

impl From<Participants> for Who {
    fn from(body: Participants) -> Self {
        body.participants.into()
    }
}

crate::body! {
    /// Whom to put out, and for how long.
    pub(crate) struct Kick {
        /// Ids, or `"all"`: all but those who moderate.
        required participants: Selection,
        /// Until the end of the conference unless given; 0: no ban.
        #[schema(value_type = Option<u32>)]
        optional ban_secs: Option<i64>,
    }
}

crate::body! {
    /// Whether to record.
    pub(crate) struct Record {
        /// True begins, false stops.
        required on: bool,
    }
}

crate::query! {
    /// Filters of the conferences list.
    pub(crate) struct ConferenceFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// One room's.
        #[param(nullable = false)]
        optional room_id: Option<String>,
        /// Running or ended ones.
        #[param(schema_with = words::conference_state, required = false)]
        optional state: Option<String>,
    }
}

impl From<ConferenceFilter> for services::conferences::ConferenceFilter {
    fn from(filter: ConferenceFilter) -> Self {
        Self {
            customer_id: filter.customer_id,
            room_id: filter.room_id,
            state: filter.state,
        }
    }
}
