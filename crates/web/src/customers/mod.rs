//! Companies on the server.

mod wire;

use axum::http::StatusCode;
use model::CustomerId;
use services::customers;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Listing, Nothing, Paging, PathId},
};
pub(crate) use wire::Customer;
use wire::{CustomerChanges, NewCustomer};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
}

/// List customers. Sorts by `name`, `account_name`, `created_at`.
#[utoipa::path(get, path = "/customers", params(Paging),
    extensions(("x-permission" = json!("customer.read"))),
    responses((status = 200, body = Page<Customer>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<Nothing>) -> Result<Page<Customer>, Problem> {
    let page = customers::list(&ctx, &listing.paging.into()).await?;
    Ok(page.into())
}

/// Make a customer, with its default site.
#[utoipa::path(post, path = "/customers", request_body = NewCustomer,
    extensions(("x-permission" = json!("customer.create:subtree"))),
    responses((status = 201, body = Customer)))]
async fn create(Ctx(ctx): Ctx, Json(new): Json<NewCustomer>) -> Result<Created<Customer>, Problem> {
    let view = customers::create(&ctx, new.into()).await?;
    Ok(Created(view.into()))
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("customer.read"))),
    responses((status = 200, body = Customer)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<CustomerId>) -> Result<Tagged<Customer>, Problem> {
    let view = customers::get(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Change what the body names.
#[utoipa::path(patch, path = "/customers/{id}", params(("id" = String, Path)),
    request_body = CustomerChanges,
    extensions(("x-permission" = json!("customer.update"))),
    responses((status = 200, body = Customer)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<CustomerId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<CustomerChanges>,
) -> Result<Tagged<Customer>, Problem> {
    let view = customers::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(view.into()))
}

/// Delete a customer that has no people and rooms left.
#[utoipa::path(delete, path = "/customers/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("customer.delete:subtree"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<CustomerId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    customers::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
