//! Keys of programs. Only the hash of a key is kept.

use model::{ApiKey, ApiKeyId, CustomerId, DisplayName, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter,
    sea_query::{Expr, Func},
};

use super::{ApiKeys, rows};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{Table, nanoseconds, signed},
    entity::api_key as entity,
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of keys are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApiKeySort {
    /// What it is for.
    #[default]
    Name,
    /// When it was made.
    CreatedAt,
}

const TABLE: Table = Table("api_keys");

fn from_row(row: entity::Model) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        customer: row.customer.map(CustomerId::from_uuid),
        name: TABLE.parse("name", &row.name, DisplayName::parse)?,
        profile: row.profile,
        created_at: TABLE.time("created_at", row.created_at)?,
        last_used_at: TABLE.time_some("last_used_at", row.last_used_at)?,
        expires_at: TABLE.time_some("expires_at", row.expires_at)?,
        version: TABLE.count("version", row.version)?,
    })
}

fn which(scope: Scope, key: ApiKeyId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(key.uuid()))
}

impl<A: Access> ApiKeys<'_, A> {
    /// The key with that SHA-256, expired or not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_key(&self, key_hash: &[u8; 32]) -> Result<Option<ApiKey>, StoreError> {
        let row = entity::Entity::find()
            .filter(entity::Column::KeyHash.eq(key_hash.to_vec()))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// One key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, scope: Scope, key: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let row = entity::Entity::find()
            .filter(which(scope, key))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// A page of keys.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<ApiKeySort>,
    ) -> Result<Page<ApiKey>, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        let sort: Sort<entity::Model> = match list.sort {
            ApiKeySort::Name => Sort {
                expr: Func::lower(entity::Column::Name.into_simple_expr()).into(),
                numeric: false,
                key: |row| SortKey::Text(row.name.to_ascii_lowercase()),
                id: |row| row.id,
            },
            ApiKeySort::CreatedAt => Sort {
                expr: entity::Column::CreatedAt.into_simple_expr(),
                numeric: true,
                key: |row| SortKey::Number(row.created_at),
                id: |row| row.id,
            },
        };
        page(self.0.link(), select, entity::Column::Id, sort, list)
            .await?
            .try_map(from_row)
    }

    /// A customer's keys with this profile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn of_profile(
        &self,
        customer: CustomerId,
        profile: &str,
    ) -> Result<Vec<ApiKey>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::Customer.eq(customer.uuid()))
            .filter(entity::Column::Profile.eq(profile))
            .all(self.0.link())
            .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// How many keys.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        rows::count(self.0.link(), select).await
    }
}

impl ApiKeys<'_, Tx> {
    /// Adds a key with the SHA-256 of itself.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the key exists.
    pub async fn insert(&self, key: &ApiKey, key_hash: &[u8; 32]) -> Result<(), StoreError> {
        let row = entity::Model {
            id: key.id.uuid(),
            customer: key.customer.map(CustomerId::uuid),
            key_hash: key_hash.to_vec(),
            name: key.name.to_string(),
            profile: key.profile.clone(),
            created_at: nanoseconds(key.created_at),
            last_used_at: key.last_used_at.map(nanoseconds),
            expires_at: key.expires_at.map(nanoseconds),
            version: signed(key.version),
        };
        rows::insert(self.0.link(), row).await
    }

    /// Gives all keys of a customer that have one profile another.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn change_profile(
        &self,
        customer: CustomerId,
        (from, to): (&str, &str),
    ) -> Result<(), StoreError> {
        entity::Entity::update_many()
            .col_expr(entity::Column::Profile, Expr::val(to))
            .filter(entity::Column::Customer.eq(customer.uuid()))
            .filter(entity::Column::Profile.eq(from))
            .exec(self.0.link())
            .await?;
        Ok(())
    }

    /// Notes when keys were used last, in one batch. Those that are gone are skipped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn used(&self, keys: &[(ApiKeyId, Timestamp)]) -> Result<(), StoreError> {
        for (key, at) in keys {
            entity::Entity::update_many()
                .col_expr(entity::Column::LastUsedAt, Expr::val(nanoseconds(*at)))
                .filter(entity::Column::Id.eq(key.uuid()))
                .exec(self.0.link())
                .await?;
        }
        Ok(())
    }

    /// Removes a key.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete(&self, scope: Scope, key: ApiKeyId) -> Result<(), StoreError> {
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, key)).await
    }
}
