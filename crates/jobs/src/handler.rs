//! What does the work of one kind of job.

use futures::future::BoxFuture;

use crate::{Run, Stop};

/// Does the jobs of one kind.
pub trait Handler: Send + Sync + 'static {
    /// The kind, as jobs are put down with.
    fn kind(&self) -> &'static str;

    /// How often a job is begun before it is given up.
    fn max_attempts(&self) -> u32 {
        10
    }

    /// Does it, from [`Run::checkpoint`] on if there is one. The answer is kept with the job, as
    /// JSON. The future is dropped when the lease is lost or the engine stops: at any await.
    fn run<'a>(&'a self, run: &'a mut Run) -> BoxFuture<'a, Result<Option<String>, Failure>>;
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Worth another try, later.
    #[error("{0}")]
    Retry(String),
    /// Another try would fail the same way.
    #[error("{0}")]
    Final(String),
    /// It was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::Retry(error.to_string())
    }
}
