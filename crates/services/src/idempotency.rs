//! Requests that must not be done twice: a key is claimed before, and completed with the answer.
//!
//! While the database is away keys are claimed in memory, so that what works without it also
//! works with a key; what could not be written down follows when it is back.

mod memory;

use std::sync::Arc;

use model::Principal;
use store::{KeyedRequest, Priority, StoreError};

pub(crate) use memory::Unkept;

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
pub struct Ticket(pub(crate) Arc<KeyedRequest>);

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
/// request is being done, and when it was done and its answer lost in a crash; `Unavailable` when
/// too many wait for the database.
pub async fn claim(ctx: &Context, key: &str, fingerprint: [u8; 32]) -> Result<Claim, Error> {
    if key.is_empty() || key.len() > 255 || !key.bytes().all(|b| (0x21..0x7f).contains(&b)) {
        return Err(Error::field(
            "Idempotency-Key",
            "invalid",
            "an idempotency key is 1 to 255 visible ASCII characters",
        ));
    }
    let request = KeyedRequest {
        holder: holder(ctx),
        key: key.to_owned(),
        fingerprint,
        at: ctx.now(),
    };
    let unkept = ctx.services().unkept();
    let found = match unkept.claim(&request) {
        Some(found) => found,
        None => match claim_kept(ctx, &request).await {
            Err(StoreError::Unavailable { .. }) => unkept.begin(&request)?,
            found => found.map_err(|e| store_error("claim an idempotency key", e))?,
        },
    };
    match found {
        store::Claim::Fresh => Ok(Claim::Fresh(Ticket(Arc::new(request)))),
        store::Claim::Done { status, body } => Ok(Claim::Done { status, body }),
        store::Claim::InProgress => Err(Error::Conflict {
            code: "in_progress",
            message: "the same request is being done; ask again shortly".to_owned(),
            id: None,
        }),
        store::Claim::AnswerLost { subject } => Err(Error::Conflict {
            code: "answer_lost",
            message: "this was done, but the server was stopped before it could answer; look at \
                      what has the id"
                .to_owned(),
            id: Some(subject),
        }),
        store::Claim::OtherRequest => Err(Error::field(
            "Idempotency-Key",
            "reused",
            "this key was used for another request; use a new one",
        )),
    }
}

async fn claim_kept(ctx: &Context, request: &KeyedRequest) -> Result<store::Claim, StoreError> {
    let services = ctx.services();
    let tx = services.store().begin(Priority::Interactive).await?;
    let found = tx.idempotency().claim(request, services.began()).await?;
    tx.commit().await?;
    Ok(found)
}

/// Keeps the answer for whoever asks again.
pub async fn complete(ctx: &Context, ticket: &Ticket, status: u16, body: &str) {
    let kept = async {
        let store = ctx.services().store();
        let tx = store.begin(Priority::Interactive).await?;
        tx.idempotency().complete(&ticket.0, status, body).await?;
        tx.commit().await
    };
    let unkept = ctx.services().unkept();
    match kept.await {
        Ok(()) => unkept.forget(&ticket.0),
        Err(error) => {
            tracing::warn!(%error, "the answer to an idempotency key waits for the database");
            unkept.done(&ticket.0, status, body);
        }
    }
}

/// Gives a key back: nothing was changed, and the request may be tried again.
pub async fn release(ctx: &Context, ticket: &Ticket) {
    let kept = async {
        let store = ctx.services().store();
        let tx = store.begin(Priority::Interactive).await?;
        tx.idempotency().release(&ticket.0).await?;
        tx.commit().await
    };
    let unkept = ctx.services().unkept();
    match kept.await {
        Ok(()) => unkept.forget(&ticket.0),
        Err(error) => {
            tracing::warn!(%error, "an idempotency key is given back when the database is back");
            unkept.released(&ticket.0);
        }
    }
}
