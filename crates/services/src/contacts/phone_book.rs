//! Everyone who can be invited: extensions and contacts in one list.

use model::{CustomerId, Model, Operation, User};

use super::{PhoneBookEntry, PhoneBookSource};
use crate::{
    Context, Error, ListQuery, Page, directory::Directory, error::Fields, gate::Target,
    listing::Listing,
};

/// Lists the customer's extensions with their live state, and its contacts. Whoever may read the
/// address book sees names and numbers, and nothing else of a person.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit, or if
/// a customer has to be named.
pub async fn phone_book(
    ctx: &Context,
    customer_id: Option<&str>,
    query: &ListQuery,
) -> Result<Page<PhoneBookEntry>, Error> {
    let mut fields = Fields::default();
    let customer = ctx.customer_of_input(customer_id, &mut fields)?;
    fields.finish()?;
    let customer = customer.ok_or(Error::Internal)?;
    ctx.require(Model::Contact, Operation::Read, &Target::customer(customer))?;
    let listing = Listing::read(query, &["name", "target"])?;
    let rows: Vec<_> = entries(ctx, &ctx.directory(), customer)
        .into_iter()
        .filter(|entry| listing.matches(&[&entry.name, &entry.target]))
        .collect();
    Ok(listing.page(
        rows,
        |entry| match listing.sort {
            "target" => format!("{:0>15}", entry.target),
            _ => entry.name.to_lowercase(),
        },
        |entry| match entry.source {
            PhoneBookSource::User(id) => id.to_string(),
            PhoneBookSource::Contact(id) => id.to_string(),
        },
    ))
}

fn entries(ctx: &Context, directory: &Directory, customer: CustomerId) -> Vec<PhoneBookEntry> {
    let of_user = |user: &User| {
        user.extension.as_ref().map(|extension| PhoneBookEntry {
            source: PhoneBookSource::User(user.id),
            name: user.display_name(),
            target: extension.to_string(),
            presence: Some(ctx.services().presence(user)),
        })
    };
    let users = directory
        .users()
        .filter(|user| user.customer == Some(customer) && !user.disabled)
        .filter_map(|user| of_user(user));
    let contacts = directory.contacts().of(Some(customer)).into_iter();
    let contacts = contacts.map(|contact| PhoneBookEntry {
        source: PhoneBookSource::Contact(contact.id),
        name: contact.name.to_string(),
        target: contact.target.to_string(),
        presence: None,
    });
    users.chain(contacts).collect()
}
