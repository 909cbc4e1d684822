//! The audit log, the latest first.

use model::{AuditEntry, Model, Operation};
use store::Scope;

use super::AuditFilter;
use crate::{Context, Error, ListQuery, Page, change::store_error, gate::Target, listing::Stored};

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
    let wanted = wanted(ctx, filter, query)?;
    let found = wanted.page(ctx).await?;
    let reader = ctx.services().store().read();
    let total = reader.audit().count(wanted.scope, &wanted.filter).await;
    Ok(Page {
        next: wanted.next(&found),
        items: found.items,
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

/// Rows that the actor may read.
pub(super) struct Wanted {
    scope: Scope,
    filter: store::AuditFilter,
    list: Stored<store::AuditSort>,
}

impl Wanted {
    /// Where the page after this one begins.
    pub(super) fn next(&self, page: &store::Page<AuditEntry>) -> Option<String> {
        self.list.next(page.next.as_ref())
    }

    /// A page, uncounted.
    pub(super) async fn page(&self, ctx: &Context) -> Result<store::Page<AuditEntry>, Error> {
        let reader = ctx.services().store().read();
        let audit = reader.audit();
        let found = audit.list(self.scope, &self.filter, &self.list.list).await;
        found.map_err(|e| store_error("list the audit log", e))
    }
}

/// Asks whether the actor may read them, and reads the filter.
pub(super) fn wanted(
    ctx: &Context,
    filter: &AuditFilter,
    query: &ListQuery,
) -> Result<Wanted, Error> {
    let (scope, target) = place(ctx, filter)?;
    ctx.require(Model::AuditLog, Operation::Read, &target)?;
    let latest_first = ListQuery {
        sort: query.sort.clone().or_else(|| Some("-at".to_owned())),
        ..query.clone()
    };
    let list = Stored::read(&latest_first, &[("at", store::AuditSort::At)])?;
    let model = match filter.model.as_deref() {
        None => None,
        Some(name) => Some(Model::from_name(name).ok_or_else(|| {
            Error::field("model", "unknown", "give a model's name, such as user")
        })?),
    };
    let q = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let filter = store::AuditFilter {
        model,
        action: filter.action.clone(),
        except_action: filter.except_action.clone(),
        subject_id: filter.subject_id.clone(),
        actor: None,
        from: filter.since,
        until: filter.until,
        q: q.map(str::to_owned),
    };
    Ok(Wanted {
        scope,
        filter,
        list,
    })
}
