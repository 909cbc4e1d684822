//! Access profiles: the standard ones, which all see, and those of customers.

use model::{AccessProfile, AccessProfileId, CustomerId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder};

use super::{Profiles, rows};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{self, Table, signed},
    entity::{access_profile as entity, api_key, user},
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of profiles are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProfileSort {
    /// The name.
    #[default]
    Name,
}

const TABLE: Table = Table("access_profiles");

fn to_row(profile: &AccessProfile, version: u64) -> entity::Model {
    entity::Model {
        id: profile.id.uuid(),
        customer: profile.customer.map(CustomerId::uuid),
        name: profile.name.clone(),
        description: profile.description.clone(),
        grants: codec::grants(&profile.grants),
        version: signed(version),
    }
}

pub(super) fn from_row(row: entity::Model) -> Result<AccessProfile, StoreError> {
    Ok(AccessProfile {
        id: AccessProfileId::from_uuid(row.id),
        customer: row.customer.map(CustomerId::from_uuid),
        grants: codec::grants_from(TABLE, &row.grants)?,
        name: row.name,
        description: row.description,
        version: TABLE.count("version", row.version)?,
    })
}

/// A customer sees its own and the standard ones.
fn visible(scope: Scope) -> Condition {
    match scope {
        Scope::Provider => Condition::all(),
        Scope::Customer(_) => Condition::any()
            .add(entity::Column::Customer.is_null())
            .add(scope.on(entity::Column::Customer)),
    }
}

/// A customer changes its own only.
fn own(scope: Scope, profile: AccessProfileId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(profile.uuid()))
}

impl<A: Access> Profiles<'_, A> {
    /// One profile: the scope's own, or a standard one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(
        &self,
        scope: Scope,
        profile: AccessProfileId,
    ) -> Result<Option<AccessProfile>, StoreError> {
        let row = entity::Entity::find_by_id(profile.uuid())
            .filter(visible(scope))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// The profile that a role of this customer (none: the provider) means: its own of that name,
    /// else the standard one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_name(
        &self,
        customer: Option<CustomerId>,
        name: &str,
    ) -> Result<Option<AccessProfile>, StoreError> {
        let of = |owner| {
            entity::Entity::find()
                .filter(Scope::exactly(owner, entity::Column::Customer))
                .filter(entity::Column::Name.eq(name))
        };
        let mut row = of(customer).one(self.0.link()).await?;
        if row.is_none() && customer.is_some() {
            row = of(None).one(self.0.link()).await?;
        }
        row.map(from_row).transpose()
    }

    /// A page of profiles.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<ProfileSort>,
    ) -> Result<Page<AccessProfile>, StoreError> {
        let select = entity::Entity::find().filter(visible(scope));
        let sort = match list.sort {
            ProfileSort::Name => Sort {
                expr: entity::Column::Name.into_simple_expr(),
                numeric: false,
                key: |row: &entity::Model| SortKey::Text(row.name.clone()),
                id: |row: &entity::Model| row.id,
            },
        };
        page(self.0.link(), select, entity::Column::Id, sort, list)
            .await?
            .try_map(from_row)
    }

    /// How many profiles.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        rows::count(self.0.link(), entity::Entity::find().filter(visible(scope))).await
    }

    /// All of them, standard and own.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn all(&self) -> Result<Vec<AccessProfile>, StoreError> {
        let rows = entity::Entity::find()
            .order_by_asc(entity::Column::Name)
            .order_by_asc(entity::Column::Id)
            .all(self.0.link())
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

impl Profiles<'_, Tx> {
    /// Adds a profile.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `name`.
    pub async fn insert(&self, profile: &AccessProfile) -> Result<(), StoreError> {
        rows::insert(self.0.link(), to_row(profile, profile.version)).await
    }

    /// Changes a profile that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`], [`StoreError::Taken`].
    pub async fn update(&self, profile: &mut AccessProfile) -> Result<(), StoreError> {
        let which = Scope::exactly(profile.customer, entity::Column::Customer)
            .add(entity::Column::Id.eq(profile.id.uuid()));
        let row = to_row(profile, profile.version + 1);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            profile.version,
        )
        .await?;
        profile.version += 1;
        Ok(())
    }

    /// Removes a profile.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while users or keys of its owner have it.
    pub async fn delete(&self, scope: Scope, profile: AccessProfileId) -> Result<(), StoreError> {
        let link = self.0.link();
        let row = entity::Entity::find()
            .filter(own(scope, profile))
            .one(link)
            .await?
            .ok_or(StoreError::NotFound)?;
        let owner = row.customer.map(CustomerId::from_uuid);
        // A standard profile may be anyone's.
        let reach = owner.map_or(Scope::Provider, Scope::Customer);
        let users = user::Entity::find()
            .filter(reach.on(user::Column::Customer))
            .filter(user::Column::Role.eq(&row.name));
        let keys = api_key::Entity::find()
            .filter(reach.on(api_key::Column::Customer))
            .filter(api_key::Column::Profile.eq(&row.name));
        if rows::count(link, users).await? + rows::count(link, keys).await? > 0 {
            return Err(StoreError::InUse);
        }
        rows::delete::<entity::Entity, _>(link, own(scope, profile)).await
    }

    /// Brings the standard profiles to what this version ships: adds the missing, replaces the
    /// changed, matched by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn upsert_standard(&self, profiles: &[AccessProfile]) -> Result<(), StoreError> {
        for shipped in profiles {
            match self.by_name(None, &shipped.name).await? {
                None => self.insert(shipped).await?,
                Some(mut stored) => {
                    let same = stored.grants == shipped.grants
                        && stored.description == shipped.description;
                    if !same {
                        stored.grants.clone_from(&shipped.grants);
                        stored.description.clone_from(&shipped.description);
                        self.update(&mut stored).await?;
                    }
                }
            }
        }
        Ok(())
    }
}
