//! The hierarchy: provider, customers, sites. Customers and sites bring their nodes themselves.

use model::{NodeId, NodeKind, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Chain, Nodes, rows};
use crate::{
    Access, StoreError, Tx, audit_chain,
    codec::{self, Table, nanoseconds},
    entity::node as entity,
    store::sealed::Linked,
};

/// A place in the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Identity.
    pub id: NodeId,
    /// None: the provider.
    pub parent: Option<NodeId>,
    /// What it is.
    pub kind: NodeKind,
}

fn from_row(row: &entity::Model) -> Result<Node, StoreError> {
    Ok(Node {
        id: NodeId::from_uuid(row.id),
        parent: row.parent.map(NodeId::from_uuid),
        kind: Table("nodes").name("kind", &row.kind, codec::node_kind_from)?,
    })
}

pub(super) async fn insert(
    conn: &impl ConnectionTrait,
    node: Node,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = entity::Model {
        id: node.id.uuid(),
        parent: node.parent.map(NodeId::uuid),
        kind: codec::node_kind(node.kind).to_owned(),
        created_at: nanoseconds(at),
    };
    rows::insert(conn, row).await
}

pub(super) async fn delete(conn: &impl ConnectionTrait, node: NodeId) -> Result<(), StoreError> {
    entity::Entity::delete_by_id(node.uuid()).exec(conn).await?;
    Ok(())
}

impl<A: Access> Nodes<'_, A> {
    /// The provider's node; none on an empty database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn provider(&self) -> Result<Option<NodeId>, StoreError> {
        let row = entity::Entity::find()
            .filter(entity::Column::Parent.is_null())
            .one(self.0.link())
            .await?;
        Ok(row.map(|row| NodeId::from_uuid(row.id)))
    }

    /// The node above; none above the provider.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn parent(&self, node: NodeId) -> Result<Option<NodeId>, StoreError> {
        let row = entity::Entity::find_by_id(node.uuid())
            .one(self.0.link())
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok(row.parent.map(NodeId::from_uuid))
    }

    /// The whole hierarchy, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn all(&self) -> Result<Vec<Node>, StoreError> {
        let rows = entity::Entity::find()
            .order_by_asc(entity::Column::CreatedAt)
            .order_by_asc(entity::Column::Id)
            .all(self.0.link())
            .await?;
        rows.iter().map(from_row).collect()
    }
}

impl Nodes<'_, Tx> {
    /// Makes the provider's node: once, at the first start.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is one.
    pub async fn insert_provider(&self, node: NodeId, at: Timestamp) -> Result<(), StoreError> {
        if self.provider().await?.is_some() {
            return Err(StoreError::Taken { field: "provider" });
        }
        let node = Node {
            id: node,
            parent: None,
            kind: NodeKind::Provider,
        };
        insert(self.0.link(), node, at).await?;
        let key = &self.0.shared().key;
        audit_chain::begin(self.0.link(), key, Chain::Provider.uuid()).await
    }
}
