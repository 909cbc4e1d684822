//! Locations of a customer.

mod wire;

use axum::http::StatusCode;
use model::SiteId;
use services::sites;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId},
};
pub(crate) use wire::Site;
use wire::{NewSite, SiteChanges, SiteFilter};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
}

/// List sites. Sorts by `name`, `created_at`.
#[utoipa::path(get, path = "/sites", params(Paging, SiteFilter),
    extensions(("x-permission" = json!("site.read"))),
    responses((status = 200, body = Page<Site>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<SiteFilter>) -> Result<Page<Site>, Problem> {
    let customer = listing.filter.customer_id;
    let page = sites::list(&ctx, customer.as_deref(), &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make a site.
#[utoipa::path(post, path = "/sites", request_body = NewSite,
    extensions(("x-permission" = json!("site.create"))),
    responses((status = 201, body = Site)))]
async fn create(Ctx(ctx): Ctx, Json(new): Json<NewSite>) -> Result<Created<Site>, Problem> {
    let site = sites::create(&ctx, new.into()).await?;
    Ok(Created(site.into()))
}

/// One site.
#[utoipa::path(get, path = "/sites/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("site.read"))),
    responses((status = 200, body = Site)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<SiteId>) -> Result<Tagged<Site>, Problem> {
    let site = sites::get(&ctx, id).await?;
    Ok(Tagged(site.into()))
}

/// Change what the body names.
#[utoipa::path(patch, path = "/sites/{id}", params(("id" = String, Path)),
    request_body = SiteChanges,
    extensions(("x-permission" = json!("site.update"))),
    responses((status = 200, body = Site)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<SiteId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<SiteChanges>,
) -> Result<Tagged<Site>, Problem> {
    let site = sites::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(site.into()))
}

/// Delete a site that nobody sits at.
#[utoipa::path(delete, path = "/sites/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("site.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<SiteId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    sites::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
