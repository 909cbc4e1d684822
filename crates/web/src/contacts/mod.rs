//! The address book, and everyone who can be invited.

mod wire;

use axum::http::StatusCode;
use model::ContactId;
use services::contacts;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Page, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Listing, Paging, PathId},
};
pub(crate) use wire::Contact;
use wire::{ContactChanges, ContactFilter, NewContact, PhoneBookEntry, PhoneBookFilter};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(phone_book))
}

/// List contacts. Sorts by `name`, `target`, `created_at`.
#[utoipa::path(get, path = "/contacts", params(Paging, ContactFilter),
    extensions(("x-permission" = json!("contact.read"))),
    responses((status = 200, body = Page<Contact>)))]
async fn list(Ctx(ctx): Ctx, listing: Listing<ContactFilter>) -> Result<Page<Contact>, Problem> {
    let customer = listing.filter.customer_id;
    let page = contacts::list(&ctx, customer.as_deref(), &listing.paging.into()).await?;
    Ok(page.into())
}

/// Everyone who can be invited: users with an extension and their live state, and contacts.
#[utoipa::path(get, path = "/phone-book", params(Paging, PhoneBookFilter),
    extensions(("x-permission" = json!("contact.read"))),
    responses((status = 200, body = Page<PhoneBookEntry>)))]
async fn phone_book(
    Ctx(ctx): Ctx,
    listing: Listing<PhoneBookFilter>,
) -> Result<Page<PhoneBookEntry>, Problem> {
    let PhoneBookFilter { customer_id, kind } = listing.filter;
    let (customer, kind) = (customer_id.as_deref(), kind.as_deref());
    let page = contacts::phone_book(&ctx, customer, kind, &listing.paging.into()).await?;
    Ok(page.into())
}

/// Add a contact.
#[utoipa::path(post, path = "/contacts", request_body = NewContact,
    extensions(("x-permission" = json!("contact.create"))),
    responses((status = 201, body = Contact)))]
async fn create(Ctx(ctx): Ctx, Json(new): Json<NewContact>) -> Result<Created<Contact>, Problem> {
    let contact = contacts::create(&ctx, new.into()).await?;
    Ok(Created(contact.into()))
}

/// One contact.
#[utoipa::path(get, path = "/contacts/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("contact.read"))),
    responses((status = 200, body = Contact)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<ContactId>) -> Result<Tagged<Contact>, Problem> {
    let contact = contacts::get(&ctx, id).await?;
    Ok(Tagged(contact.into()))
}

/// Change what the body names.
#[utoipa::path(patch, path = "/contacts/{id}", params(("id" = String, Path)),
    request_body = ContactChanges,
    extensions(("x-permission" = json!("contact.update"))),
    responses((status = 200, body = Contact)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ContactId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<ContactChanges>,
) -> Result<Tagged<Contact>, Problem> {
    let contact = contacts::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(contact.into()))
}

/// Delete a contact.
#[utoipa::path(delete, path = "/contacts/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("contact.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<ContactId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    contacts::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
