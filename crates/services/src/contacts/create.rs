//! A new entry of the address book.

use std::sync::Arc;

use model::{Contact, ContactId, DialTarget, DisplayName, Model, Operation};

use super::NewContact;
use crate::{Context, Error, change::store_error, gate::Target};

/// Makes a contact.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid`.
pub async fn create(ctx: &Context, new: NewContact) -> Result<Arc<Contact>, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(new.customer_id.as_deref(), &mut fields)?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::Contact, Operation::Create, &target)?;
    let name = fields.take("name", DisplayName::parse(&new.name));
    let dialled = fields.take("target", DialTarget::parse(&new.target));
    fields.finish()?;
    let (Some(customer), Some(name), Some(dialled)) = (customer, name, dialled) else {
        return Err(Error::Internal);
    };
    let contact = Contact {
        id: ContactId::mint(ctx.now(), ctx.services().entropy()),
        customer,
        name,
        target: dialled,
        version: 1,
        created_at: ctx.now(),
    };
    let mut change = ctx.change().await?;
    change
        .tx
        .contacts()
        .insert(&contact)
        .await
        .map_err(|e| store_error("make a contact", e))?;
    let contact = change.created(contact);
    change.commit().await?;
    Ok(contact)
}
