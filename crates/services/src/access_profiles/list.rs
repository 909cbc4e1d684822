//! The profiles that the actor may give to someone.

use std::sync::Arc;

use model::{AccessProfile, Model, Operation};

use crate::{
    Context, Error,
    users::{is_role, seat},
};

/// Lists the profiles that the actor may hand out: those that hold no more than the actor does.
///
/// # Errors
/// `Forbidden`.
pub async fn list(ctx: &Context) -> Result<Vec<Arc<AccessProfile>>, Error> {
    ctx.require_somewhere(Model::AccessProfile, Operation::Read)?;
    let directory = ctx.directory();
    let customer = ctx.actor().seat.customer;
    let for_customers = customer.unwrap_or_else(|| directory.default_customer());
    let mut profiles: Vec<_> = directory
        .profiles()
        .filter(|p| p.customer.is_none() || customer.is_none() || p.customer == customer)
        .filter(|profile| {
            let providers = customer.is_none() && is_role(profile, None);
            providers || is_role(profile, Some(for_customers))
        })
        .filter(|profile| ctx.holds_all(profile, seat(&directory, Some(for_customers))))
        .cloned()
        .collect();
    profiles.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(profiles)
}
