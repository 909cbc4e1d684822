//! Access profiles: what a role or a key may do.

mod wire;

use axum::http::StatusCode;
use model::AccessProfileId;
use services::access_profiles;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId},
};
pub(crate) use wire::{AccessProfile, Grant};
use wire::{AccessProfileChanges, AccessProfileFilter, NewAccessProfile};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
}

/// List access profiles: the standard ones and one's own. Sorts by `name`.
#[utoipa::path(get, path = "/access-profiles", params(Paging, AccessProfileFilter),
    extensions(("x-permission" = json!("access_profile.read"))),
    responses((status = 200, body = Page<AccessProfile>)))]
async fn list(
    Ctx(ctx): Ctx,
    listing: Listing<AccessProfileFilter>,
) -> Result<Page<AccessProfile>, Problem> {
    let filter = listing.filter.into();
    let page = access_profiles::list(&ctx, &filter, &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make an access profile: a clone of another, or of grants given.
#[utoipa::path(post, path = "/access-profiles", request_body = NewAccessProfile,
    extensions(("x-permission" = json!("access_profile.create"))),
    responses((status = 201, body = AccessProfile)))]
async fn create(
    Ctx(ctx): Ctx,
    Json(new): Json<NewAccessProfile>,
) -> Result<Created<AccessProfile>, Problem> {
    let profile = access_profiles::create(&ctx, new.into()).await?;
    Ok(Created(profile.into()))
}

/// One access profile.
#[utoipa::path(get, path = "/access-profiles/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("access_profile.read"))),
    responses((status = 200, body = AccessProfile)))]
async fn get(
    Ctx(ctx): Ctx,
    PathId(id): PathId<AccessProfileId>,
) -> Result<Tagged<AccessProfile>, Problem> {
    let profile = access_profiles::get(&ctx, id).await?;
    Ok(Tagged(profile.into()))
}

/// Change what the body names. Users and keys that have the profile follow a new name; new grants
/// hold for them at once. A standard profile is not changed: 409, `/problems/standard`.
#[utoipa::path(patch, path = "/access-profiles/{id}", params(("id" = String, Path)),
    request_body = AccessProfileChanges,
    extensions(("x-permission" = json!("access_profile.update"))),
    responses((status = 200, body = AccessProfile)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<AccessProfileId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<AccessProfileChanges>,
) -> Result<Tagged<AccessProfile>, Problem> {
    let profile = access_profiles::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(profile.into()))
}

/// Delete an access profile that no user and no key has.
#[utoipa::path(delete, path = "/access-profiles/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("access_profile.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<AccessProfileId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    access_profiles::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
