//! The address book of a customer.

use model::{Contact, ContactId, CustomerId, DialTarget, DisplayName};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, Select,
    sea_query::{Expr, Func, LikeExpr},
};

use super::{Contacts, rows};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{Table, nanoseconds, signed},
    entity::contact as entity,
    list::{Sort, SortKey, like_part, page},
    store::sealed::Linked,
};

/// What lists of contacts are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactSort {
    /// As people call it.
    #[default]
    Name,
    /// When it was made.
    CreatedAt,
}

const TABLE: Table = Table("contacts");

fn to_row(contact: &Contact, version: u64) -> entity::Model {
    entity::Model {
        id: contact.id.uuid(),
        customer: contact.customer.uuid(),
        name: contact.name.to_string(),
        target: contact.target.to_string(),
        version: signed(version),
        created_at: nanoseconds(contact.created_at),
    }
}

pub(super) fn from_row(row: entity::Model) -> Result<Contact, StoreError> {
    Ok(Contact {
        id: ContactId::from_uuid(row.id),
        customer: CustomerId::from_uuid(row.customer),
        name: TABLE.parse("name", &row.name, DisplayName::parse)?,
        target: TABLE.parse("target", &row.target, DialTarget::parse)?,
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
    })
}

fn which(scope: Scope, contact: ContactId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(contact.uuid()))
}

fn select(scope: Scope, q: Option<&str>) -> Select<entity::Entity> {
    let found = entity::Entity::find().filter(scope.on(entity::Column::Customer));
    let Some(q) = q else {
        return found;
    };
    let part = LikeExpr::new(like_part(q)).escape('\\');
    let any = [entity::Column::Name, entity::Column::Target]
        .into_iter()
        .fold(Condition::any(), |any, column| {
            any.add(Expr::expr(Func::lower(column.into_simple_expr())).like(part.clone()))
        });
    found.filter(any)
}

fn sort(by: ContactSort) -> Sort<entity::Model> {
    match by {
        ContactSort::Name => Sort {
            expr: Func::lower(entity::Column::Name.into_simple_expr()).into(),
            numeric: false,
            key: |row| SortKey::Text(row.name.to_ascii_lowercase()),
            id: |row| row.id,
        },
        ContactSort::CreatedAt => Sort {
            expr: entity::Column::CreatedAt.into_simple_expr(),
            numeric: true,
            key: |row| SortKey::Number(row.created_at),
            id: |row| row.id,
        },
    }
}

impl<A: Access> Contacts<'_, A> {
    /// One contact.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(
        &self,
        scope: Scope,
        contact: ContactId,
    ) -> Result<Option<Contact>, StoreError> {
        let row = entity::Entity::find()
            .filter(which(scope, contact))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// A page of contacts, of which name or target holds `q`.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        q: Option<&str>,
        list: &List<ContactSort>,
    ) -> Result<Page<Contact>, StoreError> {
        page(
            self.0.link(),
            select(scope, q),
            entity::Column::Id,
            sort(list.sort),
            list,
        )
        .await?
        .try_map(from_row)
    }

    /// How many contacts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope, q: Option<&str>) -> Result<u64, StoreError> {
        rows::count(self.0.link(), select(scope, q)).await
    }
}

impl Contacts<'_, Tx> {
    /// Adds a contact.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if the customer is gone.
    pub async fn insert(&self, contact: &Contact) -> Result<(), StoreError> {
        rows::insert(self.0.link(), to_row(contact, contact.version)).await
    }

    /// Changes a contact that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`].
    pub async fn update(&self, contact: &mut Contact) -> Result<(), StoreError> {
        let which = which(Scope::Customer(contact.customer), contact.id);
        let row = to_row(contact, contact.version + 1);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            contact.version,
        )
        .await?;
        contact.version += 1;
        Ok(())
    }

    /// Removes a contact.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete(&self, scope: Scope, contact: ContactId) -> Result<(), StoreError> {
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, contact)).await
    }
}
