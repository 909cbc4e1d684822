//! The conferences that the actor can see.

use std::sync::Arc;

use model::{ConferenceView, CustomerId, Model, Operation, RoomId};
use store::Scope;

use super::{ConferenceFilter, target};
use crate::{
    Context, Error, ListQuery, Page,
    change::store_error,
    listing::{Listing, Stored},
};

/// Lists conferences, the latest first: the running ones from memory, the past ones from the
/// database.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad filter, cursor, sort or
/// limit; `Unavailable` for past ones while the database is away.
pub async fn list(
    ctx: &Context,
    filter: &ConferenceFilter,
    query: &ListQuery,
) -> Result<Page<Arc<ConferenceView>>, Error> {
    ctx.require_somewhere(Model::Conference, Operation::Read)?;
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let room =
        match &filter.room_id {
            None => None,
            Some(text) => Some(text.parse::<RoomId>().map_err(|_| {
                Error::field("room_id", "invalid", "give the id of a conference room")
            })?),
        };
    match filter.state.as_deref() {
        Some("running") => running(ctx, customer, room, query),
        Some("ended") => stored(ctx, customer, room, Some(false), query).await,
        None => stored(ctx, customer, room, None, query).await,
        Some(_) => Err(Error::field(
            "state",
            "unknown",
            "a state is running or ended",
        )),
    }
}

fn readable(ctx: &Context, view: &ConferenceView) -> bool {
    ctx.allows(Model::Conference, Operation::Read, &target(ctx, view))
}

fn running(
    ctx: &Context,
    customer: Option<CustomerId>,
    room: Option<RoomId>,
    query: &ListQuery,
) -> Result<Page<Arc<ConferenceView>>, Error> {
    let listing = Listing::read(&newest_first(query), &["started_at"])?;
    let rows: Vec<_> = ctx
        .services()
        .live()
        .conferences()
        .into_iter()
        .filter(|view| customer.is_none_or(|customer| view.customer == customer))
        .filter(|view| room.is_none_or(|room| view.room == room))
        .filter(|view| readable(ctx, view))
        .collect();
    Ok(listing.page(
        rows,
        |view| format!("{:020}", view.started_at.as_microsecond()),
        |view| view.id.to_string(),
    ))
}

fn newest_first(query: &ListQuery) -> ListQuery {
    ListQuery {
        sort: query
            .sort
            .clone()
            .or_else(|| Some("-started_at".to_owned())),
        ..query.clone()
    }
}

/// The rooms whose conferences the actor may read, of those asked for; none: all of them.
fn rooms(ctx: &Context, customer: Option<CustomerId>, room: Option<RoomId>) -> Option<Vec<RoomId>> {
    let everywhere = customer.is_none_or(|customer| {
        let anywhere = crate::gate::Target::customer(customer);
        ctx.allows(Model::Conference, Operation::Read, &anywhere)
    });
    if everywhere {
        return room.map(|room| vec![room]);
    }
    let rooms = ctx.directory().rooms().of(customer);
    let readable = rooms.into_iter().filter(|room| {
        let target = crate::conference_rooms::target(room);
        ctx.allows(Model::Conference, Operation::Read, &target)
    });
    Some(
        readable
            .map(|readable| readable.id)
            .filter(|id| room.is_none_or(|room| room == *id))
            .collect(),
    )
}

async fn stored(
    ctx: &Context,
    customer: Option<CustomerId>,
    room: Option<RoomId>,
    running: Option<bool>,
    query: &ListQuery,
) -> Result<Page<Arc<ConferenceView>>, Error> {
    let scope = customer.map_or(Scope::Provider, Scope::Customer);
    let filter = store::ConferenceFilter {
        rooms: rooms(ctx, customer, room),
        running,
    };
    let wanted = Stored::read(
        &newest_first(query),
        &[("started_at", store::ConferenceSort::StartedAt)],
    )?;
    let reader = ctx.services().store().read();
    let failed = |e| store_error("list conferences", e);
    let page = reader
        .conferences()
        .list(scope, &filter, &wanted.list)
        .await
        .map_err(failed)?;
    let total = reader
        .conferences()
        .count(scope, &filter)
        .await
        .map_err(failed)?;
    let live = ctx.services().live();
    let items = page
        .items
        .into_iter()
        .map(|view| live.conference(view.id).unwrap_or_else(|| Arc::new(view)))
        .filter(|view| readable(ctx, view))
        .collect();
    Ok(Page {
        items,
        next: wanted.next(page.next.as_ref()),
        total,
    })
}
