//! One name space a customer for what people sign in with: usernames, email addresses and the
//! usernames of conference managers. So nobody can take a name that is another's address.

use model::{ConferenceManager, CustomerId, ManagerId, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{SignInNames, rows};
use crate::{Access, StoreError, codec::Table, entity::sign_in_name as entity};

/// Whose sign-in name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOwner {
    /// A person's.
    User(UserId),
    /// A conference manager account's.
    Manager(ManagerId),
}

/// The provider's people are a tenant of their own: the nil UUID, which is nobody's id.
fn tenant(customer: Option<CustomerId>) -> Uuid {
    customer.map_or(Uuid::nil(), CustomerId::uuid)
}

/// The username, and the address unless it is the same; in this order.
pub(super) fn of_user(user: &User) -> Vec<entity::Model> {
    let row = |name: &str| entity::Model {
        tenant: tenant(user.customer),
        name: name.to_owned(),
        kind: "user".to_owned(),
        owner: user.id.uuid(),
    };
    let mut names = vec![row(user.username.as_str())];
    if let Some(email) = &user.email
        && email.as_str() != user.username.as_str()
    {
        names.push(row(email.as_str()));
    }
    names
}

pub(super) fn of_manager(manager: &ConferenceManager) -> entity::Model {
    entity::Model {
        tenant: tenant(Some(manager.customer)),
        name: manager.username.to_string(),
        kind: "manager".to_owned(),
        owner: manager.id.uuid(),
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

impl<A: Access> SignInNames<'_, A> {
    /// Who signs in to this customer (none: the provider) with that name, in lower case.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn owner(
        &self,
        customer: Option<CustomerId>,
        name: &str,
    ) -> Result<Option<SignInOwner>, StoreError> {
        let row = entity::Entity::find_by_id((tenant(customer), name.to_owned()))
            .one(self.0.link())
            .await?;
        row.map(|row| match row.kind.as_str() {
            "user" => Ok(SignInOwner::User(UserId::from_uuid(row.owner))),
            "manager" => Ok(SignInOwner::Manager(ManagerId::from_uuid(row.owner))),
            other => Err(Table("sign_in_names").corrupt(format!("kind: {other:?}"))),
        })
        .transpose()
    }
}
