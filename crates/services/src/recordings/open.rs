//! A recording, to be heard.

use std::{fs::File, io};

use model::Operation;

use super::{RecordingId, RecordingView, act, find, off_thread, path};
use crate::{Context, Error};

/// Opens a recording. Taking its beginning is written down; a player that jumps asks for many
/// later parts, which are not.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Unavailable` while the database is away.
pub async fn open(
    ctx: &Context,
    id: RecordingId,
    part: Part,
) -> Result<(RecordingView, File), Error> {
    let view = find(ctx, id, Operation::Read).await?;
    let file = path(ctx, id);
    let file = off_thread(move || File::open(file))
        .await?
        .map_err(|error| match error.kind() {
            // It failed before there was a file, or was deleted just now.
            io::ErrorKind::NotFound => Error::NotFound("recording"),
            _ => Error::internal("open a recording", &error),
        })?;
    if part == Part::Beginning {
        ctx.write_down_live(act(ctx, &view, "recording.downloaded"))
            .await?;
    }
    Ok((view, file))
}

/// Which part of a recording is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The beginning, or all of it.
    Beginning,
    /// A later one: a player that jumps asks for many.
    Later,
}
