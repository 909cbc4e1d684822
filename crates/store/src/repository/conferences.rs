//! Runs of conferences: the wish when they start, the last known state while they run, history
//! afterwards.

use std::collections::{HashMap, HashSet};

use model::{
    ConferenceId, ConferenceView, CustomerId, ParticipantId, ParticipantView, RoomId, Timestamp,
    UserId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoSimpleExpr, Iterable, QueryFilter,
    QueryOrder, Select,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{Conferences, recordings, rows};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{self, Table, nanoseconds, signed},
    entity::{conference as entity, participant, recording},
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of conferences are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConferenceSort {
    /// When it began.
    #[default]
    StartedAt,
}

/// Which conferences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConferenceFilter {
    /// In these rooms only.
    pub rooms: Option<Vec<RoomId>>,
    /// Running, or ended.
    pub running: Option<bool>,
}

/// Where a conference was, without who was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConferencePlace {
    /// Which.
    pub id: ConferenceId,
    /// In which room.
    pub room: RoomId,
    /// Whose.
    pub customer: CustomerId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

const TABLE: Table = Table("conferences");
const PARTICIPANTS: Table = Table("participants");

pub(crate) fn to_row(view: &ConferenceView) -> entity::Model {
    entity::Model {
        id: view.id.uuid(),
        room: view.room.uuid(),
        customer: view.customer.uuid(),
        version: signed(view.version),
        locked: view.locked,
        recording: view.recording,
        started_at: nanoseconds(view.started_at),
        ended_at: view.ended_at.map(nanoseconds),
    }
}

fn participant_to_row(
    conference: ConferenceId,
    position: i64,
    view: &ParticipantView,
) -> participant::Model {
    participant::Model {
        id: view.id.uuid(),
        conference: conference.uuid(),
        position,
        user_id: view.user.map(UserId::uuid),
        name: codec::text(&view.name),
        target: codec::text(&view.target),
        role: codec::conference_role(view.role).to_owned(),
        state: codec::participant_state(view.state).to_owned(),
        muted: view.muted,
        hand_raised: view.hand_raised,
        joined_at: view.joined_at.map(nanoseconds),
        since: nanoseconds(view.since),
        reason: view.reason.clone(),
    }
}

fn participant_from_row(row: participant::Model) -> Result<ParticipantView, StoreError> {
    Ok(ParticipantView {
        id: ParticipantId::from_uuid(row.id),
        user: row.user_id.map(UserId::from_uuid),
        name: row.name,
        target: row.target,
        role: PARTICIPANTS.name("role", &row.role, codec::conference_role_from)?,
        state: PARTICIPANTS.name("state", &row.state, codec::participant_state_from)?,
        muted: row.muted,
        talking: false,
        hand_raised: row.hand_raised,
        joined_at: PARTICIPANTS.time_some("joined_at", row.joined_at)?,
        since: PARTICIPANTS.time("since", row.since)?,
        reason: row.reason,
        quality: None,
    })
}

async fn with_participants(
    conn: &impl ConnectionTrait,
    found: Vec<entity::Model>,
) -> Result<Vec<ConferenceView>, StoreError> {
    let ids: Vec<_> = found.iter().map(|row| row.id).collect();
    let mut recordings = recordings::by_conference(conn, &ids).await?;
    let mut participants: HashMap<Uuid, Vec<ParticipantView>> = HashMap::new();
    for chunk in found.chunks(500) {
        let rows = participant::Entity::find()
            .filter(participant::Column::Conference.is_in(chunk.iter().map(|row| row.id)))
            .order_by_asc(participant::Column::Position)
            .all(conn)
            .await?;
        for row in rows {
            let views = participants.entry(row.conference).or_default();
            views.push(participant_from_row(row)?);
        }
    }
    found
        .into_iter()
        .map(|row| {
            Ok(ConferenceView {
                id: ConferenceId::from_uuid(row.id),
                room: RoomId::from_uuid(row.room),
                customer: CustomerId::from_uuid(row.customer),
                version: TABLE.count("version", row.version)?,
                locked: row.locked,
                recording: row.recording,
                started_at: TABLE.time("started_at", row.started_at)?,
                ended_at: TABLE.time_some("ended_at", row.ended_at)?,
                participants: participants.remove(&row.id).unwrap_or_default(),
                recordings: recordings.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

fn select(scope: Scope, filter: &ConferenceFilter) -> Select<entity::Entity> {
    let mut found = entity::Entity::find().filter(scope.on(entity::Column::Customer));
    if let Some(rooms) = &filter.rooms {
        found = found.filter(entity::Column::Room.is_in(rooms.iter().map(|room| room.uuid())));
    }
    match filter.running {
        Some(true) => found.filter(entity::Column::EndedAt.is_null()),
        Some(false) => found.filter(entity::Column::EndedAt.is_not_null()),
        None => found,
    }
}

impl<A: Access> Conferences<'_, A> {
    /// Where these conferences were, as far as the scope knows them, in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn places(
        &self,
        scope: Scope,
        conferences: &[ConferenceId],
    ) -> Result<Vec<ConferencePlace>, StoreError> {
        let mut places = Vec::with_capacity(conferences.len());
        for chunk in conferences.chunks(500) {
            let rows = entity::Entity::find()
                .filter(scope.on(entity::Column::Customer))
                .filter(entity::Column::Id.is_in(chunk.iter().map(|id| id.uuid())))
                .all(self.0.link())
                .await?;
            for row in rows {
                places.push(ConferencePlace {
                    id: ConferenceId::from_uuid(row.id),
                    room: RoomId::from_uuid(row.room),
                    customer: CustomerId::from_uuid(row.customer),
                    started_at: TABLE.time("started_at", row.started_at)?,
                    ended_at: TABLE.time_some("ended_at", row.ended_at)?,
                });
            }
        }
        Ok(places)
    }

    /// One conference with its participants as last written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(
        &self,
        scope: Scope,
        conference: ConferenceId,
    ) -> Result<Option<ConferenceView>, StoreError> {
        let rows = entity::Entity::find_by_id(conference.uuid())
            .filter(scope.on(entity::Column::Customer))
            .all(self.0.link())
            .await?;
        Ok(with_participants(self.0.link(), rows).await?.pop())
    }

    /// All that have not ended, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn running(&self, scope: Scope) -> Result<Vec<ConferenceView>, StoreError> {
        let running = ConferenceFilter {
            running: Some(true),
            ..ConferenceFilter::default()
        };
        let rows = select(scope, &running)
            .order_by_asc(entity::Column::StartedAt)
            .all(self.0.link())
            .await?;
        with_participants(self.0.link(), rows).await
    }

    /// What runs in the room now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn of_room_running(&self, room: RoomId) -> Result<Option<ConferenceId>, StoreError> {
        let row = entity::Entity::find()
            .filter(entity::Column::Room.eq(room.uuid()))
            .filter(entity::Column::EndedAt.is_null())
            .one(self.0.link())
            .await?;
        Ok(row.map(|row| ConferenceId::from_uuid(row.id)))
    }

    /// A page of conferences with their participants.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        filter: &ConferenceFilter,
        list: &List<ConferenceSort>,
    ) -> Result<Page<ConferenceView>, StoreError> {
        let sort = match list.sort {
            ConferenceSort::StartedAt => Sort {
                expr: entity::Column::StartedAt.into_simple_expr(),
                numeric: true,
                key: |row: &entity::Model| SortKey::Number(row.started_at),
                id: |row: &entity::Model| row.id,
            },
        };
        let select = select(scope, filter);
        let found = page(self.0.link(), select, entity::Column::Id, sort, list).await?;
        Ok(Page {
            items: with_participants(self.0.link(), found.items).await?,
            next: found.next,
        })
    }

    /// How many conferences.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope, filter: &ConferenceFilter) -> Result<u64, StoreError> {
        rows::count(self.0.link(), select(scope, filter)).await
    }
}

impl Conferences<'_, Tx> {
    /// Writes down that a conference is to run.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `room` if one runs in the room.
    pub async fn start(&self, view: &ConferenceView) -> Result<(), StoreError> {
        rows::insert(self.0.link(), to_row(view)).await?;
        save_participants(self.0.link(), participants_of(view, |_| true)).await
    }

    /// Writes a conference with all its participants, in place of an older version of it.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `room`, [`StoreError::Unavailable`].
    pub async fn save(&self, view: &ConferenceView) -> Result<(), StoreError> {
        let link = self.0.link();
        let participants = participants_of(view, |_| true);
        write(link, to_row(view), participants, recordings::rows_of(view)).await
    }

    /// Writes a conference, and of its participants those that changed, in place of an older
    /// version of it.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `room`, [`StoreError::Unavailable`].
    pub async fn save_changed(
        &self,
        view: &ConferenceView,
        changed: &[ParticipantId],
    ) -> Result<(), StoreError> {
        let changed: HashSet<ParticipantId> = changed.iter().copied().collect();
        let participants = participants_of(view, |id| changed.contains(&id));
        let link = self.0.link();
        write(link, to_row(view), participants, recordings::rows_of(view)).await
    }
}

/// Those of a conference's participants that are meant, each with its place.
pub(crate) fn participants_of(
    view: &ConferenceView,
    is_meant: impl Fn(ParticipantId) -> bool,
) -> Vec<participant::Model> {
    view.participants
        .iter()
        .zip(0..)
        .filter(|(row, _)| is_meant(row.id))
        .map(|(row, position)| participant_to_row(view.id, position, row))
        .collect()
}

/// Rows that were made before, in place of what was there; what is newer stays as a whole.
pub(crate) async fn write(
    conn: &impl ConnectionTrait,
    conference: entity::Model,
    participants: Vec<participant::Model>,
    files: Vec<recording::Model>,
) -> Result<(), StoreError> {
    let replace = OnConflict::column(entity::Column::Id)
        .update_columns([
            entity::Column::Version,
            entity::Column::Locked,
            entity::Column::Recording,
            entity::Column::EndedAt,
        ])
        .action_and_where(
            Expr::col((entity::Entity, entity::Column::Version))
                .lte(Expr::col(("excluded", entity::Column::Version))),
        )
        .to_owned();
    if !rows::upsert(conn, conference, replace).await? {
        return Ok(());
    }
    recordings::save(conn, files).await?;
    save_participants(conn, participants).await
}

async fn save_participants(
    conn: &impl ConnectionTrait,
    participants: Vec<participant::Model>,
) -> Result<(), StoreError> {
    let replace = OnConflict::column(participant::Column::Id)
        .update_columns(participant::Column::iter().filter(|column| {
            !matches!(
                column,
                participant::Column::Id | participant::Column::Conference
            )
        }))
        .to_owned();
    rows::upsert_many(conn, participants, &replace).await
}
