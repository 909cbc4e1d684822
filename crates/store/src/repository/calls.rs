//! Call records: begun while a call runs, so that a crash leaves one; final when it ends, and
//! searched for years.

use model::{
    CallId, CallLeg, CallState, CallView, ConferenceId, CustomerId, EndCause, LegId, LegQuality,
    Party, StepView, Timestamp, UserId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoSimpleExpr, Iterable,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Calls, rows};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{self, Table, nanoseconds, signed, to_json},
    entity::{call_record as entity, call_user},
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of calls are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallSort {
    /// When it began.
    #[default]
    StartedAt,
}

/// Which calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallFilter {
    /// That this user made or got.
    pub user: Option<UserId>,
    /// From or to exactly this number.
    pub number: Option<String>,
    /// Begun at this time or later.
    pub from: Option<Timestamp>,
    /// Begun before this time.
    pub until: Option<Timestamp>,
    /// That went into this conference.
    pub conference: Option<ConferenceId>,
    /// That ended so; of [`EndCause::Failed`] the status counts too.
    pub cause: Option<EndCause>,
    /// That have this state.
    pub state: Option<CallState>,
}

const TABLE: Table = Table("call_records");

#[derive(Serialize, Deserialize)]
struct LegRow {
    id: Uuid,
    #[serde(default)]
    user: Option<Uuid>,
    number: String,
    name: String,
    inbound: bool,
    state: String,
    codec: String,
    started_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    cause: Option<String>,
    /// Loss in percent, jitter and round trip in milliseconds.
    quality: Option<(f32, f32, Option<f32>)>,
    sip_call_id: String,
}

#[derive(Serialize, Deserialize)]
struct StepRow {
    action: String,
    target: String,
    secs: Option<u32>,
    setting: String,
    reason: String,
}

fn leg_to_row(leg: &CallLeg) -> LegRow {
    LegRow {
        id: leg.id.uuid(),
        user: leg.party.user.map(UserId::uuid),
        number: leg.party.number.clone(),
        name: leg.party.name.clone(),
        inbound: leg.inbound,
        state: leg.state.as_str().to_owned(),
        codec: leg.codec.clone(),
        started_at: nanoseconds(leg.started_at),
        answered_at: leg.answered_at.map(nanoseconds),
        ended_at: leg.ended_at.map(nanoseconds),
        cause: leg.cause.map(codec::end_cause),
        quality: leg
            .quality
            .map(|quality| (quality.loss_percent, quality.jitter_ms, quality.rtt_ms)),
        sip_call_id: leg.sip_call_id.clone(),
    }
}

fn leg_from_row(row: LegRow) -> Result<CallLeg, StoreError> {
    Ok(CallLeg {
        id: LegId::from_uuid(row.id),
        party: Party {
            user: row.user.map(UserId::from_uuid),
            number: row.number,
            name: row.name,
        },
        inbound: row.inbound,
        state: TABLE.name("legs", &row.state, CallState::from_name)?,
        codec: row.codec,
        started_at: TABLE.time("legs", row.started_at)?,
        answered_at: TABLE.time_some("legs", row.answered_at)?,
        ended_at: TABLE.time_some("legs", row.ended_at)?,
        cause: cause_from(row.cause.as_deref())?,
        quality: row
            .quality
            .map(|(loss_percent, jitter_ms, rtt_ms)| LegQuality {
                loss_percent,
                jitter_ms,
                rtt_ms,
            }),
        sip_call_id: row.sip_call_id,
    })
}

fn cause_from(name: Option<&str>) -> Result<Option<EndCause>, StoreError> {
    name.map(|name| TABLE.name("cause", name, codec::end_cause_from))
        .transpose()
}

pub(crate) fn to_row(call: &CallView) -> entity::Model {
    let steps: Vec<StepRow> = call
        .steps
        .iter()
        .map(|step| StepRow {
            action: step.action.clone(),
            target: step.target.clone(),
            secs: step.secs,
            setting: step.setting.clone(),
            reason: step.reason.clone(),
        })
        .collect();
    let legs: Vec<LegRow> = call.legs.iter().map(leg_to_row).collect();
    entity::Model {
        id: call.id.uuid(),
        customer: call.customer.uuid(),
        version: signed(call.version),
        state: call.state.as_str().to_owned(),
        from_user: call.from.user.map(UserId::uuid),
        from_number: codec::text(&call.from.number),
        from_name: codec::text(&call.from.name),
        to_user: call.to.user.map(UserId::uuid),
        to_number: codec::text(&call.to.number),
        to_name: codec::text(&call.to.name),
        started_at: nanoseconds(call.started_at),
        answered_at: call.answered_at.map(nanoseconds),
        ended_at: call.ended_at.map(nanoseconds),
        cause: call.cause.map(codec::end_cause),
        conference: call.conference.map(ConferenceId::uuid),
        legs: to_json(&legs),
        steps: to_json(&steps),
    }
}

fn from_row(row: entity::Model) -> Result<CallView, StoreError> {
    let legs: Vec<LegRow> = TABLE.json("legs", &row.legs)?;
    let steps: Vec<StepRow> = TABLE.json("steps", &row.steps)?;
    Ok(CallView {
        id: CallId::from_uuid(row.id),
        customer: CustomerId::from_uuid(row.customer),
        version: TABLE.count("version", row.version)?,
        state: TABLE.name("state", &row.state, CallState::from_name)?,
        from: Party {
            user: row.from_user.map(UserId::from_uuid),
            number: row.from_number,
            name: row.from_name,
        },
        to: Party {
            user: row.to_user.map(UserId::from_uuid),
            number: row.to_number,
            name: row.to_name,
        },
        started_at: TABLE.time("started_at", row.started_at)?,
        answered_at: TABLE.time_some("answered_at", row.answered_at)?,
        ended_at: TABLE.time_some("ended_at", row.ended_at)?,
        cause: cause_from(row.cause.as_deref())?,
        legs: legs
            .into_iter()
            .map(leg_from_row)
            .collect::<Result<_, _>>()?,
        steps: steps
            .into_iter()
            .map(|step| StepView {
                action: step.action,
                target: step.target,
                secs: step.secs,
                setting: step.setting,
                reason: step.reason,
            })
            .collect(),
        conference: row.conference.map(ConferenceId::from_uuid),
    })
}

/// Who took part: the parties and everyone whose phone was a leg.
pub(crate) fn users_of(call: &CallView) -> Vec<call_user::Model> {
    let mut users: Vec<Uuid> = [&call.from, &call.to]
        .into_iter()
        .chain(call.legs.iter().map(|leg| &leg.party))
        .filter_map(|party| party.user.map(UserId::uuid))
        .collect();
    users.sort_unstable();
    users.dedup();
    users
        .into_iter()
        .map(|user_id| call_user::Model {
            user_id,
            started_at: nanoseconds(call.started_at),
            call: call.id.uuid(),
        })
        .collect()
}

/// Ended calls only: of running ones the row is behind what the switch says.
fn select(scope: Scope, filter: &CallFilter) -> Select<entity::Entity> {
    let mut found = entity::Entity::find()
        .filter(scope.on(entity::Column::Customer))
        .filter(entity::Column::EndedAt.is_not_null());
    if let Some(user) = filter.user {
        let calls = call_user::Entity::find()
            .select_only()
            .column(call_user::Column::Call)
            .filter(call_user::Column::UserId.eq(user.uuid()))
            .into_query();
        found = found.filter(entity::Column::Id.in_subquery(calls));
    }
    if let Some(number) = &filter.number {
        found = found.filter(
            Condition::any()
                .add(entity::Column::FromNumber.eq(number))
                .add(entity::Column::ToNumber.eq(number)),
        );
    }
    if let Some(from) = filter.from {
        found = found.filter(entity::Column::StartedAt.gte(nanoseconds(from)));
    }
    if let Some(until) = filter.until {
        found = found.filter(entity::Column::StartedAt.lt(nanoseconds(until)));
    }
    if let Some(conference) = filter.conference {
        found = found.filter(entity::Column::Conference.eq(conference.uuid()));
    }
    if let Some(cause) = filter.cause {
        found = found.filter(entity::Column::Cause.eq(codec::end_cause(cause)));
    }
    if let Some(state) = filter.state {
        found = found.filter(entity::Column::State.eq(state.as_str()));
    }
    found
}

impl<A: Access> Calls<'_, A> {
    /// One call.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, scope: Scope, call: CallId) -> Result<Option<CallView>, StoreError> {
        let row = entity::Entity::find_by_id(call.uuid())
            .filter(scope.on(entity::Column::Customer))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// All that have not ended as far as it was written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn running(&self) -> Result<Vec<CallView>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::EndedAt.is_null())
            .order_by_asc(entity::Column::Id)
            .all(self.0.link())
            .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// A page of ended calls.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn search(
        &self,
        scope: Scope,
        filter: &CallFilter,
        list: &List<CallSort>,
    ) -> Result<Page<CallView>, StoreError> {
        let sort = match list.sort {
            CallSort::StartedAt => Sort {
                expr: entity::Column::StartedAt.into_simple_expr(),
                numeric: true,
                key: |row: &entity::Model| SortKey::Number(row.started_at),
                id: |row: &entity::Model| row.id,
            },
        };
        page(
            self.0.link(),
            select(scope, filter),
            entity::Column::Id,
            sort,
            list,
        )
        .await?
        .try_map(from_row)
    }

    /// How many ended calls.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope, filter: &CallFilter) -> Result<u64, StoreError> {
        rows::count(self.0.link(), select(scope, filter)).await
    }
}

impl Calls<'_, Tx> {
    /// Writes records, each in place of an older version of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn save(&self, calls: &[CallView]) -> Result<(), StoreError> {
        let users = calls.iter().flat_map(users_of).collect();
        write(self.0.link(), calls.iter().map(to_row).collect(), users).await
    }
}

/// Rows that were made before, each in place of an older version of it.
pub(crate) async fn write(
    conn: &impl ConnectionTrait,
    calls: Vec<entity::Model>,
    users: Vec<call_user::Model>,
) -> Result<(), StoreError> {
    let replace = OnConflict::column(entity::Column::Id)
        .update_columns(
            entity::Column::iter()
                .filter(|column| !matches!(column, entity::Column::Id | entity::Column::Customer)),
        )
        .action_and_where(
            Expr::col((entity::Entity, entity::Column::Version))
                .lte(Expr::col(("excluded", entity::Column::Version))),
        )
        .to_owned();
    rows::upsert_many(conn, calls, &replace).await?;
    let keep = OnConflict::columns([
        call_user::Column::UserId,
        call_user::Column::StartedAt,
        call_user::Column::Call,
    ])
    .do_nothing()
    .to_owned();
    rows::upsert_many(conn, users, &keep).await
}
