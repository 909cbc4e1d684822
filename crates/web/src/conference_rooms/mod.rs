//! Conference rooms, and the start of a conference in one.

mod wire;

use axum::http::StatusCode;
use model::RoomId;
use services::{conference_rooms, conferences};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged},
    conferences::{Conference, Reach, Reached, ReachedAll, StartConference},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId},
};
pub(crate) use wire::ConferenceRoom;
use wire::{ConferenceRoomChanges, ConferenceRoomFilter, NewConferenceRoom};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(start))
        .routes(routes!(reach))
}

/// List rooms, each with what runs in it. Sorts by `name`, `number`, `created_at`.
#[utoipa::path(get, path = "/conference-rooms", params(Paging, ConferenceRoomFilter),
    extensions(("x-permission" = json!("conference_room.read"))),
    responses((status = 200, body = Page<ConferenceRoom>)))]
async fn list(
    Ctx(ctx): Ctx,
    listing: Listing<ConferenceRoomFilter>,
) -> Result<Page<ConferenceRoom>, Problem> {
    let filter = listing.filter.into();
    let page = conference_rooms::list(&ctx, &filter, &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make a room.
#[utoipa::path(post, path = "/conference-rooms", request_body = NewConferenceRoom,
    extensions(("x-permission" = json!("conference_room.create"))),
    responses((status = 201, body = ConferenceRoom)))]
async fn create(
    Ctx(ctx): Ctx,
    Json(new): Json<NewConferenceRoom>,
) -> Result<Created<ConferenceRoom>, Problem> {
    let view = conference_rooms::create(&ctx, new.into()).await?;
    Ok(Created(view.into()))
}

/// One room.
#[utoipa::path(get, path = "/conference-rooms/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference_room.read"))),
    responses((status = 200, body = ConferenceRoom)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<RoomId>) -> Result<Tagged<ConferenceRoom>, Problem> {
    let view = conference_rooms::get(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Change what the body names; what can change while it runs does so at once.
#[utoipa::path(patch, path = "/conference-rooms/{id}", params(("id" = String, Path)),
    request_body = ConferenceRoomChanges,
    extensions(("x-permission" = json!("conference_room.update"))),
    responses((status = 200, body = ConferenceRoom)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<RoomId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<ConferenceRoomChanges>,
) -> Result<Tagged<ConferenceRoom>, Problem> {
    let view = conference_rooms::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(view.into()))
}

/// Delete a room that nothing uses any more; else 409 with `used_in`.
#[utoipa::path(delete, path = "/conference-rooms/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference_room.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<RoomId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    conference_rooms::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Start a conference and call everyone at the same time, the host too.
#[utoipa::path(post, path = "/conference-rooms/{id}/start", params(("id" = String, Path)),
    request_body = StartConference,
    extensions(("x-permission" = json!("conference.start"))),
    responses((status = 201, body = Conference)))]
async fn start(
    Ctx(ctx): Ctx,
    PathId(id): PathId<RoomId>,
    Json(start): Json<StartConference>,
) -> Result<Created<Conference>, Problem> {
    let view = conferences::start(&ctx, id, start.into()).await?;
    Ok(Created(view.into()))
}

/// Whether these would ring if they were invited here, and why not. Nobody is called.
#[utoipa::path(post, path = "/conference-rooms/{id}/reach", params(("id" = String, Path)),
    request_body = Reach,
    extensions(("x-permission" = json!("conference.start"))),
    responses((status = 200, body = ReachedAll)))]
async fn reach(
    Ctx(ctx): Ctx,
    PathId(id): PathId<RoomId>,
    Json(reach): Json<Reach>,
) -> Result<axum::Json<ReachedAll>, Problem> {
    let reached = conferences::reach(&ctx, id, reach.into()).await?;
    let items = reached.into_iter().map(Reached::from).collect();
    Ok(axum::Json(ReachedAll { items }))
}
