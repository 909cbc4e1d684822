//! An account's rooms, and whether it may sign in.

use std::sync::Arc;

use model::{ConferenceManager, ManagerId, Model, Operation, SessionHolder};

use super::{ConferenceManagerPatch, find, rooms_of};
use crate::{
    Context, Error, Expected, Patch,
    change::{Act, Change, Revoked, fields_that_differ, record, store_error},
    directory::DirectoryChange,
    error::Fields,
    events::Subject,
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
    let mut fields = Fields::default();
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
    let (was, is) = fields_that_differ(&record(&*before), &record(&manager));
    change.audit(Act {
        customer: Some(manager.customer),
        action: "conference_manager.updated",
        model: Model::ConferenceManager,
        subject_id: id.to_string(),
        subject_name: manager.username.to_string(),
        before: Some(was),
        after: Some(is),
    });
    if manager.disabled && !before.disabled {
        end_sessions(&mut change, id).await?;
    }
    let manager = Arc::new(manager);
    change.apply(DirectoryChange::Manager(manager.clone()));
    let subject = Subject::Manager(id);
    change.tell(
        "conference_manager.updated",
        Some(manager.customer),
        subject,
    );
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
