//! An entry of the address book changes.

use std::sync::Arc;

use model::{Contact, ContactId, DialTarget, DisplayName, Operation};

use super::{ContactPatch, find};
use crate::{
    Context, Error, Expected,
    change::store_error,
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
    let mut fields = ctx.fields();
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
    let contact = change.updated(&*before, contact);
    change.commit().await?;
    Ok(contact)
}
