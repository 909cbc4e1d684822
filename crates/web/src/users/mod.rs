//! People, and what hangs on one of them: phones, live registrations, uses.

mod destination;
mod endpoints;
mod wire;

use axum::http::StatusCode;
use model::UserId;
use services::users::{self, SettledUse};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged, UsedIn},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId, Query},
};
pub(crate) use endpoints::Endpoint;
pub(crate) use wire::User;
use wire::{
    CreatedUser, DeleteUser, NewUser, NextExtension, NextExtensionQuery, UserChanges, UserFilter,
    Uses,
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(next_extension))
        .routes(routes!(get, update, delete))
        .routes(routes!(settled))
        .routes(routes!(uses))
        .merge(endpoints::routes())
}

/// List users. Sorts by `name`, `email`, `username`, `extension`, `role`, `last_name`, `state`,
/// `created_at`; `q` looks into name, email, extension and MAC.
#[utoipa::path(get, path = "/users", params(Paging, UserFilter),
    extensions(("x-permission" = json!("user.read"))),
    responses((status = 200, body = Page<User>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<UserFilter>) -> Result<Page<User>, Problem> {
    let page = users::list(&ctx, &listing.filter.into(), &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make a user: with an extension also the SIP credentials, whose password is shown only here.
#[utoipa::path(post, path = "/users", request_body = NewUser,
    extensions(("x-permission" = json!("user.create"))),
    responses((status = 201, body = CreatedUser)))]
async fn create(Ctx(ctx): Ctx, Json(new): Json<NewUser>) -> Result<Created<CreatedUser>, Problem> {
    let created = users::create(&ctx, new.into()).await?;
    Ok(Created(created.into()))
}

/// The lowest free extension to offer.
#[utoipa::path(get, path = "/users/next-extension", params(NextExtensionQuery),
    extensions(("x-permission" = json!("user.create"))),
    responses((status = 200, body = NextExtension)))]
async fn next_extension(
    Ctx(ctx): Ctx,
    Query(query): Query<NextExtensionQuery>,
) -> Result<axum::Json<NextExtension>, Problem> {
    let extension = users::next_extension(&ctx, query.customer_id.as_deref()).await?;
    Ok(axum::Json(extension.into()))
}

/// One user.
#[utoipa::path(get, path = "/users/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("user.read"))),
    responses((status = 200, body = User)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<UserId>) -> Result<Tagged<User>, Problem> {
    let view = users::get(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Change what the body names.
#[utoipa::path(patch, path = "/users/{id}", params(("id" = String, Path)),
    request_body = UserChanges,
    extensions(("x-permission" = json!("user.update"))),
    responses((status = 200, body = User)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<UserId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<UserChanges>,
) -> Result<Tagged<User>, Problem> {
    let view = users::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(view.into()))
}

/// Delete a user whom nothing uses any more; else 409 with `used_in`.
#[utoipa::path(delete, path = "/users/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("user.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<UserId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    users::delete(&ctx, id, &[], expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a user, and give each of their uses to somebody else or end it, all or nothing; 409 with
/// `used_in` for uses that nothing is said of.
#[utoipa::path(post, path = "/users/{id}/delete", params(("id" = String, Path)),
    request_body = DeleteUser,
    extensions(("x-permission" = json!("user.delete"))),
    responses((status = 204)))]
async fn settled(
    Ctx(ctx): Ctx,
    PathId(id): PathId<UserId>,
    Json(body): Json<DeleteUser>,
) -> Result<StatusCode, Problem> {
    let uses: Vec<_> = body.uses.into_iter().map(SettledUse::from).collect();
    users::delete(&ctx, id, &uses, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What uses the user: rooms owned, managers, forwarding targets of others.
#[utoipa::path(get, path = "/users/{id}/uses", params(("id" = String, Path)),
    extensions(("x-permission" = json!("user.read"))),
    responses((status = 200, body = Uses)))]
async fn uses(Ctx(ctx): Ctx, PathId(id): PathId<UserId>) -> Result<axum::Json<Uses>, Problem> {
    let uses = users::uses(&ctx, id).await?;
    let items = uses.into_iter().map(UsedIn::from).collect();
    Ok(axum::Json(Uses { items }))
}
