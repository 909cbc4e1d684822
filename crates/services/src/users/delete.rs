//! A person goes: refused while anything uses them, unless every use is settled with it.

use model::{Operation, UserId};

use super::{SettledUse, get::find, settings::require_rank, settle};
use crate::{Context, Error, Expected, change::store_error, input::expect_version};

/// Deletes a person with their phones and sessions; calls and registrations end at once. Each use
/// goes to somebody else, or ends, in the same transaction.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for a use that the actor may not change; `PreconditionFailed`;
/// `InUse` with every use that nothing is said of; `Invalid`; `Conflict` for oneself.
pub async fn delete(
    ctx: &Context,
    id: UserId,
    uses: &[SettledUse],
    expected: Expected,
) -> Result<(), Error> {
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
    let settlements = settle::read(ctx, &user, uses)?;
    settle::settle(ctx, &mut change, &user, settlements).await?;
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
