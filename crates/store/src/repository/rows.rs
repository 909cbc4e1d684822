//! What every resource does with its rows: insert, update if unchanged, count.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr,
    EntityTrait, FromQueryResult, IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter, Select,
    sea_query::OnConflict,
};

use crate::StoreError;

/// Inserts one row.
pub(super) async fn insert<M, C>(conn: &C, row: M) -> Result<(), StoreError>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    M::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Inserts one row, or does with the one that is there as told; whether any row was written.
pub(crate) async fn upsert<M, C>(conn: &C, row: M, or: OnConflict) -> Result<bool, StoreError>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    let insert = M::Entity::insert(row.into_active_model().reset_all()).on_conflict(or);
    match insert.exec_without_returning(conn).await {
        Ok(written) => Ok(written > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Inserts many rows, each or does with the one that is there as told.
pub(super) async fn upsert_many<M, C>(
    conn: &C,
    rows: Vec<M>,
    or: &OnConflict,
) -> Result<(), StoreError>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    let mut rows = rows
        .into_iter()
        .map(|row| row.into_active_model().reset_all());
    loop {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        M::Entity::insert_many(chunk)
            .on_conflict(or.clone())
            .exec_without_returning(conn)
            .await?;
    }
}

/// Rows an INSERT takes at once: PostgreSQL binds at most 65,535 values, SQLite 32,766.
const CHUNK: usize = 500;

/// Inserts many rows, a few statements for all.
pub(crate) async fn insert_many<M, C>(conn: &C, rows: Vec<M>) -> Result<(), StoreError>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    let mut rows = rows
        .into_iter()
        .map(|row| row.into_active_model().reset_all());
    loop {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        M::Entity::insert_many(chunk)
            .exec_without_returning(conn)
            .await?;
    }
}

/// Replaces the one row that `which` finds, if its version is still `expected`; `row` carries the
/// next one.
pub(super) async fn update<M, C>(
    conn: &C,
    row: M,
    which: Condition,
    version: <M::Entity as EntityTrait>::Column,
    expected: u64,
) -> Result<(), StoreError>
where
    M: ModelTrait
        + Sync
        + FromQueryResult
        + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    let done = M::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(which.clone())
        .filter(version.eq(crate::codec::signed(expected)))
        .exec(conn)
        .await?;
    if done.rows_affected == 1 {
        return Ok(());
    }
    if count(conn, M::Entity::find().filter(which)).await? == 0 {
        Err(StoreError::NotFound)
    } else {
        Err(StoreError::VersionConflict)
    }
}

/// Deletes the one row that `which` finds.
pub(super) async fn delete<E, C>(conn: &C, which: Condition) -> Result<(), StoreError>
where
    E: EntityTrait,
    C: ConnectionTrait,
{
    let done = E::delete_many().filter(which).exec(conn).await?;
    if done.rows_affected == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

/// How many rows.
pub(super) async fn count<E, C>(conn: &C, select: Select<E>) -> Result<u64, StoreError>
where
    E: EntityTrait,
    E::Model: FromQueryResult + Send + Sync,
    C: ConnectionTrait,
{
    Ok(select.count(conn).await?)
}
