//! Takes jobs that are due and runs their handlers.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::SignedDuration;
use model::{Clock, Entropy, JobId, Timestamp};
use store::{JobRow, JobState, Priority, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    Failure, Handler, NewJob, Run, Stop, enqueue,
    run::{LEASE, until},
};

/// A job that is put down again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Names it in the database.
    pub name: &'static str,
    /// Which handler.
    pub kind: &'static str,
    /// How often, in seconds. What was missed while the server was down is done once.
    pub every_secs: u32,
}

/// Tells the engine that there may be something to do.
#[derive(Debug, Clone, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// Call it after the commit of an [`enqueue`]; else the job is found within five seconds.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Jobs that run at the same time in one process.
const WORKERS: usize = 2;
/// How long the engine sleeps at most: other processes put jobs down, too.
const IDLE: Duration = Duration::from_secs(5);
/// How often a running job's lease is renewed: well within [`LEASE`].
const RENEW: Duration = Duration::from_secs(20);
/// The first wait between two tries; each further one is twice as long.
const FIRST_BACKOFF_SECS: u32 = 5;
/// The longest wait between two tries.
const LAST_BACKOFF_SECS: u32 = 3600;

/// Runs jobs.
pub struct Engine {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    handlers: BTreeMap<&'static str, Arc<dyn Handler>>,
    schedules: Vec<Schedule>,
    waker: Waker,
}

impl Engine {
    /// An engine without handlers: it takes no job.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            store,
            clock,
            entropy,
            handlers: BTreeMap::new(),
            schedules: Vec::new(),
            waker: Waker::default(),
        }
    }

    /// With one more kind of job.
    #[must_use]
    pub fn with(mut self, handler: impl Handler) -> Self {
        self.handlers.insert(handler.kind(), Arc::new(handler));
        self
    }

    /// With one more schedule.
    #[must_use]
    pub fn every(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule);
        self
    }

    /// To be told of new jobs.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Runs jobs until told to stop. A job that runs then is dropped where it waits; its lease
    /// runs out, and it goes on from its checkpoint at the next start.
    pub async fn run(&self, stop: CancellationToken) {
        let workers = (0..WORKERS).map(|_| self.work());
        tokio::select! {
            () = stop.cancelled() => {}
            _ = futures::future::join_all(workers) => {}
        }
    }

    async fn work(&self) {
        loop {
            if !self.store.is_away()
                && let Err(error) = self.run_due().await
            {
                tracing::warn!(%error, "jobs wait: the database does not answer");
            }
            let sleep = self.until_next().await;
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                () = self.waker.0.notified() => {}
            }
        }
    }

    async fn until_next(&self) -> Duration {
        match self.store.read().jobs().next_due().await {
            Ok(Some(due)) => Duration::try_from(due.duration_since(self.clock.now()))
                .unwrap_or_default()
                .clamp(Duration::from_millis(100), IDLE),
            _ => IDLE,
        }
    }

    /// Puts down what schedules ask for, and runs all that is due now, one after the other; how
    /// many ran. Tests call this instead of [`Engine::run`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        for schedule in &self.schedules {
            self.tick(schedule).await?;
        }
        let mut ran = 0;
        while let Some(row) = self.lease().await? {
            self.run_one(row).await?;
            ran += 1;
        }
        Ok(ran)
    }

    async fn tick(&self, schedule: &Schedule) -> Result<(), StoreError> {
        let now = self.clock.now();
        let due = self
            .store
            .read()
            .jobs()
            .schedule_next(schedule.name)
            .await?;
        if due.is_some_and(|due| due > now) {
            return Ok(());
        }
        let tx = self.store.begin(Priority::Bulk).await?;
        let next = later(now, schedule.every_secs);
        if tx.jobs().schedule_due(schedule.name, now, next).await? {
            let job = NewJob {
                kind: schedule.kind,
                customer: None,
                payload: "{}".to_owned(),
                run_at: now,
                dedupe: Some(schedule.name.to_owned()),
            };
            let id = JobId::mint(now, self.entropy.as_ref());
            enqueue(&tx, id, job, now).await?;
        }
        tx.commit().await
    }

    async fn lease(&self) -> Result<Option<JobRow>, StoreError> {
        let now = self.clock.now();
        // A look first: an idle engine writes nothing.
        match self.store.read().jobs().next_due().await? {
            Some(due) if due <= now => {}
            _ => return Ok(None),
        }
        let kinds: Vec<&str> = self.handlers.keys().copied().collect();
        let tx = self.store.begin(Priority::Bulk).await?;
        let row = tx.jobs().lease(&kinds, now, until(now)).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn run_one(&self, row: JobRow) -> Result<(), StoreError> {
        let Some(handler) = self.handlers.get(row.kind.as_str()).cloned() else {
            return Ok(());
        };
        let lease = row.clone();
        let mut run = Run {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            row,
        };
        let given_up = lease.attempts > handler.max_attempts();
        let outcome = if lease.cancel {
            Err(Failure::Stopped(Stop::Cancelled))
        } else if given_up {
            // Its process died each time before it could say what went wrong.
            Err(Failure::Final(
                "it ended the server each time it was tried".to_owned(),
            ))
        } else {
            let work = AssertUnwindSafe(handler.run(&mut run)).catch_unwind();
            tokio::select! {
                outcome = work => outcome.unwrap_or_else(|_| {
                    Err(Failure::Retry("its handler panicked".to_owned()))
                }),
                lost = self.keep(&lease) => Err(Failure::Stopped(lost)),
            }
        };
        self.settle(&lease, handler.max_attempts(), outcome).await
    }

    /// Renews the lease for as long as it is polled; answers only when the lease is lost.
    async fn keep(&self, lease: &JobRow) -> Stop {
        loop {
            tokio::time::sleep(RENEW).await;
            if let Err(StoreError::VersionConflict) = self.renew(lease).await {
                return Stop::LeaseLost;
            }
        }
    }

    async fn renew(&self, lease: &JobRow) -> Result<(), StoreError> {
        let tx = self.store.begin(Priority::Bulk).await?;
        tx.jobs().renew(lease, until(self.clock.now())).await?;
        tx.commit().await
    }

    async fn settle(
        &self,
        lease: &JobRow,
        max_attempts: u32,
        outcome: Result<Option<String>, Failure>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let (state, run_at, text) = match outcome {
            Ok(result) => (JobState::Succeeded, now, result),
            Err(Failure::Stopped(Stop::Cancelled)) => (JobState::Cancelled, now, None),
            Err(Failure::Stopped(Stop::LeaseLost)) => return Ok(()),
            Err(Failure::Final(error)) => (JobState::Failed, now, Some(error)),
            Err(error) if lease.attempts >= max_attempts => {
                (JobState::Failed, now, Some(error.to_string()))
            }
            Err(error) => {
                let wait = self.backoff(lease.attempts);
                (JobState::Waiting, later(now, wait), Some(error.to_string()))
            }
        };
        if let Some(error) = &text
            && state != JobState::Succeeded
        {
            tracing::warn!(job = %lease.id, kind = lease.kind, ?state, error, "a job failed");
        }
        let tx = self.store.begin(Priority::Bulk).await?;
        let said = tx
            .jobs()
            .finish(lease, state, run_at, text.as_deref(), now)
            .await;
        match said {
            Ok(()) => tx.commit().await,
            // Whoever holds the lease now will say.
            Err(StoreError::VersionConflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Twice as long each time, less up to a quarter, so that jobs that failed together are not
    /// tried together.
    fn backoff(&self, attempts: u32) -> u32 {
        let doubled = FIRST_BACKOFF_SECS
            .saturating_mul(
                1_u32
                    .checked_shl(attempts.saturating_sub(1))
                    .unwrap_or(u32::MAX),
            )
            .min(LAST_BACKOFF_SECS);
        let mut byte = [0];
        self.entropy.fill(&mut byte);
        doubled - doubled * u32::from(byte[0]) / 1024
    }
}

fn later(now: Timestamp, seconds: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds.into()))
        .unwrap_or(Timestamp::MAX)
}

const _: () = assert!(RENEW.as_secs() * 2 < LEASE.as_secs() as u64);

#[cfg(test)]
mod tests;
