//! Everyone who can be invited: extensions and contacts in one list.

use model::{CustomerId, Model, Operation, User};

use super::{PhoneBookEntry, PhoneBookSource};
use crate::{
    Context, Error, ListQuery, Page, directory::Directory, fold::fold, gate::Target,
    listing::Listing, users::Filter,
};

/// More than any customer has.
const EVERYONE: usize = 10_000_000;

/// Lists the customer's extensions with their live state, and its contacts, or one kind of them
/// (`user`, `contact`). Whoever may read the
/// address book sees names and numbers, and nothing else of a person.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad cursor, sort or limit, or if
/// a customer has to be named.
pub async fn phone_book(
    ctx: &Context,
    customer_id: Option<&str>,
    kind: Option<&str>,
    query: &ListQuery,
) -> Result<Page<PhoneBookEntry>, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(customer_id, &mut fields)?;
    if kind.is_some_and(|kind| !matches!(kind, "user" | "contact")) {
        fields.add("kind", "unknown", "a kind is user or contact");
    }
    fields.finish()?;
    let customer = customer.ok_or(Error::Internal)?;
    ctx.require(Model::Contact, Operation::Read, &Target::customer(customer))?;
    let listing = Listing::read(query, &["name", "target"])?;
    let wanted = |of: &str| kind.is_none_or(|kind| kind == of);
    let (mut rows, users) = if wanted("user") {
        users(ctx, customer, &listing)
    } else {
        (Vec::new(), 0)
    };
    let contacts = if wanted("contact") {
        contacts(&ctx.directory(), customer, &listing)
    } else {
        Vec::new()
    };
    let total = users + contacts.len() as u64;
    let behind = contacts
        .into_iter()
        .filter(|((key, id), _)| listing.is_after(key, id));
    rows.extend(behind);
    rows.sort_by(|(a, _), (b, _)| {
        if listing.descending {
            b.cmp(a)
        } else {
            a.cmp(b)
        }
    });
    Ok(listing.cut(rows, total))
}

type Keyed = ((String, String), PhoneBookEntry);

/// A page's users and one more, from the index that the users list has; and how many there are.
/// The index also knows emails and usernames, which are nobody's business here: a search is
/// judged again by name and number.
fn users(ctx: &Context, customer: CustomerId, listing: &Listing) -> (Vec<Keyed>, u64) {
    let by_number = listing.sort == "target";
    let searched = !listing.words.is_empty();
    let wanted = Listing {
        sort: if by_number { "extension" } else { "name" },
        limit: if searched { EVERYONE } else { listing.limit },
        after: listing.after.clone().filter(|_| !searched),
        ..listing.clone()
    };
    let filter = Filter {
        has_extension: Some(true),
        enabled: true,
        ..Filter::default()
    };
    let index = ctx.services().user_index();
    let found = index.find(Some(customer), &filter, &wanted);
    let mut total = found.total;
    let mut rows: Vec<_> = found
        .rows
        .into_iter()
        .filter_map(|(key, user)| entry(ctx, &user).map(|entry| (key, entry)))
        .collect();
    if searched {
        rows.retain(|(_, entry)| listing.matches(&[&entry.name, &entry.target]));
        total = rows.len() as u64;
        rows.retain(|((key, id), _)| listing.is_after(key, id));
    }
    (rows, total)
}

fn entry(ctx: &Context, user: &User) -> Option<PhoneBookEntry> {
    user.extension.as_ref().map(|extension| PhoneBookEntry {
        source: PhoneBookSource::User(user.id),
        name: user.display_name(),
        target: extension.to_string(),
        presence: Some(ctx.services().presence(user)),
    })
}

fn contacts(directory: &Directory, customer: CustomerId, listing: &Listing) -> Vec<Keyed> {
    let contacts = directory.contacts().of(Some(customer)).into_iter();
    contacts
        .map(|contact| PhoneBookEntry {
            source: PhoneBookSource::Contact(contact.id),
            name: contact.name.to_string(),
            target: contact.target.to_string(),
            presence: None,
        })
        .filter(|entry| listing.matches(&[&entry.name, &entry.target]))
        .map(|entry| {
            let key = match listing.sort {
                "target" => format!("{:0>15}", entry.target),
                _ => fold(&entry.name),
            };
            let id = match entry.source {
                PhoneBookSource::User(id) => id.to_string(),
                PhoneBookSource::Contact(id) => id.to_string(),
            };
            ((key, id), entry)
        })
        .collect()
}
