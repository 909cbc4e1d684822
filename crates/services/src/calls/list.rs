//! The calls that the actor can see, the latest first.

use std::sync::Arc;

use model::{CallView, CustomerId, Model, Operation, UserId};
use store::Scope;

use super::{CallFilter, readable};
use crate::{
    Context, Error, ListQuery, Page,
    change::store_error,
    listing::{self, Listing, Stored},
};

/// Lists calls: the live ones from memory, then the past ones from the database. `q` is a number.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad filter, cursor, sort or
/// limit; `Unavailable` for past ones while the database is away.
pub async fn list(
    ctx: &Context,
    filter: &CallFilter,
    query: &ListQuery,
) -> Result<Page<Arc<CallView>>, Error> {
    let extent = ctx.require_somewhere(Model::Call, Operation::Read)?;
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let all = extent.everything || extent.customer.is_some();
    let asked = match &filter.user_id {
        None => None,
        Some(text) => Some(
            text.parse::<UserId>()
                .map_err(|_| Error::field("user_id", "invalid", "give the id of a user"))?,
        ),
    };
    let user = if all { asked } else { extent.own };
    let nobodys = !all && (user.is_none() || asked.is_some_and(|asked| user != Some(asked)));
    if nobodys {
        return Ok(Page {
            items: Vec::new(),
            next: None,
            total: 0,
        });
    }
    let query = ListQuery {
        sort: query
            .sort
            .clone()
            .or_else(|| Some("-started_at".to_owned())),
        ..query.clone()
    };
    match filter.state.as_deref() {
        Some("live") => live(ctx, customer, user, filter, &query),
        Some("ended") => stored(ctx, customer, user, filter, &query).await,
        None => everything(ctx, customer, user, filter, query).await,
        Some(_) => Err(Error::field("state", "unknown", "a state is live or ended")),
    }
}

fn live(
    ctx: &Context,
    customer: Option<CustomerId>,
    user: Option<UserId>,
    filter: &CallFilter,
    query: &ListQuery,
) -> Result<Page<Arc<CallView>>, Error> {
    let listing = Listing::read(query, &["started_at"])?;
    let rows: Vec<_> = ctx
        .services()
        .live()
        .calls()
        .into_iter()
        .filter(|call| customer.is_none_or(|customer| call.customer == customer))
        .filter(|call| user.is_none_or(|user| super::target(call, Some(user)).owner.is_some()))
        .filter(|call| filter.since.is_none_or(|since| call.started_at >= since))
        .filter(|call| filter.until.is_none_or(|until| call.started_at < until))
        .filter(|call| has_number(call, query.q.as_deref().unwrap_or_default().trim()))
        .filter(|call| readable(ctx, call))
        .collect();
    Ok(listing.page(
        rows,
        |call| format!("{:020}", call.started_at.as_microsecond()),
        |call| call.id.to_string(),
    ))
}

fn has_number(call: &CallView, number: &str) -> bool {
    number.is_empty() || call.from.number == number || call.to.number == number
}

async fn stored(
    ctx: &Context,
    customer: Option<CustomerId>,
    user: Option<UserId>,
    filter: &CallFilter,
    query: &ListQuery,
) -> Result<Page<Arc<CallView>>, Error> {
    let scope = customer.map_or(Scope::Provider, Scope::Customer);
    let wanted = store::CallFilter {
        user,
        number: query
            .q
            .as_deref()
            .map(str::trim)
            .filter(|q| !q.is_empty())
            .map(str::to_owned),
        from: filter.since,
        until: filter.until,
        conference: None,
        cause: None,
        state: None,
    };
    let sorted = Stored::read(query, &[("started_at", store::CallSort::StartedAt)])?;
    let reader = ctx.services().store().read();
    let failed = |e| store_error("list calls", e);
    let page = reader
        .calls()
        .search(scope, &wanted, &sorted.list)
        .await
        .map_err(failed)?;
    let total = reader.calls().count(scope, &wanted).await.map_err(failed)?;
    Ok(Page {
        items: page.items.into_iter().map(Arc::new).collect(),
        next: sorted.next(page.next.as_ref()),
        total,
    })
}

/// What a cursor begins with while the live calls are not through.
const LIVE: &str = "live.";
/// The cursor to the first of the past calls.
const PAST: &str = "past";

/// Without a state: what is going on, page by page, then what was.
async fn everything(
    ctx: &Context,
    customer: Option<CustomerId>,
    user: Option<UserId>,
    filter: &CallFilter,
    mut query: ListQuery,
) -> Result<Page<Arc<CallView>>, Error> {
    match query.cursor.take() {
        None => {}
        Some(cursor) if cursor == PAST => {
            return stored(ctx, customer, user, filter, &query).await;
        }
        Some(cursor) => match cursor.strip_prefix(LIVE) {
            Some(live) => query.cursor = Some(live.to_owned()),
            None => {
                query.cursor = Some(cursor);
                return stored(ctx, customer, user, filter, &query).await;
            }
        },
    }
    let now = live(ctx, customer, user, filter, &query)?;
    let left = listing::limit_of(&query)?.saturating_sub(now.items.len());
    let rest = ListQuery {
        cursor: None,
        limit: i64::try_from(left.max(1)).ok(),
        ..query
    };
    let past = stored(ctx, customer, user, filter, &rest).await?;
    let total = now.total + past.total;
    if now.next.is_some() || left == 0 {
        let more = (!past.items.is_empty()).then(|| PAST.to_owned());
        return Ok(Page {
            next: now.next.map(|cursor| format!("{LIVE}{cursor}")).or(more),
            items: now.items,
            total,
        });
    }
    let fresh = |call: &Arc<CallView>| now.items.iter().all(|live| live.id != call.id);
    let past_items = past.items.into_iter().filter(fresh);
    Ok(Page {
        items: now.items.iter().cloned().chain(past_items).collect(),
        next: past.next,
        total,
    })
}
