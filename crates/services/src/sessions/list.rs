//! Where someone is signed in.

use model::{Operation, Principal, SessionHolder, UserId};

use super::{SessionView, view};
use crate::{Context, Error, change::store_error, users};

/// Lists sessions: one's own, or a person's whom one may change.
///
/// # Errors
/// `NotFound`, `Forbidden` (a key has no sessions), `Unavailable` while the database is away.
pub async fn list(ctx: &Context, user: Option<UserId>) -> Result<Vec<SessionView>, Error> {
    let holder = match user {
        Some(id) if ctx.actor().user() != Some(id) => {
            let user = users::find(ctx, id, Operation::Update)?;
            users::require_rank(ctx, &user)?;
            SessionHolder::User(id)
        }
        _ => own(ctx)?,
    };
    let sessions = ctx
        .services()
        .store()
        .read()
        .sessions()
        .of_holder(holder)
        .await
        .map_err(|e| store_error("list sessions", e))?;
    let now = ctx.now();
    Ok(sessions
        .iter()
        .filter(|s| s.expires_at > now)
        .filter(|s| now.as_second() - s.last_seen_at.as_second() < super::IDLE_SECS)
        .map(|session| view(session, ctx.session()))
        .collect())
}

/// The actor as someone who signs in.
pub(super) fn own(ctx: &Context) -> Result<SessionHolder, Error> {
    match &ctx.actor().principal {
        Principal::User(id) => Ok(SessionHolder::User(*id)),
        Principal::ConferenceManager { id, .. } => Ok(SessionHolder::Manager(*id)),
        _ => Err(Error::Forbidden {
            operation: "read",
            model: "session",
        }),
    }
}
