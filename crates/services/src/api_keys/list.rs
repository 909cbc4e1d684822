//! The keys that the actor can see.

use model::{ApiKey, ApiKeyId, Model, Operation};
use store::Scope;

use super::{ApiKeyView, view};
use crate::{Context, Error, ListQuery, Page, change::store_error, gate::Target, listing::Stored};

/// Lists keys.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit;
/// `Unavailable` while the database is away.
pub async fn list(
    ctx: &Context,
    customer_id: Option<&str>,
    query: &ListQuery,
) -> Result<Page<ApiKeyView>, Error> {
    let customer = ctx.customer_of_filter(customer_id)?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::ApiKey, Operation::Read, &target)?;
    let scope = customer.map_or(Scope::Provider, Scope::Customer);
    let sorts = [
        ("name", store::ApiKeySort::Name),
        ("created_at", store::ApiKeySort::CreatedAt),
    ];
    let wanted = Stored::read(query, &sorts)?;
    let reader = ctx.services().store().read();
    let failed = |e| store_error("list keys", e);
    let page = reader.api_keys().list(scope, &wanted.list).await;
    let page = page.map_err(failed)?;
    let total = reader.api_keys().count(scope).await.map_err(failed)?;
    Ok(Page {
        items: page.items.into_iter().map(view).collect(),
        next: wanted.next(page.next.as_ref()),
        total,
    })
}

/// Shows a key's row.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Unavailable` while the database is away.
pub async fn get(ctx: &Context, id: ApiKeyId) -> Result<ApiKeyView, Error> {
    find(ctx, id, Operation::Read).await.map(view)
}

/// The key, if the actor may do this with it.
pub(super) async fn find(
    ctx: &Context,
    id: ApiKeyId,
    operation: Operation,
) -> Result<ApiKey, Error> {
    let key = ctx
        .services()
        .store()
        .read()
        .api_keys()
        .by_id(ctx.scope(), id)
        .await
        .map_err(|e| store_error("read a key", e))?
        .ok_or(Error::NotFound("api_key"))?;
    let target = key.customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::ApiKey, operation, &target)?;
    Ok(key)
}
