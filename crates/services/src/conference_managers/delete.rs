//! An account goes, and its sessions with it.

use model::{ConferenceManager, ManagerId, Operation};

use super::{find, update::end_sessions};
use crate::{
    Context, Error, Expected,
    change::{Change, store_error},
    input::expect_version,
};

/// Deletes an account.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`.
pub async fn delete(ctx: &Context, id: ManagerId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let manager = find(ctx, id, Operation::Delete)?;
    expect_version(expected, manager.version)?;
    remove(ctx, &mut change, &manager).await?;
    change.commit().await
}

/// Deletes an account as a part of a change.
pub(crate) async fn remove(
    ctx: &Context,
    change: &mut Change<'_>,
    manager: &ConferenceManager,
) -> Result<(), Error> {
    end_sessions(change, manager.id).await?;
    change
        .tx
        .managers()
        .delete(ctx.scope(), manager.id)
        .await
        .map_err(|e| store_error("delete a conference manager", e))?;
    change.deleted(manager);
    Ok(())
}
