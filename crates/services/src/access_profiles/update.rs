//! A profile's name and grants; whoever has it is held to them at once.

use std::sync::Arc;

use model::{AccessProfile, AccessProfileId, CustomerId, Operation, User};

use super::{AccessProfilePatch, description_of, grants, name_of, own};
use crate::{
    Context, Error, Expected, Patch,
    change::{Change, Revoked, store_error},
    directory::DirectoryChange,
    events::Subject,
    input::expect_version,
    users::seat,
};

/// Changes what the patch names. Users and keys that have the profile follow a new name.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for a profile that allows more than the actor may; `Conflict`
/// for a standard one, and for the grants of one's own; `PreconditionFailed`; `Invalid`, also for
/// grants that the actor does not hold.
pub async fn update(
    ctx: &Context,
    id: AccessProfileId,
    patch: AccessProfilePatch,
    expected: Expected,
) -> Result<Arc<AccessProfile>, Error> {
    own(ctx, id, Operation::Update)?;
    let mut change = ctx.change().await?;
    let (before, customer) = own(ctx, id, Operation::Update)?;
    expect_version(expected, before.version)?;
    let mut profile = AccessProfile::clone(&before);
    set(ctx, customer, &mut profile, patch)?;
    if profile == *before {
        return Ok(before);
    }
    if profile.grants != before.grants && ctx.actor().profile.id == id {
        return Err(Error::Conflict {
            code: "yourself",
            message: "you cannot change what you may do yourself; ask another administrator"
                .to_owned(),
            id: None,
        });
    }
    change
        .tx
        .profiles()
        .update(&mut profile)
        .await
        .map_err(|e| store_error("change an access profile", e))?;
    let profile = change.updated(&*before, profile);
    if profile.name != before.name {
        follow(ctx, &mut change, customer, (&before.name, &profile.name)).await?;
    }
    change.commit().await?;
    Ok(profile)
}

fn set(
    ctx: &Context,
    customer: CustomerId,
    profile: &mut AccessProfile,
    patch: AccessProfilePatch,
) -> Result<(), Error> {
    let directory = ctx.directory();
    let mut fields = ctx.fields();
    match patch.name {
        Patch::Keep => {}
        Patch::Clear => fields.add("name", "required", "this cannot be empty"),
        Patch::Set(text) => {
            let name = name_of(&directory, customer, Some(profile.id), &text, &mut fields);
            profile.name = name.unwrap_or_default();
        }
    }
    match patch.description {
        Patch::Keep => {}
        Patch::Clear => profile.description.clear(),
        Patch::Set(text) => profile.description = description_of(&text, &mut fields),
    }
    match patch.grants {
        Patch::Keep => {}
        Patch::Clear => fields.add("grants", "required", "give a list, which may be empty"),
        Patch::Set(given) => profile.grants = grants::read(&given, &mut fields),
    }
    if !ctx.holds_all(profile, seat(&directory, Some(customer))) {
        let message = "this allows more than you may do yourself; leave those grants out";
        fields.add("grants", "not_allowed", message);
    }
    fields.finish()
}

/// Users and keys hold the profile by its name.
async fn follow(
    ctx: &Context,
    change: &mut Change<'_>,
    customer: CustomerId,
    (from, to): (&str, &str),
) -> Result<(), Error> {
    let now = ctx.now();
    let failed = |e| store_error("let users follow an access profile", e);
    let users = change.tx.users();
    users
        .change_role(customer, (from, to), now)
        .await
        .map_err(failed)?;
    let keys = change.tx.api_keys();
    keys.change_profile(customer, (from, to))
        .await
        .map_err(failed)?;
    change.revoke(Revoked::KeysOfCustomer(customer));
    let directory = ctx.directory();
    let concerned = directory
        .users()
        .filter(|user| user.customer == Some(customer) && user.role == from);
    for user in concerned {
        let user = User {
            role: to.to_owned(),
            version: user.version + 1,
            updated_at: now,
            ..User::clone(user)
        };
        change.tell("user.updated", Some(customer), Subject::User(user.id));
        change.apply(DirectoryChange::User(Arc::new(user)));
    }
    Ok(())
}
