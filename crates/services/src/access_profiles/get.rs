//! One profile.

use std::sync::Arc;

use model::{AccessProfile, AccessProfileId, Model, Operation};

use crate::{Context, Error, gate::Target};

/// Shows a profile: a standard one, or one of a customer that the actor can see.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: AccessProfileId) -> Result<Arc<AccessProfile>, Error> {
    find(ctx, id)
}

/// The profile, if the actor may read it.
pub(super) fn find(ctx: &Context, id: AccessProfileId) -> Result<Arc<AccessProfile>, Error> {
    let directory = ctx.directory();
    let profile = directory
        .profile_with_id(id)
        .ok_or(Error::NotFound("access_profile"))?;
    match profile.customer {
        Some(customer) => ctx.require(
            Model::AccessProfile,
            Operation::Read,
            &Target::customer(customer),
        )?,
        None => {
            ctx.require_somewhere(Model::AccessProfile, Operation::Read)?;
        }
    }
    Ok(profile.clone())
}

/// Whether the actor may read it: for lists.
pub(super) fn is_visible(ctx: &Context, profile: &AccessProfile) -> bool {
    profile.customer.is_none_or(|customer| {
        let target = Target::customer(customer);
        ctx.allows(Model::AccessProfile, Operation::Read, &target)
    })
}
