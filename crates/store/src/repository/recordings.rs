//! What is known of the files of recordings. The files themselves lie in a folder of the server.

use std::collections::HashMap;

use model::{ConferenceId, ConferenceView, CustomerId, RecordedFile, RecordingFailure, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{Recordings, rows};
use crate::{
    Access, Scope, StoreError, Tx,
    codec::{Table, nanoseconds},
    entity::recording as entity,
    store::sealed::Linked,
};

const TABLE: Table = Table("recordings");

/// A file as it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingRow {
    /// Of which conference.
    pub conference: ConferenceId,
    /// Whose.
    pub customer: CustomerId,
    /// The file.
    pub file: RecordedFile,
    /// Somebody deleted it.
    pub is_deleted: bool,
}

fn from_row(row: &entity::Model) -> Result<RecordingRow, StoreError> {
    let failure = row.failure.as_deref();
    let failure = failure
        .map(|name| TABLE.name("failure", name, RecordingFailure::from_name))
        .transpose()?;
    Ok(RecordingRow {
        conference: ConferenceId::from_uuid(row.conference),
        customer: CustomerId::from_uuid(row.customer),
        file: RecordedFile {
            number: TABLE.count("number", row.number)?,
            started_at: TABLE.time("started_at", row.started_at)?,
            ended_at: TABLE.time_some("ended_at", row.ended_at)?,
            failure,
        },
        is_deleted: row.deleted_at.is_some(),
    })
}

/// The files of these conferences, in order.
pub(super) async fn by_conference(
    conn: &impl ConnectionTrait,
    conferences: &[Uuid],
) -> Result<HashMap<Uuid, Vec<RecordedFile>>, StoreError> {
    let mut found: HashMap<Uuid, Vec<RecordedFile>> = HashMap::new();
    for chunk in conferences.chunks(500) {
        let rows = entity::Entity::find()
            .filter(entity::Column::Conference.is_in(chunk.iter().copied()))
            .order_by_asc(entity::Column::Number)
            .all(conn)
            .await?;
        for row in rows {
            let files = found.entry(row.conference).or_default();
            files.push(from_row(&row)?.file);
        }
    }
    Ok(found)
}

/// A conference's files.
pub(crate) fn rows_of(view: &ConferenceView) -> Vec<entity::Model> {
    let row = |file: &RecordedFile| entity::Model {
        conference: view.id.uuid(),
        number: file.number.into(),
        customer: view.customer.uuid(),
        started_at: nanoseconds(file.started_at),
        ended_at: file.ended_at.map(nanoseconds),
        failure: file.failure.map(|failure| failure.as_str().to_owned()),
        deleted_at: None,
    };
    view.recordings.iter().map(row).collect()
}

/// Writes a conference's files; that one was deleted stays.
pub(super) async fn save(
    conn: &impl ConnectionTrait,
    files: Vec<entity::Model>,
) -> Result<(), StoreError> {
    let replace = OnConflict::columns([entity::Column::Conference, entity::Column::Number])
        .update_columns([entity::Column::EndedAt, entity::Column::Failure])
        .to_owned();
    rows::upsert_many(conn, files, &replace).await
}

impl<A: Access> Recordings<'_, A> {
    /// What is written down of these conferences' files.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn of(
        &self,
        scope: Scope,
        conferences: &[ConferenceId],
    ) -> Result<Vec<RecordingRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in conferences.chunks(500) {
            let rows = entity::Entity::find()
                .filter(scope.on(entity::Column::Customer))
                .filter(entity::Column::Conference.is_in(chunk.iter().map(|id| id.uuid())))
                .all(self.0.link())
                .await?;
            for row in &rows {
                found.push(from_row(row)?);
            }
        }
        Ok(found)
    }

    /// Conferences with a recording that failed and was not deleted: there may be no file of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn failed(&self, scope: Scope) -> Result<Vec<ConferenceId>, StoreError> {
        let ids: Vec<Uuid> = entity::Entity::find()
            .filter(scope.on(entity::Column::Customer))
            .filter(entity::Column::Failure.is_not_null())
            .filter(entity::Column::DeletedAt.is_null())
            .select_only()
            .column(entity::Column::Conference)
            .distinct()
            .into_tuple()
            .all(self.0.link())
            .await?;
        Ok(ids.into_iter().map(ConferenceId::from_uuid).collect())
    }
}

impl Recordings<'_, Tx> {
    /// Writes down that a file was deleted: what its conference still says of it brings nothing
    /// back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn mark_deleted(
        &self,
        scope: Scope,
        conference: ConferenceId,
        number: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        entity::Entity::update_many()
            .col_expr(entity::Column::DeletedAt, Expr::val(nanoseconds(at)))
            .filter(scope.on(entity::Column::Customer))
            .filter(entity::Column::Conference.eq(conference.uuid()))
            .filter(entity::Column::Number.eq(i64::from(number)))
            .exec(self.0.link())
            .await?;
        Ok(())
    }
}
