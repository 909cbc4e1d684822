//! Keys of programs.

mod wire;

use axum::http::StatusCode;
use model::ApiKeyId;
use services::api_keys;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Page, Problem},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId},
};
pub(crate) use wire::ApiKey;
use wire::{ApiKeyFilter, CreatedApiKey, NewApiKey};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
}

/// List keys, without the keys themselves. Sorts by `name`, `created_at`.
#[utoipa::path(get, path = "/api-keys", params(Paging, ApiKeyFilter),
    extensions(("x-permission" = json!("api_key.read"))),
    responses((status = 200, body = Page<ApiKey>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<ApiKeyFilter>) -> Result<Page<ApiKey>, Problem> {
    let customer = listing.filter.customer_id;
    let page = api_keys::list(&ctx, customer.as_deref(), &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make a key that may do no more than its maker; it is shown only here.
#[utoipa::path(post, path = "/api-keys", request_body = NewApiKey,
    extensions(("x-permission" = json!("api_key.create"))),
    responses((status = 201, body = CreatedApiKey)))]
async fn create(
    Ctx(ctx): Ctx,
    Json(new): Json<NewApiKey>,
) -> Result<(StatusCode, axum::Json<CreatedApiKey>), Problem> {
    let created = api_keys::create(&ctx, new.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(created.into())))
}

/// One key, without the key itself.
#[utoipa::path(get, path = "/api-keys/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("api_key.read"))),
    responses((status = 200, body = ApiKey)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<ApiKeyId>) -> Result<axum::Json<ApiKey>, Problem> {
    let view = api_keys::get(&ctx, id).await?;
    Ok(axum::Json(view.into()))
}

/// Revoke a key: it is refused from now on.
#[utoipa::path(delete, path = "/api-keys/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("api_key.delete"))),
    responses((status = 204)))]
async fn delete(Ctx(ctx): Ctx, PathId(id): PathId<ApiKeyId>) -> Result<StatusCode, Problem> {
    api_keys::delete(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
