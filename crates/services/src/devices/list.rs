//! The phones of a person.

use model::{Model, Operation, UserId};

use super::{DeviceView, target, view};
use crate::{Context, Error};

/// Lists a person's phones, oldest first.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn list(ctx: &Context, user: UserId) -> Result<Vec<DeviceView>, Error> {
    let directory = ctx.directory();
    let user = directory.user(user).ok_or(Error::NotFound("user"))?;
    ctx.require(Model::Device, Operation::Read, &target(user))?;
    Ok(directory
        .devices_of(user.id)
        .map(|device| view(ctx, device))
        .collect())
}
