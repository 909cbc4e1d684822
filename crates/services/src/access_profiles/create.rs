//! A profile of a customer's own.

use std::sync::Arc;

use model::{AccessProfile, AccessProfileId, CustomerId, Model, Operation};

use super::{NewAccessProfile, description_of, get::find, grants, name_of};
use crate::{Context, Error, change::store_error, error::Fields, gate::Target, users::seat};

/// Makes a profile, as a clone of another or of grants given.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid` with every wrong field, also for grants
/// that the actor does not hold.
pub async fn create(ctx: &Context, new: NewAccessProfile) -> Result<Arc<AccessProfile>, Error> {
    allowed(ctx, &new)?;
    let mut change = ctx.change().await?;
    let profile = read(ctx, &new)?;
    change
        .tx
        .profiles()
        .insert(&profile)
        .await
        .map_err(|e| store_error("make an access profile", e))?;
    let profile = change.created(profile);
    change.commit().await?;
    Ok(profile)
}

fn allowed(ctx: &Context, new: &NewAccessProfile) -> Result<Option<CustomerId>, Error> {
    let customer = ctx.customer_of_filter(new.customer_id.as_deref())?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::AccessProfile, Operation::Create, &target)?;
    Ok(customer)
}

fn read(ctx: &Context, new: &NewAccessProfile) -> Result<AccessProfile, Error> {
    let directory = ctx.directory();
    let mut fields = ctx.fields();
    let customer = allowed(ctx, new)?;
    let Some(customer) = customer else {
        fields.add("customer_id", "required", "name the customer by its id");
        return Err(fields.finish().err().unwrap_or(Error::Internal));
    };
    let name = name_of(&directory, customer, None, &new.name, &mut fields);
    let original = original(ctx, customer, new, &mut fields);
    let grants = match (&new.grants, &original) {
        (Some(given), _) => grants::read(given, &mut fields),
        (None, Some(original)) => original.grants.clone(),
        (None, None) => {
            if !fields.has("clone_of") {
                let message = "give grants, or the profile to clone as clone_of";
                fields.add("grants", "required", message);
            }
            Vec::new()
        }
    };
    let description = match (&new.description, original) {
        (Some(text), _) => description_of(text, &mut fields),
        (None, Some(original)) => original.description.clone(),
        (None, None) => String::new(),
    };
    let profile = AccessProfile {
        id: AccessProfileId::mint(ctx.now(), ctx.services().entropy()),
        customer: Some(customer),
        name: name.unwrap_or_default(),
        description,
        grants,
        version: 1,
    };
    if !ctx.holds_all(&profile, seat(&directory, Some(customer))) {
        let message = "this allows more than you may do yourself; leave those grants out";
        fields.add("grants", "not_allowed", message);
    }
    fields.finish()?;
    Ok(profile)
}

/// The profile to clone: a standard one, or one of the same customer.
fn original(
    ctx: &Context,
    customer: CustomerId,
    new: &NewAccessProfile,
    fields: &mut Fields,
) -> Option<Arc<AccessProfile>> {
    let found = new
        .clone_of
        .as_ref()?
        .parse()
        .ok()
        .and_then(|id| find(ctx, id).ok())
        .filter(|profile| profile.customer.is_none_or(|of| of == customer));
    if found.is_none() {
        fields.add("clone_of", "unknown", "there is no such access profile");
    }
    found
}
