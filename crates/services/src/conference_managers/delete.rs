//! An account goes, and its sessions with it.

use model::{ManagerId, Model, Operation};

use super::{find, update::end_sessions};
use crate::{
    Context, Error, Expected,
    change::{Act, record, store_error},
    directory::DirectoryChange,
    events::Subject,
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
    end_sessions(&mut change, id).await?;
    change
        .tx
        .managers()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a conference manager", e))?;
    change.audit(Act {
        customer: Some(manager.customer),
        action: "conference_manager.deleted",
        model: Model::ConferenceManager,
        subject_id: id.to_string(),
        subject_name: manager.username.to_string(),
        before: Some(record(&*manager)),
        after: None,
    });
    change.apply(DirectoryChange::ManagerGone(id));
    let subject = Subject::Manager(id);
    change.tell(
        "conference_manager.deleted",
        Some(manager.customer),
        subject,
    );
    change.commit().await
}
