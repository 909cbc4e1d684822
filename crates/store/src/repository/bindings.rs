//! Registrations, written behind in batches so that they survive a restart.

use std::sync::Arc;

use model::{CustomerId, DeviceId, Endpoint, SipUsername, StoredBinding, Timestamp, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Bindings, rows};
use crate::{
    Access, StoreError, Tx,
    codec::{Table, nanoseconds, text, to_json},
    entity::{binding as entity, device},
    store::sealed::Linked,
};

const TABLE: Table = Table("bindings");

fn to_row(device: Uuid, position: i64, binding: &StoredBinding) -> entity::Model {
    let endpoint = &binding.endpoint;
    entity::Model {
        device,
        position,
        contact: text(&endpoint.contact),
        user_id: endpoint.user.uuid(),
        customer: endpoint.customer.uuid(),
        transport: text(&endpoint.transport),
        source: text(&endpoint.source),
        user_agent: text(&endpoint.user_agent),
        expires_at: nanoseconds(endpoint.expires_at),
        rtt_ms: endpoint.rtt_ms.map(i64::from),
        updated_at: nanoseconds(endpoint.updated_at),
        sip_username: binding.sip_username.to_string(),
        call_id: text(&binding.call_id),
        cseq: binding.cseq.into(),
        path: to_json(&binding.path),
        instance: binding.instance.as_deref().map(text),
        reg_id: binding.reg_id.map(i64::from),
        local: binding.local.clone(),
        q: binding.q.map(i64::from),
    }
}

fn from_row(row: entity::Model) -> Result<StoredBinding, StoreError> {
    let rtt_ms = row.rtt_ms.map(|value| TABLE.count("rtt_ms", value));
    let reg_id = row.reg_id.map(|value| TABLE.count("reg_id", value));
    let q = row.q.map(|value| TABLE.count("q", value));
    Ok(StoredBinding {
        endpoint: Endpoint {
            device: DeviceId::from_uuid(row.device),
            user: UserId::from_uuid(row.user_id),
            customer: CustomerId::from_uuid(row.customer),
            contact: row.contact,
            transport: row.transport,
            source: row.source,
            user_agent: row.user_agent,
            expires_at: TABLE.time("expires_at", row.expires_at)?,
            rtt_ms: rtt_ms.transpose()?,
            updated_at: TABLE.time("updated_at", row.updated_at)?,
        },
        sip_username: TABLE.parse("sip_username", &row.sip_username, SipUsername::parse)?,
        call_id: row.call_id,
        cseq: TABLE.count("cseq", row.cseq)?,
        path: TABLE.json("path", &row.path)?,
        instance: row.instance,
        reg_id: reg_id.transpose()?,
        q: q.transpose()?,
        local: row.local,
    })
}

impl<A: Access> Bindings<'_, A> {
    /// All bindings that end after `now`, for a restart.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn all(&self, now: Timestamp) -> Result<Vec<StoredBinding>, StoreError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::ExpiresAt.gt(nanoseconds(now)))
            .order_by_asc(entity::Column::Device)
            .order_by_asc(entity::Column::Position)
            .all(self.0.link())
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

impl Bindings<'_, Tx> {
    /// Replaces all bindings of these devices. Devices that are gone are skipped; of a device
    /// that is named twice the last counts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn replace(
        &self,
        devices: &[(DeviceId, Arc<[Arc<StoredBinding>]>)],
    ) -> Result<(), StoreError> {
        let link = self.0.link();
        for chunk in devices.chunks(500) {
            let mut wanted: std::collections::BTreeMap<Uuid, &[Arc<StoredBinding>]> = chunk
                .iter()
                .map(|(device, bindings)| (device.uuid(), &**bindings))
                .collect();
            entity::Entity::delete_many()
                .filter(entity::Column::Device.is_in(wanted.keys().copied()))
                .exec(link)
                .await?;
            wanted.retain(|_, bindings| !bindings.is_empty());
            let known: Vec<Uuid> = device::Entity::find()
                .select_only()
                .column(device::Column::Id)
                .filter(device::Column::Id.is_in(wanted.keys().copied()))
                // Keeps them there until the commit; SQLite ignores it.
                .lock(sea_orm::sea_query::LockType::KeyShare)
                .into_tuple()
                .all(link)
                .await?;
            let rows = known
                .iter()
                .filter_map(|device| Some((*device, wanted.get(device)?)))
                .flat_map(|(device, bindings)| {
                    let numbered = (0..).zip(bindings.iter());
                    numbered.map(move |(position, binding)| to_row(device, position, binding))
                })
                .collect();
            rows::insert_many(link, rows).await?;
        }
        Ok(())
    }

    /// Removes what has expired; how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = entity::Entity::delete_many()
            .filter(entity::Column::ExpiresAt.lte(nanoseconds(now)))
            .exec(self.0.link())
            .await?;
        Ok(done.rows_affected)
    }
}
