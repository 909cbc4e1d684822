//! A person's settings: the patch names what changes, everything else stays.

use std::sync::Arc;

use model::{
    Destination, DisplayName, Email, Model, Operation, Secret, SwitchCommand, User, UserId,
    Username,
};

use super::{
    UserPatch, UserView,
    get::find,
    retarget::{retarget, retarget_managers, retarget_rooms},
    settings::{
        check_sign_in_names, free_number, require_rank, role, set_features, set_max_calls, site,
    },
    target,
    uses::uses_of_number,
    view,
};
use crate::{
    Context, Error, Expected, Patch,
    change::{Change, Revoked, fields_that_differ, record, store_error},
    directory::NumberOwner,
    error::Fields,
    input::{expect_version, set_optional, set_or_default, set_required},
    password,
};

/// Changes what the patch names. A new password, or disabling, ends the person's sessions;
/// disabling also ends their registrations and calls. Whoever may change only themselves may
/// change only `features`.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PreconditionFailed`, `Invalid` with every wrong field; `InUse` when
/// an extension is taken away that others' destinations lead to.
pub async fn update(
    ctx: &Context,
    id: UserId,
    mut patch: UserPatch,
    expected: Expected,
) -> Result<UserView, Error> {
    let seen = allowed(ctx, id, &patch)?;
    expect_version(expected, seen.version)?;
    let mut fields = ctx.fields();
    let hash = new_hash(ctx, &seen, std::mem::take(&mut patch.password), &mut fields).await?;
    let mut change = ctx.change().await?;
    let before = allowed(ctx, id, &patch)?;
    expect_version(expected, before.version)?;
    let mut user = User::clone(&before);
    set(ctx, &before, &mut user, patch, &mut fields);
    fields.finish()?;
    guard(ctx, &before, &user)?;
    if user == *before && hash.is_none() {
        return Ok(view(ctx, &before));
    }
    save(ctx, &mut change, &before, user, hash.as_deref()).await?;
    change.commit().await?;
    let directory = ctx.directory();
    let user = directory.user(id).ok_or(Error::NotFound("user"))?;
    Ok(view(ctx, user))
}

fn allowed(ctx: &Context, id: UserId, patch: &UserPatch) -> Result<Arc<User>, Error> {
    let user = find(ctx, id, Operation::Update)?;
    require_rank(ctx, &user)?;
    if patch.password.is_named() {
        ctx.require(Model::User, Operation::ResetPassword, &target(&user))?;
    }
    let mut anybody = target(&user);
    anybody.owner = None;
    if ctx.allows(Model::User, Operation::Update, &anybody) {
        return Ok(user);
    }
    let beyond = [
        ("email", patch.email.is_named()),
        ("first_name", patch.first_name.is_named()),
        ("last_name", patch.last_name.is_named()),
        ("username", patch.username.is_named()),
        ("role", patch.role.is_named()),
        ("site_id", patch.site_id.is_named()),
        ("extension", patch.extension.is_named()),
        ("security.max_calls", patch.max_calls.is_named()),
        ("advanced.disabled", patch.disabled.is_named()),
    ];
    if beyond.iter().any(|(_, named)| *named) {
        return Err(Error::Forbidden {
            operation: "update",
            model: "user",
        });
    }
    Ok(user)
}

async fn new_hash(
    ctx: &Context,
    user: &User,
    patch: Patch<Secret>,
    fields: &mut Fields,
) -> Result<Option<String>, Error> {
    let password = match patch {
        Patch::Keep => return Ok(None),
        Patch::Clear => {
            fields.add("password", "required", "disable the account instead");
            return Ok(None);
        }
        Patch::Set(password) => password,
    };
    let before = fields.len();
    password::judge(&password, &own_words(user), "password", fields);
    if fields.len() > before {
        return Ok(None);
    }
    let services = ctx.services();
    let hash = services.hashing().hash(&password, services.entropy());
    hash.await.map(Some)
}

/// What a password must not be made of.
pub(crate) fn own_words(user: &User) -> [&str; 4] {
    [
        user.email.as_ref().map_or("", |e| e.as_str()),
        user.first_name.as_str(),
        user.last_name.as_ref().map_or("", |n| n.as_str()),
        user.username.as_str(),
    ]
}

fn set(ctx: &Context, before: &User, user: &mut User, patch: UserPatch, fields: &mut Fields) {
    let directory = ctx.directory();
    let parse = |text: String| DisplayName::parse(&text);
    set_required(
        &mut user.first_name,
        patch.first_name,
        "first_name",
        parse,
        fields,
    );
    set_optional(
        &mut user.last_name,
        patch.last_name,
        "last_name",
        DisplayName::parse,
        fields,
    );
    let parse = |text: String| Username::parse(&text);
    set_required(
        &mut user.username,
        patch.username,
        "username",
        parse,
        fields,
    );
    match patch.email {
        Patch::Clear if before.customer.is_some() => {
            fields.add("email", "required", "give an email address");
        }
        email => set_optional(&mut user.email, email, "email", Email::parse, fields),
    }
    let names = (Some(&user.username), user.email.as_ref());
    check_sign_in_names(&directory, user.customer, user.id, names, fields);
    match patch.role {
        Patch::Keep => {}
        Patch::Clear => fields.add("role", "required", "give a role"),
        Patch::Set(name) => {
            if let Some(role) = role(ctx, user.customer, &name, fields) {
                user.role = role;
            }
        }
    }
    set_place(ctx, user, patch.site_id, patch.extension, fields);
    let place = (user.customer, user.extension.as_ref());
    set_features(
        &directory,
        place,
        &mut user.features,
        patch.features,
        fields,
    );
    set_max_calls(&mut user.max_calls, patch.max_calls, fields);
    set_or_default(&mut user.disabled, patch.disabled, false);
    user.updated_at = before.updated_at;
}

fn set_place(
    ctx: &Context,
    user: &mut User,
    site_id: Patch<String>,
    extension: Patch<String>,
    fields: &mut Fields,
) {
    let directory = ctx.directory();
    let Some(customer) = user.customer else {
        if site_id.value().is_some() || extension.value().is_some() {
            let message = "the provider's people have no site and no phones";
            fields.add("extension", "not_allowed", message);
        }
        return;
    };
    let wanted = match site_id {
        Patch::Keep => user.site,
        Patch::Clear => directory.customer(customer).map(|c| c.default_site),
        Patch::Set(text) => site(&directory, customer, &text, fields),
    };
    if wanted != user.site && wanted.is_some() {
        let mut there = target(user);
        (there.site, there.owner) = (wanted, None);
        if ctx.allows(Model::User, Operation::Create, &there) {
            user.site = wanted;
        } else {
            fields.add(
                "site_id",
                "not_allowed",
                "you may not place people at this site",
            );
        }
    }
    match extension {
        Patch::Keep => {}
        Patch::Clear => user.extension = None,
        Patch::Set(text) => {
            let own = Some(NumberOwner::User(user.id));
            let number = free_number(&directory, customer, &text, own, "extension", fields);
            if number.is_some() {
                user.extension = number;
            }
        }
    }
}

/// Nobody locks themselves out, and no number vanishes under whoever leads to it.
fn guard(ctx: &Context, before: &User, user: &User) -> Result<(), Error> {
    let oneself = ctx.actor().user() == Some(user.id);
    if oneself && (user.disabled || user.role != before.role) {
        return Err(Error::Conflict {
            code: "yourself",
            message:
                "you cannot disable yourself or change your own role; ask another administrator"
                    .to_owned(),
            id: None,
        });
    }
    if before.extension.is_some() && user.extension.is_none() {
        let uses = uses_of_number(&ctx.directory(), before);
        if !uses.is_empty() {
            return Err(Error::InUse(uses));
        }
    }
    Ok(())
}

async fn save(
    ctx: &Context,
    change: &mut Change<'_>,
    before: &User,
    mut user: User,
    hash: Option<&str>,
) -> Result<(), Error> {
    let failed = |e| store_error("change a user", e);
    user.updated_at = ctx.now();
    change.tx.users().update(&mut user).await.map_err(failed)?;
    if let Some(hash) = hash {
        let users = change.tx.users();
        users
            .set_password_hash(user.id, hash, user.updated_at)
            .await
            .map_err(failed)?;
    }
    let action = match hash {
        Some(_) => "user.password_set",
        None => "user.updated",
    };
    let differ = fields_that_differ(&record(before), &record(&user));
    let user = change.updated_as(action, differ, user);
    follow(ctx, change, before, &user).await?;
    if hash.is_some() {
        end_sessions(change, user.id).await?;
    }
    if user.disabled && !before.disabled {
        end_sessions(change, user.id).await?;
        let directory = ctx.directory();
        let devices = directory.devices_of(user.id).map(|d| d.facts.device);
        change.revoke_user(user.id, devices);
    } else if before.may_use_phones() && !user.may_use_phones() {
        for device in ctx.directory().devices_of(user.id) {
            change.command(SwitchCommand::DeviceRevoked(device.facts.device));
        }
    }
    Ok(())
}

/// What led to the old number leads to the new one.
async fn follow(
    ctx: &Context,
    change: &mut Change<'_>,
    before: &User,
    user: &User,
) -> Result<(), Error> {
    let (Some(customer), Some(old), Some(new)) =
        (user.customer, &before.extension, &user.extension)
    else {
        return Ok(());
    };
    if old == new {
        return Ok(());
    }
    let leads = Destination::Extension(old.clone());
    let leads_now = Destination::Extension(new.clone());
    retarget(ctx, change, customer, &leads, &leads_now).await?;
    retarget_managers(ctx, change, customer, old, new).await?;
    retarget_rooms(ctx, change, customer, old, new).await
}

async fn end_sessions(change: &mut Change<'_>, user: UserId) -> Result<(), Error> {
    change
        .tx
        .sessions()
        .delete_of_holder(model::SessionHolder::User(user), None)
        .await
        .map_err(|e| store_error("end sessions", e))?;
    change.revoke(Revoked::SessionsOfUser(user));
    Ok(())
}
