//! The calls that the actor can see, the latest first.

use std::sync::Arc;

use model::{CallView, CustomerId, Model, Operation, UserId};
use store::Scope;

use super::{CallFilter, readable};
use crate::{
    Context, Error, ListQuery, Page,
    change::store_error,
    listing::{self, Listing},
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
        None if query.cursor.is_some() => stored(ctx, customer, user, filter, &query).await,
        None => both(ctx, customer, user, filter, &query).await,
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
        .filter(|call| has_numbers(call, &listing.words))
        .filter(|call| readable(ctx, call))
        .collect();
    Ok(listing.page(
        rows,
        |call| format!("{:020}", call.started_at.as_microsecond()),
        |call| call.id.to_string(),
    ))
}

fn has_numbers(call: &CallView, words: &[String]) -> bool {
    words
        .iter()
        .all(|word| call.from.number == *word || call.to.number == *word)
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
    let list = listing::stored(query, &[("started_at", store::CallSort::StartedAt)])?;
    let reader = ctx.services().store().read();
    let failed = |e| store_error("list calls", e);
    let page = reader
        .calls()
        .search(scope, &wanted, &list)
        .await
        .map_err(failed)?;
    let total = reader.calls().count(scope, &wanted).await.map_err(failed)?;
    Ok(Page {
        items: page.items.into_iter().map(Arc::new).collect(),
        next: page.next.map(|cursor| cursor.to_string()),
        total,
    })
}

/// The first page without a state: what is going on, then what was.
async fn both(
    ctx: &Context,
    customer: Option<CustomerId>,
    user: Option<UserId>,
    filter: &CallFilter,
    query: &ListQuery,
) -> Result<Page<Arc<CallView>>, Error> {
    let now = live(ctx, customer, user, filter, query)?;
    let limit = listing::limit_of(query)?;
    let left = limit.saturating_sub(now.items.len()).max(1);
    let rest = ListQuery {
        limit: i64::try_from(left).ok(),
        ..query.clone()
    };
    let past = stored(ctx, customer, user, filter, &rest).await?;
    let fresh = |call: &Arc<CallView>| now.items.iter().all(|live| live.id != call.id);
    let past_items = past.items.into_iter().filter(fresh);
    Ok(Page {
        items: now.items.iter().cloned().chain(past_items).collect(),
        next: past.next,
        total: now.total + past.total,
    })
}
