//! A person goes: refused while anything uses them.

use model::{Operation, UserId};

use super::{get::find, settings::require_rank, uses::uses_of};
use crate::{Context, Error, Expected, change::store_error, input::expect_version};

/// Deletes a person with their phones and sessions; calls and registrations end at once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `InUse` with everything that uses them,
/// `Conflict` for oneself.
pub async fn delete(ctx: &Context, id: UserId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let user = find(ctx, id, Operation::Delete)?;
    require_rank(ctx, &user)?;
    expect_version(expected, user.version)?;
    if ctx.actor().user() == Some(id) {
        return Err(Error::Conflict {
            code: "yourself",
            message: "you cannot delete yourself; ask another administrator".to_owned(),
            id: None,
        });
    }
    let directory = ctx.directory();
    let uses = uses_of(&directory, &user);
    if !uses.is_empty() {
        return Err(Error::InUse(uses));
    }
    change
        .tx
        .users()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a user", e))?;
    let devices = directory.devices_of(id).map(|device| device.facts.device);
    change.revoke_user(id, devices);
    change.deleted(&*user);
    change.commit().await
}
