//! Phones; their SIP passwords are encrypted at rest.

use model::{CustomerId, Device, DeviceId, MacAddress, SipUsername, UserId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use super::{Devices, rows};
use crate::{
    Access, Scope, StoreError, Tx,
    codec::{Table, nanoseconds, signed},
    entity::device as entity,
    key::{self, Place},
    store::{Shared, sealed::Linked},
};

const TABLE: Table = Table("devices");

const fn place(row: uuid::Uuid) -> Place {
    Place {
        table: "devices",
        column: "sip_password",
        row,
    }
}

pub(super) fn to_row(
    shared: &Shared,
    device: &Device,
    version: u64,
) -> Result<entity::Model, StoreError> {
    let id = device.id.uuid();
    Ok(entity::Model {
        id,
        customer: device.customer.uuid(),
        user_id: device.user.uuid(),
        sip_username: device.sip_username.to_string(),
        sip_password: shared.seal(place(id), device.sip_password.expose())?,
        mac: device.mac.as_ref().map(MacAddress::to_string),
        model: device.model.clone(),
        version: signed(version),
        created_at: nanoseconds(device.created_at),
    })
}

pub(super) fn from_row(shared: &Shared, row: entity::Model) -> Result<Device, StoreError> {
    Ok(Device {
        id: DeviceId::from_uuid(row.id),
        customer: CustomerId::from_uuid(row.customer),
        user: UserId::from_uuid(row.user_id),
        sip_username: TABLE.parse("sip_username", &row.sip_username, SipUsername::parse)?,
        sip_password: key::open(&shared.key, place(row.id), &row.sip_password)?,
        mac: TABLE.parse_some("mac", row.mac.as_deref(), MacAddress::parse)?,
        model: row.model,
        version: TABLE.count("version", row.version)?,
        created_at: TABLE.time("created_at", row.created_at)?,
    })
}

fn which(scope: Scope, device: DeviceId) -> Condition {
    scope
        .on(entity::Column::Customer)
        .add(entity::Column::Id.eq(device.uuid()))
}

impl<A: Access> Devices<'_, A> {
    /// One device.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(
        &self,
        scope: Scope,
        device: DeviceId,
    ) -> Result<Option<Device>, StoreError> {
        let row = entity::Entity::find()
            .filter(which(scope, device))
            .one(self.0.link())
            .await?;
        row.map(|row| from_row(self.0.shared(), row)).transpose()
    }

    /// All of a user's, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn of_user(&self, scope: Scope, user: UserId) -> Result<Vec<Device>, StoreError> {
        let rows = entity::Entity::find()
            .filter(scope.on(entity::Column::Customer))
            .filter(entity::Column::UserId.eq(user.uuid()))
            .order_by_asc(entity::Column::Id)
            .all(self.0.link())
            .await?;
        rows.into_iter()
            .map(|row| from_row(self.0.shared(), row))
            .collect()
    }
}

impl Devices<'_, Tx> {
    /// Adds a device.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `sip_username`; [`StoreError::InUse`] if the user is gone.
    pub async fn insert(&self, device: &Device) -> Result<(), StoreError> {
        let row = to_row(self.0.shared(), device, device.version)?;
        rows::insert(self.0.link(), row).await
    }

    /// Changes a device that was read before; counts the version up.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`], [`StoreError::NotFound`], [`StoreError::Taken`].
    pub async fn update(&self, device: &mut Device) -> Result<(), StoreError> {
        let row = to_row(self.0.shared(), device, device.version + 1)?;
        let which = which(Scope::Customer(device.customer), device.id);
        rows::update(
            self.0.link(),
            row,
            which,
            entity::Column::Version,
            device.version,
        )
        .await?;
        device.version += 1;
        Ok(())
    }

    /// Removes a device and its bindings.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete(&self, scope: Scope, device: DeviceId) -> Result<(), StoreError> {
        rows::delete::<entity::Entity, _>(self.0.link(), which(scope, device)).await
    }
}
