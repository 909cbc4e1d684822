//! Contacts on the wire.

use std::sync::Arc;

use serde::Serialize;
use services::{Patch, contacts::PhoneBookSource};
use utoipa::ToSchema;

use crate::answer::{Versioned, time, words};

/// An entry of a customer's address book.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Contact {
    id: String,
    customer_id: String,
    #[schema(example = "Meeting room Oslo")]
    name: String,
    /// A number or `#sip:user@host`.
    #[schema(example = "#sip:oslo@rooms.example.com")]
    target: String,
    /// Counts changes; the ETag.
    version: u64,
    created_at: String,
}

impl Versioned for Contact {
    fn version(&self) -> u64 {
        self.version
    }
}

impl From<Arc<model::Contact>> for Contact {
    fn from(contact: Arc<model::Contact>) -> Self {
        Self {
            id: contact.id.to_string(),
            customer_id: contact.customer.to_string(),
            name: contact.name.to_string(),
            target: contact.target.to_string(),
            version: contact.version,
            created_at: time(contact.created_at),
        }
    }
}

/// Someone who can be invited.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PhoneBookEntry {
    /// Whether it is a user or a contact.
    #[schema(schema_with = words::phone_book_kind)]
    kind: String,
    /// The user's or the contact's.
    id: String,
    #[schema(example = "Anna Berg")]
    name: String,
    /// What to put into `invite`.
    #[schema(example = "201")]
    target: String,
    /// Of users, at this moment.
    #[schema(schema_with = words::presence_or_null)]
    state: Option<String>,
}

impl From<services::contacts::PhoneBookEntry> for PhoneBookEntry {
    fn from(entry: services::contacts::PhoneBookEntry) -> Self {
        let (kind, id) = match entry.source {
            PhoneBookSource::User(id) => ("user", id.to_string()),
            PhoneBookSource::Contact(id) => ("contact", id.to_string()),
        };
        Self {
            kind: kind.to_owned(),
            id,
            name: entry.name,
            target: entry.target,
            state: entry.presence.map(|state| state.as_str().to_owned()),
        }
    }
}

crate::body! {
    /// A contact to be.
    pub(crate) struct NewContact {
        /// One's own customer unless given.
        optional customer_id: Option<String>,
        /// As people call it.
        #[schema(example = "Meeting room Oslo")]
        required name: String,
        /// A number or `#sip:user@host`.
        #[schema(example = "#sip:oslo@rooms.example.com")]
        required target: String,
    }
}

impl From<NewContact> for services::contacts::NewContact {
    fn from(new: NewContact) -> Self {
        Self {
            customer_id: new.customer_id,
            name: new.name,
            target: new.target,
        }
    }
}

crate::body! {
    /// What to change of a contact.
    pub(crate) struct ContactChanges {
        /// As people call it.
        #[schema(value_type = String, required = false)]
        patch name: Patch<String>,
        /// A number or `#sip:user@host`.
        #[schema(value_type = String, required = false)]
        patch target: Patch<String>,
    }
}

impl From<ContactChanges> for services::contacts::ContactPatch {
    fn from(changes: ContactChanges) -> Self {
        Self {
            name: changes.name,
            target: changes.target,
        }
    }
}

crate::query! {
    /// Filters of the contacts list and the phone book.
    pub(crate) struct ContactFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
    }
}

crate::query! {
    /// Filters of the phone book.
    pub(crate) struct PhoneBookFilter {
        /// One customer's.
        #[param(nullable = false)]
        optional customer_id: Option<String>,
        /// Only users, or only contacts.
        #[param(schema_with = words::phone_book_kind, required = false)]
        optional kind: Option<String>,
    }
}
