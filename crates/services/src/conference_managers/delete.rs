//! An account goes, and its sessions with it.

use model::{ManagerId, Operation};

use super::{find, update::end_sessions};
use crate::{Context, Error, Expected, change::store_error, input::expect_version};

/// Deletes an account.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`.
pub async fn delete(ctx: &Context, id: ManagerId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let manager = find(ctx, id, Operation::Delete)?;
    expect_version(expected, manager.version)?;
    end_sessions(&mut change, id).await?;
    change
        .tx
        .managers()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a conference manager", e))?;
    change.deleted(&*manager);
    change.commit().await
}
