//! An entry of the address book changes.

use std::sync::Arc;

use model::{Contact, ContactId, DialTarget, DisplayName, Model, Operation};

use super::{ContactPatch, find};
use crate::{
    Context, Error, Expected,
    change::{Act, fields_that_differ, record, store_error},
    directory::DirectoryChange,
    error::Fields,
    events::Subject,
    input::{expect_version, set_required},
};

/// Changes what the patch names.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid`.
pub async fn update(
    ctx: &Context,
    id: ContactId,
    patch: ContactPatch,
    expected: Expected,
) -> Result<Arc<Contact>, Error> {
    find(ctx, id, Operation::Update)?;
    let mut change = ctx.change().await?;
    let before = find(ctx, id, Operation::Update)?;
    expect_version(expected, before.version)?;
    let mut contact = Contact::clone(&before);
    let mut fields = Fields::default();
    let parse = |text: String| DisplayName::parse(&text);
    set_required(&mut contact.name, patch.name, "name", parse, &mut fields);
    let parse = |text: String| DialTarget::parse(&text);
    set_required(
        &mut contact.target,
        patch.target,
        "target",
        parse,
        &mut fields,
    );
    fields.finish()?;
    if contact == *before {
        return Ok(before);
    }
    change
        .tx
        .contacts()
        .update(&mut contact)
        .await
        .map_err(|e| store_error("change a contact", e))?;
    let (was, is) = fields_that_differ(&record(&*before), &record(&contact));
    change.audit(Act {
        customer: Some(contact.customer),
        action: "contact.updated",
        model: Model::Contact,
        subject_id: id.to_string(),
        subject_name: contact.name.to_string(),
        before: Some(was),
        after: Some(is),
    });
    let contact = Arc::new(contact);
    change.apply(DirectoryChange::Contact(contact.clone()));
    change.tell(
        "contact.updated",
        Some(contact.customer),
        Subject::Contact(id),
    );
    change.commit().await?;
    Ok(contact)
}
