//! A phone less.

use model::{DeviceId, Model, Operation, SwitchCommand};

use super::{fields_of, find, update::stored};
use crate::{
    Context, Error, Expected,
    change::{Act, store_error},
    directory::DirectoryChange,
    events::Subject,
    input::expect_version,
};

/// Deletes a phone; its registrations end at once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`.
pub async fn delete(ctx: &Context, id: DeviceId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    find(ctx, id, Operation::Delete)?;
    let device = stored(ctx, &change, id).await?;
    expect_version(expected, device.version)?;
    change
        .tx
        .devices()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a device", e))?;
    change.audit(Act {
        customer: Some(device.customer),
        action: "device.deleted",
        model: Model::Device,
        subject_id: id.to_string(),
        subject_name: device.sip_username.to_string(),
        before: Some(fields_of(&device)),
        after: None,
    });
    change.apply(DirectoryChange::DeviceGone(id));
    change.command(SwitchCommand::DeviceRevoked(id));
    change.tell("device.deleted", Some(device.customer), Subject::Device(id));
    change.commit().await
}
