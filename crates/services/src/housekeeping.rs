//! Removes what has expired and signs the audit log: jobs on a schedule, so that of several servers
//! one does each, and what was missed while all were down is done once.

use futures::future::BoxFuture;
use jobs::{Engine, Failure, Handler, Run, Schedule};
use model::Timestamp;
use store::{Priority, StoreError};
use tokio_util::sync::CancellationToken;

use crate::{Services, audit};

const KIND: &str = "purge";
/// How often, in seconds.
const EVERY_SECS: u32 = 600;
/// How often the heads of the audit log are signed, in seconds.
const SIGN_EVERY_SECS: u32 = 3600;
/// How long a job that has ended is kept, in seconds.
const JOBS_KEPT_SECS: i64 = 30 * 24 * 3600;

struct Purge(Services);

impl Handler for Purge {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, run: &'a mut Run) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            purge(&self.0, run.now()).await?;
            Ok(None)
        })
    }
}

async fn purge(services: &Services, now: Timestamp) -> Result<(), StoreError> {
    let long_ago = Timestamp::from_second(now.as_second() - JOBS_KEPT_SECS).unwrap_or_default();
    let tx = services.store().begin(Priority::Bulk).await?;
    let sessions = tx.sessions().purge_expired(now).await?;
    let keys = tx.idempotency().purge_expired(now).await?;
    let bindings = tx.bindings().purge_expired(now).await?;
    let jobs = tx.jobs().purge_ended(long_ago).await?;
    tx.commit().await?;
    let acts = audit::forget(services, now).await?;
    tracing::debug!(
        sessions,
        keys,
        bindings,
        jobs,
        acts,
        "removed what has expired"
    );
    Ok(())
}

fn engine(services: &Services) -> Engine {
    let every = |kind, every_secs| Schedule {
        name: kind,
        kind,
        every_secs,
    };
    let (store, clock) = (services.store().clone(), services.clock());
    Engine::new(store, clock, services.shared_entropy())
        .with(Purge(services.clone()))
        .with(audit::Sign::new(services.clone()))
        .every(every(KIND, EVERY_SECS))
        .every(every(audit::Sign::KIND, SIGN_EVERY_SECS))
}

/// Runs until told to stop.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    engine(&services).run(stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{idempotency, testing::House};

    #[tokio::test]
    async fn what_has_expired_is_removed_on_schedule() {
        let house = House::new().await;
        let claim = idempotency::claim(&house.system(), "key", [1; 32]).await;
        assert!(matches!(claim, Ok(idempotency::Claim::Fresh(_))));
        let engine = engine(&house.services);
        assert_eq!(engine.run_due().await.unwrap(), 2);
        assert_eq!(
            engine.run_due().await.unwrap(),
            0,
            "not before they are due"
        );
        assert!(house.dir.path().join(audit::SIGNED_HEADS).exists());
        house.clock.advance(25 * 3600);
        assert_eq!(engine.run_due().await.unwrap(), 2);
        let store = house.services.store();
        let tx = store.begin(Priority::Bulk).await.unwrap();
        let left = tx.idempotency().purge_expired(house.services.now()).await;
        assert_eq!(left.unwrap(), 0);
    }
}
