//! Conference manager accounts.

mod wire;

use axum::http::StatusCode;
use model::ManagerId;
use services::conference_managers;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Listing, Nothing, Paging, PathId},
};
pub(crate) use wire::ConferenceManager;
use wire::{
    ConferenceManagerChanges, ConferenceManagerFilter, ConferenceManagerWithPassword,
    NewConferenceManager,
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(reset_password))
}

/// List conference managers. Sorts by `username`, `extension`, `created_at`.
#[utoipa::path(get, path = "/conference-managers", params(Paging, ConferenceManagerFilter),
    extensions(("x-permission" = json!("conference_manager.read"))),
    responses((status = 200, body = Page<ConferenceManager>)))]
async fn list(
    Ctx(ctx): Ctx,
    listing: Listing<ConferenceManagerFilter>,
) -> Result<Page<ConferenceManager>, Problem> {
    let customer = listing.filter.customer_id;
    let page = conference_managers::list(&ctx, customer.as_deref(), &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make an account for an extension; its password is shown only here.
#[utoipa::path(post, path = "/conference-managers", request_body = NewConferenceManager,
    extensions(("x-permission" = json!("conference_manager.create"))),
    responses((status = 201, body = ConferenceManagerWithPassword)))]
async fn create(
    Ctx(ctx): Ctx,
    Json(new): Json<NewConferenceManager>,
) -> Result<Created<ConferenceManagerWithPassword>, Problem> {
    let created = conference_managers::create(&ctx, new.into()).await?;
    Ok(Created(created.into()))
}

/// One conference manager.
#[utoipa::path(get, path = "/conference-managers/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference_manager.read"))),
    responses((status = 200, body = ConferenceManager)))]
async fn get(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ManagerId>,
) -> Result<Tagged<ConferenceManager>, Problem> {
    let manager = conference_managers::get(&ctx, id).await?;
    Ok(Tagged(manager.into()))
}

/// Change what the body names.
#[utoipa::path(patch, path = "/conference-managers/{id}", params(("id" = String, Path)),
    request_body = ConferenceManagerChanges,
    extensions(("x-permission" = json!("conference_manager.update"))),
    responses((status = 200, body = ConferenceManager)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ManagerId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<ConferenceManagerChanges>,
) -> Result<Tagged<ConferenceManager>, Problem> {
    let manager = conference_managers::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(manager.into()))
}

/// Delete an account: its sessions end at once.
#[utoipa::path(delete, path = "/conference-managers/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference_manager.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ManagerId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    conference_managers::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new password, shown only here; all sessions of the account end.
#[utoipa::path(post, path = "/conference-managers/{id}/reset-password",
    params(("id" = String, Path)),
    extensions(("x-permission" = json!("conference_manager.reset_password"))),
    responses((status = 200, body = ConferenceManagerWithPassword)))]
async fn reset_password(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ManagerId>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Tagged<ConferenceManagerWithPassword>, Problem> {
    let reset = conference_managers::reset_password(&ctx, id).await?;
    Ok(Tagged(reset.into()))
}
