//! Requests that must not be done twice: a key is claimed before, and completed with the answer.

use model::Principal;
use store::Priority;

use crate::{Context, Error, change::store_error};

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: do it, then [`complete`] or [`release`] the ticket.
    Fresh(Ticket),
    /// It was done: answer the same.
    Done {
        /// HTTP status.
        status: u16,
        /// Body.
        body: String,
    },
}

/// A claimed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    holder: String,
    key: String,
}

/// Keys are the actor's own: two programs may use the same.
fn holder(ctx: &Context) -> String {
    match &ctx.actor().principal {
        Principal::User(id) => format!("user:{id}"),
        Principal::ConferenceManager { id, .. } => format!("conference_manager:{id}"),
        Principal::ApiKey(id) => format!("api_key:{id}"),
        Principal::Phone(_) => "phone".to_owned(),
        Principal::System => "system".to_owned(),
    }
}

/// Claims a key for a request whose method, path and body have this SHA-256. Keys are kept for
/// 24 hours.
///
/// # Errors
/// `Invalid` for a key used for another request, or one that is no key; `Conflict` while the same
/// request is being done; `Unavailable` while the database is away.
pub async fn claim(ctx: &Context, key: &str, fingerprint: [u8; 32]) -> Result<Claim, Error> {
    if key.is_empty() || key.len() > 255 || !key.bytes().all(|b| (0x21..0x7f).contains(&b)) {
        return Err(Error::field(
            "Idempotency-Key",
            "invalid",
            "an idempotency key is 1 to 255 visible ASCII characters",
        ));
    }
    let ticket = Ticket {
        holder: holder(ctx),
        key: key.to_owned(),
    };
    let failed = |e| store_error("claim an idempotency key", e);
    let store = ctx.services().store();
    let tx = store.begin(Priority::Interactive).await.map_err(failed)?;
    let found = tx
        .idempotency()
        .claim(&ticket.holder, key, &fingerprint, ctx.now())
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    match found {
        store::Claim::Fresh => Ok(Claim::Fresh(ticket)),
        store::Claim::Done { status, body } => Ok(Claim::Done { status, body }),
        store::Claim::InProgress => Err(Error::Conflict {
            code: "in_progress",
            message: "the same request is being done; ask again shortly".to_owned(),
            id: None,
        }),
        store::Claim::OtherRequest => Err(Error::field(
            "Idempotency-Key",
            "reused",
            "this key was used for another request; use a new one",
        )),
    }
}

/// Keeps the answer for whoever asks again.
///
/// # Errors
/// `Unavailable` while the database is away.
pub async fn complete(ctx: &Context, ticket: Ticket, status: u16, body: &str) -> Result<(), Error> {
    let failed = |e| store_error("complete an idempotency key", e);
    let store = ctx.services().store();
    let tx = store.begin(Priority::Interactive).await.map_err(failed)?;
    tx.idempotency()
        .complete(&ticket.holder, &ticket.key, status, body)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// Gives a key back: nothing was changed, and the request may be tried again.
///
/// # Errors
/// `Unavailable` while the database is away.
pub async fn release(ctx: &Context, ticket: Ticket) -> Result<(), Error> {
    let failed = |e| store_error("release an idempotency key", e);
    let store = ctx.services().store();
    let tx = store.begin(Priority::Interactive).await.map_err(failed)?;
    tx.idempotency()
        .release(&ticket.holder, &ticket.key)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)
}
