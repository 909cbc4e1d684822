//! One run of one job, as its handler sees it.

use std::sync::Arc;

use jiff::SignedDuration;
use model::{Clock, CustomerId, JobId, Timestamp};
use store::{JobRow, Priority, Store, StoreError};

/// How long a lease lasts without a sign of life.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Why a run must end now.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// A person asked for it.
    #[error("it was cancelled")]
    Cancelled,
    /// Another process does it now.
    #[error("another process took it over")]
    LeaseLost,
    /// The checkpoint could not be kept.
    #[error(transparent)]
    Store(StoreError),
}

/// One run of one job.
pub struct Run {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) row: JobRow,
}

impl Run {
    /// Which job.
    #[must_use]
    pub const fn id(&self) -> JobId {
        self.row.id
    }

    /// For whom; none: the provider.
    #[must_use]
    pub const fn customer(&self) -> Option<CustomerId> {
        self.row.customer
    }

    /// What it was put down with, as JSON.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.row.payload
    }

    /// Where the run before came to, if there was one.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&str> {
        self.row.checkpoint.as_deref()
    }

    /// 1 on the first try.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.row.attempts
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Keeps how far it came, in a transaction of its own.
    ///
    /// # Errors
    /// [`Stop`]: end with it at once.
    pub async fn save(
        &mut self,
        checkpoint: String,
        done: u64,
        total: Option<u64>,
    ) -> Result<(), Stop> {
        let tx = self
            .store
            .begin(Priority::Bulk)
            .await
            .map_err(Stop::Store)?;
        self.save_in(&tx, checkpoint, done, total).await?;
        tx.commit().await.map_err(Stop::Store)
    }

    /// Keeps how far it came as part of the transaction that did it, so that a crash does no row
    /// twice.
    ///
    /// # Errors
    /// [`Stop`]: drop the transaction and end with it at once.
    pub async fn save_in(
        &mut self,
        tx: &store::Tx,
        checkpoint: String,
        done: u64,
        total: Option<u64>,
    ) -> Result<(), Stop> {
        self.row.checkpoint = Some(checkpoint);
        self.row.done = done;
        self.row.total = total;
        let now = self.clock.now();
        let cancel = tx
            .jobs()
            .checkpoint(&self.row, now, until(now))
            .await
            .map_err(|error| match error {
                StoreError::VersionConflict | StoreError::NotFound => Stop::LeaseLost,
                other => Stop::Store(other),
            })?;
        if cancel { Err(Stop::Cancelled) } else { Ok(()) }
    }
}

/// The end of a lease that begins now.
pub(crate) fn until(now: Timestamp) -> Timestamp {
    now.checked_add(LEASE).unwrap_or(Timestamp::MAX)
}
