//! One entry of the address book.

use std::sync::Arc;

use model::{Contact, ContactId, Operation};

use super::find;
use crate::{Context, Error};

/// Shows a contact.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: ContactId) -> Result<Arc<Contact>, Error> {
    find(ctx, id, Operation::Read)
}
