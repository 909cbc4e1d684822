//! The sites that the actor can see.

use std::sync::Arc;

use model::{Model, Operation, Site};

use super::target;
use crate::{Context, Error, ListQuery, Page, fold::fold, listing::Listing};

/// Lists sites.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit.
pub async fn list(
    ctx: &Context,
    customer_id: Option<&str>,
    query: &ListQuery,
) -> Result<Page<Arc<Site>>, Error> {
    ctx.require_somewhere(Model::Site, Operation::Read)?;
    let customer = ctx.customer_of_filter(customer_id)?;
    let listing = Listing::read(query, &["name", "country", "created_at"])?;
    let rows: Vec<_> = ctx
        .directory()
        .sites()
        .of(customer)
        .into_iter()
        .filter(|site| ctx.allows(Model::Site, Operation::Read, &target(site)))
        .filter(|site| listing.matches(&[site.name.as_str(), &site.country, &site.time_zone]))
        .collect();
    Ok(listing.page(
        rows,
        |site| match listing.sort {
            "country" => site.country.clone(),
            "created_at" => format!("{:020}", site.created_at.as_microsecond()),
            _ => fold(site.name.as_str()),
        },
        |site| site.id.to_string(),
    ))
}
