//! Locations of customers.

use model::{CustomerId, DisplayName, NodeKind, Site, SiteId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter,
    sea_query::Func,
};

use super::{Sites, nodes, rows};
use crate::{
    Access, List, Node, Page, Scope, StoreError, Tx,
    codec::{self, Table, nanoseconds, signed},
    entity::site as entity,
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of sites are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SiteSort {
    /// As people call it.
    #[default]
    Name,
    /// When it was made.
    CreatedAt,
}

const TABLE: Table = Table("sites");

fn to_row(site: &Site, version: u64) -> entity::Model {
    entity::Model {
        id: site.id.uuid(),
        customer: site.customer.uuid(),
        name: site.name.to_string(),
        country: site.country.clone(),
        time_zone: site.time_zone.clone(),
        tones: codec::tone_plan(site.tones).to_owned(),
        version: signed(version),
        created_at: nanoseconds(site.created_at),
    }
}

pub(super) fn from_row(row: entity::Model) -> Result<Site, StoreError> {
    Ok(Site {
        id: SiteId::from_uuid(row.id),
        customer: CustomerId::from_uuid(row.customer),
        name: TABLE.parse("name", &row.name, DisplayName::parse)?,
        country: row.country,
        time_zone: row.time_zone,
        tones: TABLE.name("tones", &row.tones, codec::tone_plan_from)?,
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
    })
}

fn sort(by: SiteSort) -> Sort<entity::Model> {
    match by {
        SiteSort::Name => Sort {
            expr: Func::lower(entity::Column::Name.into_simple_expr()).into(),
            numeric: false,
            key: |row| SortKey::Text(row.name.to_ascii_lowercase()),
            id: |row| row.id,
        },
        SiteSort::CreatedAt => Sort {
            expr: entity::Column::CreatedAt.into_simple_expr(),
            numeric: true,
            key: |row| SortKey::Number(row.created_at),
            id: |row| row.id,
        },
    }
}

fn which(scope: Scope, site: SiteId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(site.uuid()))
}

pub(super) async fn insert(conn: &impl ConnectionTrait, site: &Site) -> Result<(), StoreError> {
    let node = Node {
        id: site.id.node(),
        parent: Some(site.customer.node()),
        kind: NodeKind::Site,
    };
    nodes::insert(conn, node, site.created_at).await?;
    rows::insert(conn, to_row(site, site.version)).await
}

impl<A: Access> Sites<'_, A> {
    /// One site.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, scope: Scope, site: SiteId) -> Result<Option<Site>, StoreError> {
        let row = entity::Entity::find()
            .filter(which(scope, site))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// A page of sites.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<SiteSort>,
    ) -> Result<Page<Site>, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        page(
            self.0.link(),
            select,
            entity::Column::Id,
            sort(list.sort),
            list,
        )
        .await?
        .try_map(from_row)
    }

    /// How many sites.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        rows::count(self.0.link(), select).await
    }
}

impl Sites<'_, Tx> {
    /// Adds a site and its node.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if the customer is gone.
    pub async fn insert(&self, site: &Site) -> Result<(), StoreError> {
        insert(self.0.link(), site).await
    }

    /// Changes a site that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`].
    pub async fn update(&self, site: &mut Site) -> Result<(), StoreError> {
        let which = which(Scope::Customer(site.customer), site.id);
        let row = to_row(site, site.version + 1);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            site.version,
        )
        .await?;
        site.version += 1;
        Ok(())
    }

    /// Removes a site. Whether it is the customer's default is for the caller to see to.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while users sit there.
    pub async fn delete(&self, scope: Scope, site: SiteId) -> Result<(), StoreError> {
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, site)).await?;
        nodes::delete(self.0.link(), site.node()).await
    }
}
