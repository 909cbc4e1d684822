//! Recordings of conferences: listed, heard, deleted.

mod audio;
mod wire;

use axum::http::StatusCode;
use services::recordings::{self, RecordingId};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem},
    door::{Ctx, Door},
    input::{Listing, Paging, PathId},
};
use audio::{Audio, Range};
use wire::{Recording, RecordingFilter};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(audio))
        .routes(routes!(delete))
}

/// List recordings, the latest first. Sorts by `started_at`.
#[utoipa::path(get, path = "/recordings", params(Paging, RecordingFilter),
    extensions(("x-permission" = json!("conference.read"))),
    responses((status = 200, body = Page<Recording>)))]
async fn list(
    Ctx(ctx): Ctx,
    listing: Listing<RecordingFilter>,
) -> Result<Page<Recording>, Problem> {
    let filter = listing.filter.into();
    let page = recordings::list(&ctx, &filter, &listing.paging.into()).await?;
    Ok(page.into())
}

/// The sound of a recording: Ogg with Opus. `Range` asks for a part of it.
#[utoipa::path(get, path = "/recordings/{id}/audio",
    params(
        ("id" = String, Path),
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110, 14.2)."),
    ),
    extensions(("x-permission" = json!("conference.read"))),
    responses(
        (status = 200, content_type = "audio/ogg", body = String),
        (status = 206, content_type = "audio/ogg", body = String),
    ))]
async fn audio(
    Ctx(ctx): Ctx,
    PathId(id): PathId<RecordingId>,
    range: Range,
) -> Result<Audio, Problem> {
    let (recording, file) = recordings::open(&ctx, id, range.part()).await?;
    Ok(Audio::new(id, file, recording.bytes, range))
}

/// Delete a recording for good. 409 while it is being written.
#[utoipa::path(delete, path = "/recordings/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference.moderate"))),
    responses((status = 204)))]
async fn delete(Ctx(ctx): Ctx, PathId(id): PathId<RecordingId>) -> Result<StatusCode, Problem> {
    recordings::delete(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
