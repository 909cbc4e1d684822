//! An entry of the address book goes.

use model::{ContactId, Model, Operation};

use super::find;
use crate::{
    Context, Error, Expected,
    change::{Act, record, store_error},
    directory::DirectoryChange,
    events::Subject,
    input::expect_version,
};

/// Deletes a contact.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`.
pub async fn delete(ctx: &Context, id: ContactId, expected: Expected) -> Result<(), Error> {
    find(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let contact = find(ctx, id, Operation::Delete)?;
    expect_version(expected, contact.version)?;
    change
        .tx
        .contacts()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete a contact", e))?;
    change.audit(Act {
        customer: Some(contact.customer),
        action: "contact.deleted",
        model: Model::Contact,
        subject_id: id.to_string(),
        subject_name: contact.name.to_string(),
        before: Some(record(&*contact)),
        after: None,
    });
    change.apply(DirectoryChange::ContactGone(id));
    change.tell(
        "contact.deleted",
        Some(contact.customer),
        Subject::Contact(id),
    );
    change.commit().await
}
