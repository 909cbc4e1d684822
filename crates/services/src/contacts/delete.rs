//! An entry of the address book goes.

use model::{ContactId, Operation};

use super::find;
use crate::{Context, Error, Expected, change::store_error, input::expect_version};

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
    change.deleted(&*contact);
    change.commit().await
}
