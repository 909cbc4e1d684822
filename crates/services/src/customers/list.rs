//! The customers that the actor can see.

use model::{Model, Operation};

use super::{CustomerView, view};
use crate::{Context, Error, ListQuery, Page, fold::fold, gate::Target, listing::Listing};

/// Lists customers.
///
/// # Errors
/// `Forbidden`; `Invalid` for a bad cursor, sort or limit.
pub async fn list(ctx: &Context, query: &ListQuery) -> Result<Page<CustomerView>, Error> {
    ctx.require_somewhere(Model::Customer, Operation::Read)?;
    let listing = Listing::read(query, &["name", "account_name", "created_at"])?;
    let directory = ctx.directory();
    let rows: Vec<_> = directory
        .customers()
        .filter(|c| ctx.allows(Model::Customer, Operation::Read, &Target::customer(c.id)))
        .filter(|c| listing.matches(&[c.name.as_str(), c.account_name.as_str()]))
        .cloned()
        .collect();
    let page = listing.page(
        rows,
        |customer| match listing.sort {
            "account_name" => customer.account_name.to_string(),
            "created_at" => format!("{:020}", customer.created_at.as_microsecond()),
            _ => fold(customer.name.as_str()),
        },
        |customer| customer.id.to_string(),
    );
    Ok(page.map(|customer| view(ctx, &customer)))
}
