//! Conference manager accounts.

use std::collections::HashMap;

use model::{ConferenceManager, CustomerId, Extension, ManagerId, RoomId, Timestamp, Username};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::{Managers, rows, sign_in_names, users};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{Table, nanoseconds, signed},
    entity::{conference_manager as entity, manager_room, password},
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of managers are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ManagerSort {
    /// The name to sign in with.
    #[default]
    Username,
    /// The extension, as text.
    Extension,
    /// When the account was made.
    CreatedAt,
}

const TABLE: Table = Table("conference_managers");

fn to_row(manager: &ConferenceManager, version: u64) -> entity::Model {
    entity::Model {
        id: manager.id.uuid(),
        customer: manager.customer.uuid(),
        extension: manager.extension.to_string(),
        username: manager.username.to_string(),
        all_rooms: manager.rooms.is_none(),
        disabled: manager.disabled,
        version: signed(version),
        created_at: nanoseconds(manager.created_at),
    }
}

fn from_row(row: &entity::Model, rooms: Vec<RoomId>) -> Result<ConferenceManager, StoreError> {
    Ok(ConferenceManager {
        id: ManagerId::from_uuid(row.id),
        customer: CustomerId::from_uuid(row.customer),
        extension: TABLE.parse("extension", &row.extension, Extension::parse)?,
        username: TABLE.parse("username", &row.username, Username::parse)?,
        rooms: (!row.all_rooms).then_some(rooms),
        disabled: row.disabled,
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
    })
}

/// Adds to each row its rooms.
pub(super) async fn with_rooms(
    conn: &impl ConnectionTrait,
    found: Vec<entity::Model>,
) -> Result<Vec<ConferenceManager>, StoreError> {
    let mut rooms: HashMap<Uuid, Vec<RoomId>> = HashMap::new();
    for chunk in found.chunks(500) {
        let limited = chunk.iter().filter(|row| !row.all_rooms).map(|row| row.id);
        let rows = manager_room::Entity::find()
            .filter(manager_room::Column::Manager.is_in(limited))
            .order_by_asc(manager_room::Column::Position)
            .all(conn)
            .await?;
        for row in rows {
            let assigned = rooms.entry(row.manager).or_default();
            assigned.push(RoomId::from_uuid(row.room));
        }
    }
    found
        .iter()
        .map(|row| from_row(row, rooms.remove(&row.id).unwrap_or_default()))
        .collect()
}

fn which(scope: Scope, manager: ManagerId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(manager.uuid()))
}

fn sort(by: ManagerSort) -> Sort<entity::Model> {
    let id = |row: &entity::Model| row.id;
    match by {
        ManagerSort::Username => Sort {
            expr: entity::Column::Username.into_simple_expr(),
            numeric: false,
            key: |row| SortKey::Text(row.username.clone()),
            id,
        },
        ManagerSort::Extension => Sort {
            expr: entity::Column::Extension.into_simple_expr(),
            numeric: false,
            key: |row| SortKey::Text(row.extension.clone()),
            id,
        },
        ManagerSort::CreatedAt => Sort {
            expr: entity::Column::CreatedAt.into_simple_expr(),
            numeric: true,
            key: |row| SortKey::Number(row.created_at),
            id,
        },
    }
}

impl<A: Access> Managers<'_, A> {
    /// One account.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(
        &self,
        scope: Scope,
        manager: ManagerId,
    ) -> Result<Option<ConferenceManager>, StoreError> {
        let rows = entity::Entity::find()
            .filter(which(scope, manager))
            .all(self.0.link())
            .await?;
        Ok(with_rooms(self.0.link(), rows).await?.pop())
    }

    /// A page of accounts.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<ManagerSort>,
    ) -> Result<Page<ConferenceManager>, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        let found = page(
            self.0.link(),
            select,
            entity::Column::Id,
            sort(list.sort),
            list,
        )
        .await?;
        Ok(Page {
            items: with_rooms(self.0.link(), found.items).await?,
            next: found.next,
        })
    }

    /// How many accounts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        rows::count(self.0.link(), select).await
    }

    /// The hash of the account's password.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn password_hash(&self, manager: ManagerId) -> Result<Option<String>, StoreError> {
        let row = password::Entity::find_by_id(manager.uuid());
        Ok(row.one(self.0.link()).await?.map(|row| row.hash))
    }
}

impl Managers<'_, Tx> {
    /// Adds an account with the hash of its password.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `username`; [`StoreError::InUse`] if a room is gone.
    pub async fn insert(&self, manager: &ConferenceManager, hash: &str) -> Result<(), StoreError> {
        self.0.lock_customer(manager.customer).await?;
        rows::insert(self.0.link(), to_row(manager, manager.version)).await?;
        self.claim(manager).await?;
        users::set_password(self.0, manager.id.uuid(), hash, manager.created_at).await
    }

    /// Changes an account that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`], and as for
    /// [`Managers::insert`].
    pub async fn update(&self, manager: &mut ConferenceManager) -> Result<(), StoreError> {
        self.0.lock_customer(manager.customer).await?;
        let which = which(Scope::Customer(manager.customer), manager.id);
        let row = to_row(manager, manager.version + 1);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            manager.version,
        )
        .await?;
        sign_in_names::release(self.0.link(), manager.id.uuid()).await?;
        manager_room::Entity::delete_many()
            .filter(manager_room::Column::Manager.eq(manager.id.uuid()))
            .exec(self.0.link())
            .await?;
        self.claim(manager).await?;
        manager.version += 1;
        Ok(())
    }

    async fn claim(&self, manager: &ConferenceManager) -> Result<(), StoreError> {
        let name = sign_in_names::of_manager(manager);
        sign_in_names::claim(self.0.link(), name, "username").await?;
        let rooms = manager.rooms.iter().flatten().zip(0..);
        let rooms = rooms
            .map(|(room, position)| manager_room::Model {
                manager: manager.id.uuid(),
                room: room.uuid(),
                position,
            })
            .collect();
        rows::insert_many(self.0.link(), rooms).await
    }

    /// Sets or replaces the hash of the account's password.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn set_password_hash(
        &self,
        manager: ManagerId,
        hash: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        users::set_password(self.0, manager.uuid(), hash, at).await
    }

    /// Removes an account with its password, name and sessions.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete(&self, scope: Scope, manager: ManagerId) -> Result<(), StoreError> {
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, manager)).await?;
        users::forget_sign_in(self.0, manager.uuid()).await
    }
}
