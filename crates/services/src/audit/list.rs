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
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::AuditLog, Operation::Read, &target)?;
    let scope = customer.map_or(Scope::Provider, Scope::Customer);
    let model = match filter.model.as_deref() {
        None => None,
        Some(name) => Some(Model::from_name(name).ok_or_else(|| {
            Error::field("model", "unknown", "give a model's name, such as user")
        })?),
    };
    let wanted = store::AuditFilter {
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
    };
    let query = ListQuery {
        sort: query.sort.clone().or_else(|| Some("-at".to_owned())),
        ..query.clone()
    };
    let list = listing::stored(&query, &[("at", store::AuditSort::At)])?;
    let reader = ctx.services().store().read();
    let failed = |e| store_error("list the audit log", e);
    let page = reader
        .audit()
        .list(scope, &wanted, &list)
        .await
        .map_err(failed)?;
    let total = reader.audit().count(scope, &wanted).await.map_err(failed)?;
    Ok(Page {
        items: page.items,
        next: page.next.map(|cursor| cursor.to_string()),
        total,
    })
}
