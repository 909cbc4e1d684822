//! The audit log, the latest first.

use model::{AuditEntry, Model, Operation};
use store::Scope;

use super::AuditFilter;
use crate::{Context, Error, ListQuery, Page, change::store_error, gate::Target, listing};

/// Lists audit rows; `q` is a part of a name or of the action.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad filter, cursor or limit;
/// `Unavailable` while the database is away.
pub async fn list(
    ctx: &Context,
    filter: &AuditFilter,
    query: &ListQuery,
) -> Result<Page<AuditEntry>, Error> {
    let found = page(ctx, filter, query).await?;
    let (scope, _) = place(ctx, filter)?;
    let reader = ctx.services().store().read();
    let wanted = wanted(filter, query)?;
    let total = reader.audit().count(scope, &wanted).await;
    Ok(Page {
        items: found.items,
        next: found.next.map(|cursor| cursor.to_string()),
        total: total.map_err(|e| store_error("count the audit log", e))?,
    })
}

/// Whose log it is.
pub(super) fn place(ctx: &Context, filter: &AuditFilter) -> Result<(Scope, Target), Error> {
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    Ok((
        customer.map_or(Scope::Provider, Scope::Customer),
        customer.map_or_else(Target::provider, Target::customer),
    ))
}

/// A page, uncounted.
pub(super) async fn page(
    ctx: &Context,
    filter: &AuditFilter,
    query: &ListQuery,
) -> Result<store::Page<AuditEntry>, Error> {
    let (scope, target) = place(ctx, filter)?;
    ctx.require(Model::AuditLog, Operation::Read, &target)?;
    let query = ListQuery {
        sort: query.sort.clone().or_else(|| Some("-at".to_owned())),
        ..query.clone()
    };
    let list = listing::stored(&query, &[("at", store::AuditSort::At)])?;
    let reader = ctx.services().store().read();
    let wanted = wanted(filter, &query)?;
    let found = reader.audit().list(scope, &wanted, &list).await;
    found.map_err(|e| store_error("list the audit log", e))
}

fn wanted(filter: &AuditFilter, query: &ListQuery) -> Result<store::AuditFilter, Error> {
    let model = match filter.model.as_deref() {
        None => None,
        Some(name) => Some(Model::from_name(name).ok_or_else(|| {
            Error::field("model", "unknown", "give a model's name, such as user")
        })?),
    };
    Ok(store::AuditFilter {
        model,
        action: filter.action.clone(),
        subject_id: filter.subject_id.clone(),
        actor: None,
        from: filter.since,
        until: filter.until,
        q: query
            .q
            .as_deref()
            .map(str::trim)
            .filter(|q| !q.is_empty())
            .map(str::to_owned),
    })
}
