//! The address book.

use std::sync::Arc;

use model::{Contact, Model, Operation};

use crate::{Context, Error, ListQuery, Page, fold::fold, gate::Target, listing::Listing};

/// Lists contacts.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit.
pub async fn list(
    ctx: &Context,
    customer_id: Option<&str>,
    query: &ListQuery,
) -> Result<Page<Arc<Contact>>, Error> {
    ctx.require_somewhere(Model::Contact, Operation::Read)?;
    let customer = ctx.customer_of_filter(customer_id)?;
    let listing = Listing::read(query, &["name", "target", "created_at"])?;
    let visible = |contact: &Contact| {
        let target = Target::customer(contact.customer);
        ctx.allows(Model::Contact, Operation::Read, &target)
    };
    let rows: Vec<_> = ctx
        .directory()
        .contacts()
        .of(customer)
        .into_iter()
        .filter(|contact| visible(contact))
        .filter(|c| {
            listing.words.is_empty() || listing.matches(&[c.name.as_str(), &c.target.to_string()])
        })
        .collect();
    Ok(listing.page(
        rows,
        |contact| match listing.sort {
            "target" => contact.target.to_string(),
            "created_at" => format!("{:020}", contact.created_at.as_microsecond()),
            _ => fold(contact.name.as_str()),
        },
        |contact| contact.id.to_string(),
    ))
}
