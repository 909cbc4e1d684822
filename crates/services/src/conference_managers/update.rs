//! An account's rooms, and whether it may sign in.

use std::sync::Arc;

use model::{ConferenceManager, ManagerId, Operation, SessionHolder};

use super::{ConferenceManagerPatch, find, rooms_of};
use crate::{
    Context, Error, Expected, Patch,
    change::{Change, Revoked, store_error},
    input::{expect_version, set_or_default},
};

/// Changes what the patch names; disabling ends the account's sessions at once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid`.
pub async fn update(
    ctx: &Context,
    id: ManagerId,
    patch: ConferenceManagerPatch,
    expected: Expected,
) -> Result<Arc<ConferenceManager>, Error> {
    find(ctx, id, Operation::Update)?;
    let mut change = ctx.change().await?;
    let before = find(ctx, id, Operation::Update)?;
    expect_version(expected, before.version)?;
    let mut manager = ConferenceManager::clone(&before);
    let mut fields = ctx.fields();
    match &patch.room_ids {
        Patch::Keep => {}
        Patch::Clear => manager.rooms = None,
        Patch::Set(ids) => {
            let directory = ctx.directory();
            manager.rooms = Some(rooms_of(&directory, manager.customer, ids, &mut fields));
        }
    }
    set_or_default(&mut manager.disabled, patch.disabled, false);
    fields.finish()?;
    if manager == *before {
        return Ok(before);
    }
    change
        .tx
        .managers()
        .update(&mut manager)
        .await
        .map_err(|e| store_error("change a conference manager", e))?;
    if manager.disabled && !before.disabled {
        end_sessions(&mut change, id).await?;
    }
    let manager = change.updated(&*before, manager);
    change.commit().await?;
    Ok(manager)
}

/// The account has to sign in anew, if it can.
pub(super) async fn end_sessions(change: &mut Change<'_>, id: ManagerId) -> Result<(), Error> {
    change
        .tx
        .sessions()
        .delete_of_holder(SessionHolder::Manager(id), None)
        .await
        .map_err(|e| store_error("end sessions", e))?;
    change.revoke(Revoked::SessionsOfManager(id));
    Ok(())
}
