//! A recording goes for good.

use std::io;

use model::Operation;
use serde_json::json;

use super::{RecordingId, act, find, is_written, off_thread, path};
use crate::{
    Context, Error,
    change::{Act, store_error},
};

/// Deletes a recording.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` while it is being written, `Unavailable` while the database
/// is away.
pub async fn delete(ctx: &Context, id: RecordingId) -> Result<(), Error> {
    find(ctx, id, Operation::Moderate).await?;
    if is_written(ctx, id) {
        return Err(Error::Conflict {
            code: "recording",
            message: "it is being written; stop the recording first".to_owned(),
            id: None,
        });
    }
    let mut change = ctx.change().await?;
    let view = find(ctx, id, Operation::Moderate).await?;
    change.audit(Act {
        before: Some(json!({"bytes": view.bytes})),
        after: None,
        ..act(ctx, &view, "recording.deleted")
    });
    change
        .tx
        .recordings()
        .mark_deleted(ctx.scope(), id.conference, id.number, ctx.now())
        .await
        .map_err(|e| store_error("delete a recording", e))?;
    change.commit().await?;
    let file = path(ctx, id);
    match off_thread(move || std::fs::remove_file(file)).await? {
        // One that could not even be begun.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|e| Error::internal("delete a recording", &e)),
    }
}
