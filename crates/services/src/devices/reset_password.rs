//! A new SIP password: the old one ends at once, and with it the phone's registrations.

use model::{DeviceId, Operation, SwitchCommand};

use super::{
    DeviceWithPassword, fields_of, find,
    update::{save, stored},
    view,
};
use crate::{Context, Error, password};

/// Makes a new password, which is in the answer and never again.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn reset_password(ctx: &Context, id: DeviceId) -> Result<DeviceWithPassword, Error> {
    find(ctx, id, Operation::ResetPassword)?;
    let mut change = ctx.change().await?;
    find(ctx, id, Operation::ResetPassword)?;
    let mut device = stored(ctx, &change, id).await?;
    let before = fields_of(&device);
    device.sip_password = password::generate(ctx.services().entropy());
    save(&mut change, &mut device, "device.password_reset", before).await?;
    change.command(SwitchCommand::DeviceRevoked(id));
    change.commit().await?;
    let (entry, _) = find(ctx, id, Operation::ResetPassword)?;
    Ok(DeviceWithPassword {
        device: view(ctx, &entry),
        password: device.sip_password,
    })
}
