//! A durable queue and schedules, driven by a table.
//!
//! A job is put down in the transaction of whoever needs it done ([`enqueue`]), so that it exists
//! exactly if the change does. The [`Engine`] takes jobs under a lease with a fence: a process
//! that dies or hangs loses its lease, another goes on from the last checkpoint, and the first can
//! write no more. A handler may therefore run more than once, and must be written so that this
//! does no harm.
//!
//! This crate must never know what a job does, call another system, or spawn a task that nobody
//! waits for. Start reading at [`Handler`], then [`Engine::run`].

mod engine;
mod handler;
mod run;

pub use engine::{Engine, Schedule, Waker};
pub use handler::{Failure, Handler};
pub use run::{Run, Stop};

use model::{CustomerId, JobId, Timestamp};
use store::{NewJobRow, StoreError, Tx};

/// A piece of work to be done later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Which handler does it.
    pub kind: &'static str,
    /// For whom; none: the provider.
    pub customer: Option<CustomerId>,
    /// What the handler has to know, as JSON.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
    /// While one of this kind with this text waits or runs, there is no second.
    pub dedupe: Option<String>,
}

/// Puts a job down as part of the transaction; answers its id, or that of the one that waits or
/// runs with the same dedupe text. Call [`Waker::wake`] after the commit.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn enqueue(tx: &Tx, id: JobId, job: NewJob, now: Timestamp) -> Result<JobId, StoreError> {
    tx.jobs()
        .insert(&NewJobRow {
            id,
            kind: job.kind.to_owned(),
            customer: job.customer,
            dedupe: job.dedupe,
            payload: job.payload,
            run_at: job.run_at,
            created_at: now,
        })
        .await
}
