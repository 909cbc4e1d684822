//! The rooms that the actor can see.

use model::{Model, Operation};

use super::{RoomFilter, RoomView, target, view};
use crate::{Context, Error, ListQuery, Page, listing::Listing};

/// Lists rooms with what runs in them.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad filter, cursor, sort or
/// limit.
pub async fn list(
    ctx: &Context,
    filter: &RoomFilter,
    query: &ListQuery,
) -> Result<Page<RoomView>, Error> {
    ctx.require_somewhere(Model::ConferenceRoom, Operation::Read)?;
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let listing = Listing::read(query, &["number", "name", "created_at"])?;
    let running = match filter.state.as_deref() {
        None => None,
        Some("running") => Some(true),
        Some("idle") => Some(false),
        Some(_) => {
            return Err(Error::field(
                "state",
                "unknown",
                "a state is idle or running",
            ));
        }
    };
    let live = ctx.services().live();
    let rows: Vec<_> = ctx
        .directory()
        .rooms()
        .of(customer)
        .into_iter()
        .filter(|room| ctx.allows(Model::ConferenceRoom, Operation::Read, &target(room)))
        .filter(|room| listing.matches(&[room.name.as_str(), room.number.as_str()]))
        .filter(|room| running.is_none_or(|wanted| live.running_in(room.id).is_some() == wanted))
        .collect();
    let page = listing.page(
        rows,
        |room| match listing.sort {
            "name" => room.name.as_str().to_lowercase(),
            "created_at" => format!("{:020}", room.created_at.as_microsecond()),
            _ => format!("{:0>15}", room.number.as_str()),
        },
        |room| room.id.to_string(),
    );
    Ok(page.map(|room| view(ctx, &room)))
}
