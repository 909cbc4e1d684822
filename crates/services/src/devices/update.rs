//! What is known of a phone's hardware.

use model::{Device, DeviceId, Model, Operation};

use super::{DevicePatch, DeviceView, Phone, fields_of, find, set, view};
use crate::{
    Context, Error, Expected,
    change::{Act, Change, fields_that_differ, store_error},
    directory::DirectoryChange,
    events::Subject,
    input::expect_version,
};

/// Changes what the patch names.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid`.
pub async fn update(
    ctx: &Context,
    id: DeviceId,
    patch: DevicePatch,
    expected: Expected,
) -> Result<DeviceView, Error> {
    find(ctx, id, Operation::Update)?;
    let mut change = ctx.change().await?;
    find(ctx, id, Operation::Update)?;
    let mut device = stored(ctx, &change, id).await?;
    expect_version(expected, device.version)?;
    let before = fields_of(&device);
    let mut fields = ctx.fields();
    let mut phone = Phone {
        mac: device.mac.take(),
        model: device.model.take(),
    };
    set(&mut phone, patch.mac, patch.model, "", &mut fields);
    fields.finish()?;
    (device.mac, device.model) = (phone.mac, phone.model);
    if fields_of(&device) != before {
        save(&mut change, &mut device, "device.updated", before).await?;
        change.commit().await?;
    }
    let (device, _) = find(ctx, id, Operation::Update)?;
    Ok(view(ctx, &device))
}

/// The row with its password.
pub(super) async fn stored(
    ctx: &Context,
    change: &Change<'_>,
    id: DeviceId,
) -> Result<Device, Error> {
    change
        .tx
        .devices()
        .by_id(ctx.scope(), id)
        .await
        .map_err(|e| store_error("read a device", e))?
        .ok_or(Error::NotFound("device"))
}

/// Writes the row and what follows.
pub(super) async fn save(
    change: &mut Change<'_>,
    device: &mut Device,
    action: &'static str,
    before: serde_json::Value,
) -> Result<(), Error> {
    change
        .tx
        .devices()
        .update(device)
        .await
        .map_err(|e| store_error("change a device", e))?;
    let (was, is) = fields_that_differ(&before, &fields_of(device));
    change.audit(Act {
        customer: Some(device.customer),
        action,
        model: Model::Device,
        subject_id: device.id.to_string(),
        subject_name: device.sip_username.to_string(),
        before: Some(was),
        after: Some(is),
    });
    change.apply(DirectoryChange::Device(Box::new(device.clone())));
    let subject = Subject::Device(device.id);
    change.tell("device.updated", Some(device.customer), subject);
    Ok(())
}
