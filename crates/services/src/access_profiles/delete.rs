//! A profile goes: refused while anyone has it.

use model::{AccessProfile, AccessProfileId, CustomerId, Operation};

use super::own;
use crate::{
    Context, Error, Expected, Use,
    change::{Change, store_error},
    input::expect_version,
};

/// Deletes a profile that nobody has.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Conflict` for a standard one, `InUse` with the
/// users and keys that have it.
pub async fn delete(ctx: &Context, id: AccessProfileId, expected: Expected) -> Result<(), Error> {
    own(ctx, id, Operation::Delete)?;
    let mut change = ctx.change().await?;
    let (profile, customer) = own(ctx, id, Operation::Delete)?;
    expect_version(expected, profile.version)?;
    let uses = uses_of(ctx, &change, &profile, customer).await?;
    if !uses.is_empty() {
        return Err(Error::InUse(uses));
    }
    change
        .tx
        .profiles()
        .delete(ctx.scope(), id)
        .await
        .map_err(|e| store_error("delete an access profile", e))?;
    change.deleted(&*profile);
    change.commit().await
}

async fn uses_of(
    ctx: &Context,
    change: &Change<'_>,
    profile: &AccessProfile,
    customer: CustomerId,
) -> Result<Vec<Use>, Error> {
    let directory = ctx.directory();
    let users = directory
        .users()
        .filter(|user| user.customer == Some(customer) && user.role == profile.name)
        .map(|user| Use {
            kind: "user",
            id: user.id.to_string(),
            name: user.display_name(),
        });
    let keys = change
        .tx
        .api_keys()
        .of_profile(customer, &profile.name)
        .await
        .map_err(|e| store_error("look for keys with an access profile", e))?;
    let keys = keys.into_iter().map(|key| Use {
        kind: "api_key",
        id: key.id.to_string(),
        name: key.name.to_string(),
    });
    Ok(users.chain(keys).collect())
}
