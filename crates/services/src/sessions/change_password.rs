//! One's own password.

use model::{Model, Secret, SessionHolder};

use super::{
    list::own,
    sign_in::{hash_of, subject},
};
use crate::{
    Context, Error,
    change::{Act, Revoked, store_error},
    error::Fields,
    password,
    users::own_words,
};

/// Changes the actor's own password; all other sessions end.
///
/// # Errors
/// `Invalid` for a wrong current password or a weak new one; `RateLimited` after several wrong
/// ones; `Forbidden` for keys; `Unavailable` while the database is away.
pub async fn change_password(ctx: &Context, current: Secret, new: Secret) -> Result<(), Error> {
    let holder = own(ctx)?;
    let services = ctx.services();
    let mut fields = ctx.fields();
    if !fields.has("current_password") {
        check_current(ctx, holder, &current, &mut fields).await?;
    }
    let directory = ctx.directory();
    match holder {
        SessionHolder::User(id) => {
            let user = directory.user(id).ok_or(Error::Unauthenticated)?;
            password::judge(&new, &own_words(user), "new_password", &mut fields);
        }
        SessionHolder::Manager(_) => {
            password::judge(&new, &[&ctx.actor().name], "new_password", &mut fields);
        }
    }
    if new == current {
        fields.add(
            "new_password",
            "reused",
            "choose another than the current one",
        );
    }
    fields.finish()?;
    let hash = services.hashing().hash(&new, services.entropy()).await?;
    let mut change = ctx.change().await?;
    let failed = |e| store_error("change a password", e);
    match holder {
        SessionHolder::User(id) => {
            let users = change.tx.users();
            users.set_password_hash(id, &hash, ctx.now()).await
        }
        SessionHolder::Manager(id) => {
            let managers = change.tx.managers();
            managers.set_password_hash(id, &hash, ctx.now()).await
        }
    }
    .map_err(failed)?;
    let sessions = change.tx.sessions();
    sessions
        .delete_of_holder(holder, ctx.session())
        .await
        .map_err(failed)?;
    change.audit(Act {
        customer: ctx.actor().seat.customer,
        action: "user.password_changed",
        model: Model::User,
        subject_id: subject(holder),
        subject_name: ctx.actor().name.clone(),
        before: None,
        after: None,
    });
    change.revoke(match holder {
        SessionHolder::User(id) => Revoked::SessionsOfUser(id),
        SessionHolder::Manager(id) => Revoked::SessionsOfManager(id),
    });
    change.commit().await
}

/// A session that was left open must not be a way to guess the password.
async fn check_current(
    ctx: &Context,
    holder: SessionHolder,
    current: &Secret,
    fields: &mut Fields,
) -> Result<(), Error> {
    let services = ctx.services();
    let source = ctx
        .actor()
        .source
        .unwrap_or(std::net::Ipv4Addr::LOCALHOST.into());
    let now = ctx.now();
    let trial = services.limits().begin(source, &subject(holder), now);
    let trial = trial.map_err(|retry_after_secs| Error::RateLimited { retry_after_secs })?;
    let hash = hash_of(services, holder).await?;
    if services.hashing().verify(current, hash).await? {
        trial.succeeded(now);
        return Ok(());
    }
    trial.failed();
    let message = "this is not the current password";
    fields.add("current_password", "wrong", message);
    Ok(())
}
