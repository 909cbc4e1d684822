//! The accounts that the actor can see.

use std::sync::Arc;

use model::{ConferenceManager, Model, Operation};

use crate::{Context, Error, ListQuery, Page, gate::Target, listing::Listing};

/// Lists conference manager accounts.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit.
pub async fn list(
    ctx: &Context,
    customer_id: Option<&str>,
    query: &ListQuery,
) -> Result<Page<Arc<ConferenceManager>>, Error> {
    ctx.require_somewhere(Model::ConferenceManager, Operation::Read)?;
    let customer = ctx.customer_of_filter(customer_id)?;
    let listing = Listing::read(query, &["username", "extension", "created_at"])?;
    let visible = |manager: &ConferenceManager| {
        let target = Target::customer(manager.customer);
        ctx.allows(Model::ConferenceManager, Operation::Read, &target)
    };
    let rows: Vec<_> = ctx
        .directory()
        .managers()
        .of(customer)
        .into_iter()
        .filter(|manager| visible(manager))
        .filter(|m| listing.matches(&[m.username.as_str(), m.extension.as_str()]))
        .collect();
    Ok(listing.page(
        rows,
        |manager| match listing.sort {
            "extension" => format!("{:0>15}", manager.extension.as_str()),
            "created_at" => format!("{:020}", manager.created_at.as_microsecond()),
            _ => manager.username.to_string(),
        },
        |manager| manager.id.to_string(),
    ))
}
