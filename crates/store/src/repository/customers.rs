//! Companies on the server.

use model::{AccountName, Customer, CustomerId, DisplayName, NodeId, NodeKind, Site, SiteId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, sea_query::Func};

use super::{Customers, nodes, rows, sites};
use crate::{
    Access, List, Node, Page, Scope, StoreError, Tx, audit_chain,
    codec::{Table, nanoseconds, signed},
    entity::{access_profile, api_key, contact, customer as entity, node, site},
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// What lists of customers are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CustomerSort {
    /// As people call it.
    #[default]
    Name,
    /// The short name.
    AccountName,
    /// When it was made.
    CreatedAt,
}

const TABLE: Table = Table("customers");

fn to_row(customer: &Customer, version: u64) -> entity::Model {
    entity::Model {
        id: customer.id.uuid(),
        parent: customer.parent.uuid(),
        name: customer.name.to_string(),
        account_name: customer.account_name.to_string(),
        default_site: customer.default_site.uuid(),
        version: signed(version),
        created_at: nanoseconds(customer.created_at),
    }
}

pub(super) fn from_row(row: entity::Model) -> Result<Customer, StoreError> {
    Ok(Customer {
        id: CustomerId::from_uuid(row.id),
        parent: NodeId::from_uuid(row.parent),
        name: TABLE.parse("name", &row.name, DisplayName::parse)?,
        account_name: TABLE.parse("account_name", &row.account_name, AccountName::parse)?,
        default_site: SiteId::from_uuid(row.default_site),
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
    })
}

fn sort(by: CustomerSort) -> Sort<entity::Model> {
    let id = |row: &entity::Model| row.id;
    match by {
        CustomerSort::Name => Sort {
            expr: Func::lower(entity::Column::Name.into_simple_expr()).into(),
            numeric: false,
            key: |row| SortKey::Text(row.name.to_ascii_lowercase()),
            id,
        },
        CustomerSort::AccountName => Sort {
            expr: entity::Column::AccountName.into_simple_expr(),
            numeric: false,
            key: |row| SortKey::Text(row.account_name.clone()),
            id,
        },
        CustomerSort::CreatedAt => Sort {
            expr: entity::Column::CreatedAt.into_simple_expr(),
            numeric: true,
            key: |row| SortKey::Number(row.created_at),
            id,
        },
    }
}

impl<A: Access> Customers<'_, A> {
    /// One customer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, customer: CustomerId) -> Result<Option<Customer>, StoreError> {
        let row = entity::Entity::find_by_id(customer.uuid())
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// The customer with that short name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_account_name(
        &self,
        name: &AccountName,
    ) -> Result<Option<Customer>, StoreError> {
        let row = entity::Entity::find()
            .filter(entity::Column::AccountName.eq(name.as_str()))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// A page of customers; a customer's scope holds itself only.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<CustomerSort>,
    ) -> Result<Page<Customer>, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Id));
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

    /// How many customers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope) -> Result<u64, StoreError> {
        let select = entity::Entity::find().filter(scope.on(entity::Column::Id));
        rows::count(self.0.link(), select).await
    }
}

impl Customers<'_, Tx> {
    /// Adds a customer with its first site and the nodes of both.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `account_name`.
    pub async fn insert(&self, customer: &Customer, site: &Site) -> Result<(), StoreError> {
        let node = Node {
            id: customer.id.node(),
            parent: Some(customer.parent),
            kind: NodeKind::Customer,
        };
        nodes::insert(self.0.link(), node, customer.created_at).await?;
        rows::insert(self.0.link(), to_row(customer, customer.version)).await?;
        sites::insert(self.0.link(), site).await?;
        let key = &self.0.shared().key;
        audit_chain::begin(self.0.link(), key, customer.id.uuid()).await
    }

    /// Changes a customer that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`], [`StoreError::Taken`].
    pub async fn update(&self, customer: &mut Customer) -> Result<(), StoreError> {
        let which = Condition::all().add(entity::Column::Id.eq(customer.id.uuid()));
        let row = to_row(customer, customer.version + 1);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            customer.version,
        )
        .await?;
        customer.version += 1;
        Ok(())
    }

    /// Removes a customer with its sites, contacts, keys and profiles. Call records and the audit
    /// log stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while it has users, rooms or managers.
    pub async fn delete(&self, customer: CustomerId) -> Result<(), StoreError> {
        let link = self.0.link();
        let id = customer.uuid();
        contact::Entity::delete_many()
            .filter(contact::Column::Customer.eq(id))
            .exec(link)
            .await?;
        api_key::Entity::delete_many()
            .filter(api_key::Column::Customer.eq(id))
            .exec(link)
            .await?;
        access_profile::Entity::delete_many()
            .filter(access_profile::Column::Customer.eq(id))
            .exec(link)
            .await?;
        site::Entity::delete_many()
            .filter(site::Column::Customer.eq(id))
            .exec(link)
            .await?;
        let which = Condition::all().add(entity::Column::Id.eq(id));
        rows::delete::<entity::Entity, _>(link, which).await?;
        node::Entity::delete_many()
            .filter(node::Column::Parent.eq(id))
            .exec(link)
            .await?;
        nodes::delete(link, customer.node()).await
    }
}
