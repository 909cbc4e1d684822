//! The profiles that the actor can see, or those that they may hand out.

use std::sync::Arc;

use model::{AccessProfile, CustomerId, Model, Operation};

use super::{AccessProfileFilter, get::is_visible};
use crate::{
    Context, Error, ListQuery, Page,
    fold::fold,
    listing::Listing,
    users::{is_role, seat},
};

/// Lists profiles: the standard ones and those of the customers that the actor can see, or only
/// those that hold no more than the actor does.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit.
pub async fn list(
    ctx: &Context,
    filter: &AccessProfileFilter,
    query: &ListQuery,
) -> Result<Page<Arc<AccessProfile>>, Error> {
    ctx.require_somewhere(Model::AccessProfile, Operation::Read)?;
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let listing = Listing::read(query, &["name"])?;
    let rows: Vec<_> = ctx
        .directory()
        .profiles()
        .filter(|p| customer.is_none() || p.customer.is_none() || p.customer == customer)
        .filter(|profile| is_visible(ctx, profile))
        .filter(|profile| !filter.assignable || is_assignable(ctx, profile, customer))
        .filter(|profile| listing.matches(&[&profile.name, &profile.description]))
        .cloned()
        .collect();
    Ok(listing.page(
        rows,
        |profile| fold(&profile.name),
        |profile| profile.id.to_string(),
    ))
}

/// Whether the actor may give it to someone of this customer; none: to anyone.
fn is_assignable(ctx: &Context, profile: &AccessProfile, customer: Option<CustomerId>) -> bool {
    let directory = ctx.directory();
    let for_customer = customer
        .or(profile.customer)
        .unwrap_or_else(|| directory.default_customer());
    let for_providers = customer.is_none() && is_role(profile, None);
    (for_providers || is_role(profile, Some(for_customer)))
        && ctx.holds_all(profile, seat(&directory, Some(for_customer)))
}
