//! One number space a customer: extensions and rooms.

use model::{CustomerId, Extension, Room, RoomId, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Numbers, rows};
use crate::{Access, StoreError, codec::Table, entity::number as entity};

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOwner {
    /// A user's extension.
    User(UserId),
    /// A conference room's.
    Room(RoomId),
}

const TABLE: Table = Table("numbers");

pub(super) fn of_user(user: &User) -> Option<entity::Model> {
    Some(entity::Model {
        customer: user.customer?.uuid(),
        number: user.extension.as_ref()?.to_string(),
        kind: "user".to_owned(),
        owner: user.id.uuid(),
    })
}

pub(super) fn of_room(room: &Room) -> entity::Model {
    entity::Model {
        customer: room.customer.uuid(),
        number: room.number.to_string(),
        kind: "room".to_owned(),
        owner: room.id.uuid(),
    }
}

pub(super) async fn claim(
    conn: &impl ConnectionTrait,
    row: entity::Model,
    field: &'static str,
) -> Result<(), StoreError> {
    match rows::insert(conn, row).await {
        Err(StoreError::Taken { .. }) => Err(StoreError::Taken { field }),
        other => other,
    }
}

pub(super) async fn release(conn: &impl ConnectionTrait, owner: Uuid) -> Result<(), StoreError> {
    entity::Entity::delete_many()
        .filter(entity::Column::Owner.eq(owner))
        .exec(conn)
        .await?;
    Ok(())
}

fn owner_from(row: &entity::Model) -> Result<NumberOwner, StoreError> {
    match row.kind.as_str() {
        "user" => Ok(NumberOwner::User(UserId::from_uuid(row.owner))),
        "room" => Ok(NumberOwner::Room(RoomId::from_uuid(row.owner))),
        other => Err(TABLE.corrupt(format!("kind: {other:?}"))),
    }
}

impl<A: Access> Numbers<'_, A> {
    /// Whose number it is in this customer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn owner(
        &self,
        customer: CustomerId,
        number: &Extension,
    ) -> Result<Option<NumberOwner>, StoreError> {
        let row = entity::Entity::find_by_id((customer.uuid(), number.to_string()))
            .one(self.0.link())
            .await?;
        row.as_ref().map(owner_from).transpose()
    }

    /// All numbers of a customer, sorted as text.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn of_customer(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<(Extension, NumberOwner)>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::Customer.eq(customer.uuid()))
            .order_by_asc(entity::Column::Number)
            .all(self.0.link())
            .await?;
        rows.iter()
            .map(|row| {
                let number = TABLE.parse("number", &row.number, Extension::parse)?;
                Ok((number, owner_from(row)?))
            })
            .collect()
    }
}
