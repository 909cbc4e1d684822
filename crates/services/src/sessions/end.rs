//! Signing out: a session that is void at once.

use model::{Model, Operation, Session, SessionHolder, SessionId};

use super::{list::own, sign_in::subject};
use crate::{
    Context, Error,
    change::{Act, Revoked, store_error},
    users,
};

/// Ends the session that asks. Without one there is nothing to do.
///
/// # Errors
/// `Unavailable` while the database is away: then the session goes on.
pub async fn sign_out(ctx: &Context) -> Result<(), Error> {
    match ctx.session() {
        Some(id) => finish(ctx, id, own(ctx)?).await,
        None => Ok(()),
    }
}

/// Ends one of one's own sessions, or of a person's whom one may change.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Unavailable` while the database is away.
pub async fn end(ctx: &Context, id: SessionId) -> Result<(), Error> {
    let session = ctx
        .services()
        .store()
        .read()
        .sessions()
        .by_id(id)
        .await
        .map_err(|e| store_error("read a session", e))?
        .ok_or(Error::NotFound("session"))?;
    allowed(ctx, &session)?;
    finish(ctx, id, session.holder).await
}

fn allowed(ctx: &Context, session: &Session) -> Result<(), Error> {
    if own(ctx).is_ok_and(|own| own == session.holder) {
        return Ok(());
    }
    match session.holder {
        SessionHolder::User(id) => users::find(ctx, id, Operation::Update)
            .and_then(|user| users::require_rank(ctx, &user))
            .map_err(|_| Error::NotFound("session")),
        SessionHolder::Manager(id) => crate::conference_managers::find(ctx, id, Operation::Update)
            .map(drop)
            .map_err(|_| Error::NotFound("session")),
    }
}

async fn finish(ctx: &Context, id: SessionId, holder: SessionHolder) -> Result<(), Error> {
    let mut change = ctx.change().await?;
    change
        .tx
        .sessions()
        .delete(id)
        .await
        .map_err(|e| store_error("end a session", e))?;
    let directory = ctx.directory();
    let (customer, name) = match holder {
        SessionHolder::User(id) => directory
            .user(id)
            .map(|user| (user.customer, user.display_name())),
        SessionHolder::Manager(id) => directory
            .managers()
            .get(id)
            .map(|manager| (Some(manager.customer), manager.username.to_string())),
    }
    .unwrap_or_default();
    change.audit(Act {
        customer,
        action: "session.ended",
        model: Model::User,
        subject_id: subject(holder),
        subject_name: name,
        before: None,
        after: None,
    });
    change.revoke(Revoked::Session(id));
    change.commit().await
}
