//! The customer's address book, and the phone book that the invite dialog shows.

mod create;
mod delete;
mod get;
mod list;
mod phone_book;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use phone_book::phone_book;
pub use update::update;

use model::{ContactId, Presence, UserId};

use crate::Patch;

/// An entry to be.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// As people call it.
    pub name: String,
    /// A number or `#sip:user@host`.
    pub target: String,
}

/// What to change of an entry.
#[derive(Debug, Clone, Default)]
pub struct ContactPatch {
    /// As people call it.
    pub name: Patch<String>,
    /// A number or `#sip:user@host`.
    pub target: Patch<String>,
}

/// Someone who can be invited: an extension or a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneBookEntry {
    /// Which of the two, and its id.
    pub source: PhoneBookSource,
    /// As people call them.
    pub name: String,
    /// What to invite.
    pub target: String,
    /// Of users, at this moment.
    pub presence: Option<Presence>,
}

/// Where an entry of the phone book comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneBookSource {
    /// A user with an extension.
    User(UserId),
    /// A contact.
    Contact(ContactId),
}

/// The entry, if the actor may do this with it.
fn find(
    ctx: &crate::Context,
    id: ContactId,
    operation: model::Operation,
) -> Result<std::sync::Arc<model::Contact>, crate::Error> {
    let directory = ctx.directory();
    let contact = directory
        .contacts()
        .get(id)
        .ok_or(crate::Error::NotFound("contact"))?;
    let target = crate::gate::Target::customer(contact.customer);
    ctx.require(model::Model::Contact, operation, &target)?;
    Ok(contact.clone())
}

#[cfg(test)]
mod tests;
